import CLinux
import HTTPKit
import HTTPServer
import NativeContract
import PipelineEngine
import PipelineKit
import SQLiteStore

/// The server, put together: services behind contracts, contracts behind doors, all of it on one listener.
struct Server: Sendable {
    let settings: ServeSettings
    let session: Session
    let services: Services
    let keys: KeyRing
    let roots: [String]
    private let metrics = Metrics()
    private let address = ServedAddress()

    init(_ settings: ServeSettings, _ session: Session) throws(CommandError) {
        try session.expectPolicy(settings.policy)
        let store = try session.store(settings.db)
        try self.init(settings, session, over: store) { roots in
            session.services(
                over: store,
                settings.db,
                roots: roots,
                costPerDay: settings.costPerDay,
                policy: settings.policy
            )
        }
    }

    /// - Parameter services: What is served, of the directories that clients may name.
    init(
        _ settings: ServeSettings,
        _ session: Session,
        over store: SQLiteEventStore,
        services: ([String]) -> Services
    ) throws(CommandError) {
        self.settings = settings
        self.session = session
        roots = try settings.root.map { root throws(CommandError) in try existingDirectory(root, of: "--root") }
        keys = KeyRing(store: store, clock: session.clock)
        self.services = services(roots)
    }

    /// Serves until a signal comes.
    func run() async throws(CommandError) -> ExitStatus {
        try await expectKey()
        session.endLeftovers()
        sluice_allow_descriptors(UInt64(settings.connections) + 1000)  // the engine has files of its own
        sluice_keep_freed_memory(2 << 20)  // with less a fifth of a request's time goes into asking for it again
        let log = settings.log == "off" ? nil : try LogWriter(settings.log)
        let tickets = Tickets(now: session.clock.now)
        let contracts = try contracts(tickets, log)
        let listener = try listen(try site(contracts, tickets, log))
        address.take(settings.host, listener.port)
        gauge(listener)
        // Whoever has read where it is may tell it to end.
        let signals = StopSignals { listener.shutDown(within: .seconds(1)) }
        defer { withExtendedLifetime(signals) {} }
        announce(listener.port)
        let policy = ServingPolicy(runs: settings.runs, grace: settings.grace) {
            [now = session.clock.now] run, reason in
            log?.write(["time": .string("\(now())"), "run": .string(run.value), "left_alone": .string(reason)])
        }
        let problem = await services.serving(policy) {
            await listener.ended(beside: contracts.flatMap(\.background))
        }
        log?.finish()
        if let problem { throw .broken("\(problem)") }
        return .achieved
    }

    /// Beyond this machine nobody is let in who cannot say who they are.
    private func expectKey() async throws(CommandError) {
        let hasKeys = try await asking { () throws(ServiceError) in try await keys.hasKeys() }
        guard let opening = settings.opening, !hasKeys else { return }
        throw .usage("\(opening) a key is needed. Make one first: sluice key add NAME")
    }

    private func announce(_ port: Int) {
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        let places = roots.joined(separator: ", ")
        Output.line("Sluice \(Version.number) serves \(places) at http://\(host):\(port)/")
        Output.flush()
    }

    // MARK: - Parts

    private func contracts(_ tickets: Tickets, _ log: LogWriter?) throws(CommandError) -> [APIContract] {
        let chosen = try ServedContract.chosen(settings.contract)
        try ServedContract.expectTelling(settings, by: chosen)
        let means = means(tickets, log, named: chosen.map(\.name))
        return try chosen.map { contract throws(CommandError) in try contract.make(means) }
    }

    private func site(_ contracts: [APIContract], _ tickets: Tickets, _ log: LogWriter?) throws(CommandError) -> Site {
        let doors = try doors(tickets)
        let requests = log.map { log in RequestLog(now: session.clock.now) { log.write($0) } }
        let mounts: Mounts
        do throws(MountError) {
            mounts = try Mounts(contracts) { [runs = services.runs] run in
                try? await runs.summary(of: RunID(run))?.details["origin"]?.text
            }
        } catch {
            throw .broken("\(error)")
        }
        return Site(mounts, frame: doors.frame) { [metrics] request in
            metrics.record(request)
            requests?.record(request)
        }
    }

    private func means(_ tickets: Tickets, _ log: LogWriter?, named names: [String]) -> ContractMeans {
        let model = session.configuration.model.flatMap { ModelChain($0) }
        let native = Native.contract(
            services,
            Native.Settings(
                version: Version.number,
                contracts: names,
                roots: roots,
                runsAtOnce: settings.runs,
                needsKey: { () throws(HTTPError) in try await asksForKey() },
                model: model,
                ticket: { request throws(HTTPError) in try tickets.ticket(for: request) },
                benchmarks: BenchFiles.ofProgram(in: session.configuration.stateDirectory).read,
                modelBenchmarks: BenchFiles.ofModels(in: session.configuration.stateDirectory).read,
                openAPI: { OpenAPI(title: "Sluice", version: Version.number).document(of: $0) }
            )
        )
        return ContractMeans(
            services: services,
            settings: settings,
            model: model,
            metrics: metrics,
            native: native,
            push: settings.push.map { session.push($0, settings.db) { log?.write($0) } },
            address: { [address] in address() }
        )
    }

    private func doors(_ tickets: Tickets) throws(CommandError) -> Doors {
        let now = session.clock.now
        let authentication = Authentication(
            isRequired: { () throws(HTTPError) in try await asksForKey() },
            find: { [keys, tokens = services.tokens] key throws(HTTPError) in
                if let principal = try await keys.principal(of: key) { return principal }
                let run = try await answering { () throws(ServiceError) in try await tokens.run(of: key) }
                return run.map { Principal(name: "a program of run \($0)", run: $0.value) }
            },
            tickets: tickets,
            failures: RateLimit(rate: 1, burst: 10, now: now)
        )
        do throws(Failure) {
            return Doors(
                hosts: settings.isLoopback ? HostCheck(loopbackAnd: settings.serverName) : nil,
                origins: try Origins(settings.origin),
                authentication: authentication,
                limit: RateLimit(rate: settings.rate, burst: settings.rate * 4, now: now)
            )
        } catch {
            throw .usage("Option '--origin': \(error.message)")
        }
    }

    private func asksForKey() async throws(HTTPError) -> Bool {
        if settings.opening != nil { return true }
        return try await answering { () throws(ServiceError) in try await keys.hasKeys() }
    }

    private func listen(_ site: Site) throws(CommandError) -> HTTPListener {
        var own = ListenerSettings()
        own.host = settings.host
        own.port = settings.port
        own.maxConnections = settings.connections
        own.maxConnectionsPerAddress = settings.connections
        do throws(ListenerError) { return try HTTPListener(own, site: site) } catch {
            throw .usage("\(error)")
        }
    }

    private func gauge(_ listener: HTTPListener) {
        let gauges: [(String, String, @Sendable (ListenerFigures) -> Int)] = [
            ("sluice_connections", "Connections that are open.", { $0.connections }),
            ("sluice_websockets", "WebSockets that are open.", { $0.webSockets }),
            ("sluice_event_streams", "Streams of server-sent events that are open.", { $0.streams }),
            ("sluice_slow_clients_dropped", "Clients that were cut off because they did not read.", { $0.dropped }),
        ]
        for (name, help, read) in gauges {
            metrics.add(name, help) { Double(read(listener.figures)) }
        }
    }
}

extension HTTPListener {
    /// Serves until it was told to end, and has the other work done for as long.
    ///
    /// - Returns: why it could not begin.
    fileprivate func ended(beside background: [@Sendable () async -> Void]) async -> ListenerError? {
        await withDiscardingTaskGroup { group in
            for work in background { group.addTask { await work() } }
            defer { group.cancelAll() }
            do throws(ListenerError) { try await run() } catch { return error }
            return nil
        }
    }
}

extension KeyRing {
    /// Who presents this key; `nil` for one that is not known.
    ///
    /// - Throws: 401 for one whose time is over, 503 when the store does not say.
    fileprivate func principal(of key: String) async throws(HTTPError) -> Principal? {
        let finding = try await answering { () throws(ServiceError) in try await find(key) }
        switch finding {
        case .valid(let key): return Principal(name: key.name)
        case .expired: throw .unauthorized("This key has expired.", code: "key_expired")
        case .unknown: return nil
        }
    }
}

/// Asks the key ring on behalf of a request.
private func answering<Value>(_ ask: () async throws(ServiceError) -> Value) async throws(HTTPError) -> Value {
    do throws(ServiceError) { return try await ask() } catch {
        throw HTTPError(.serviceUnavailable, "\(error)", code: "store_unavailable")
    }
}

extension Tickets {
    /// - Throws: 409 for somebody who has shown no key: a ticket stands for one.
    fileprivate func ticket(for request: HTTPRequest) throws(HTTPError) -> Native.Ticket {
        guard let principal = request.principal else {
            throw HTTPError(.conflict, "This server asks for no key, so there is nothing to have a ticket for.")
        }
        let ticket = issue(for: principal)
        return Native.Ticket(ticket.text, expiresAt: ticket.expiresAt)
    }
}
