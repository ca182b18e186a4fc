import CLinux
import FoundationEssentials
import Glibc
import MContract
import PipelineEngine
import PipelineKit
import ProcessKit
import ProviderKit
import SQLiteStore
import StandardModules
import WorkspaceKit

/// One call of the command line: who calls, where from, and the product put together on demand.
struct Session: Sendable {
    let environment: [String: String]
    let configuration: Configuration
    let clock: EngineClock
    let fault: FaultPoint
    /// Where the master key of the stored keys may be.
    let master: MasterKeyPlaces
    private let redactor = Redactor()

    init() {
        let master = takeMasterKey()
        environment = ProcessInfo.processInfo.environment
        configuration = Configuration(environment: environment, home: homeDirectory)
        clock = Rehearsal.clock(environment)
        fault = Rehearsal.fault(environment)
        self.master = MasterKeyPlaces(
            value: master,
            credentials: environment["CREDENTIALS_DIRECTORY"],
            directory: configuration.stateDirectory
        )
    }

    /// What requests go out by; none do in a test of a pipeline.
    private var transport: any HTTPTransport {
        environment[TestEnvironment.offline] == nil ? CurlTransport() : OfflineTransport()
    }

    /// Made when it is asked for: most commands need none of it.
    var registry: Registry { registry(nil) }

    /// - Parameter database: The one with the stored keys, from an option; `nil` for the configured one.
    private func registry(_ database: String?) -> Registry {
        var registry = Registry.standard()
        registry.addSources(
            transport: transport,
            secrets: redactor.noting(secrets(database)),
            version: Version.number
        )
        let prices = prices
        registry.listPrice = { prices()[$0] }
        registry.listedModels = { prices().models(of: $0) }
        return registry
    }

    /// - Throws: every mistake of the person's own list of prices, and of what the environment says for all runs.
    func expectPrices() throws(CommandError) {
        if let text = configuration.sandbox, WorkspacePolicy.Sandbox(rawValue: text) == nil {
            throw .usage("SLUICE_SANDBOX must be 'off', 'preferred' or 'required', but is '\(text)'.")
        }
        if let text = configuration.costPerDay, Money(text) == nil {
            throw .usage("SLUICE_COST_PER_DAY must be an amount of money such as '20 USD', but is '\(text)'.")
        }
        guard configuration.prices != nil else { return }
        do throws(Diagnostics) { _ = try PriceList.configured(configuration) } catch { throw .usage("\(error)") }
    }

    /// The lists are read when a price is first asked for. One that is wrong is told by ``expectPrices()`` and counts
    /// as if it were empty: then a price is not known, and a limit in money is not kept but refused.
    private var prices: Once<PriceList> {
        Once { [configuration] in (try? PriceList.configured(configuration)) ?? PriceList() }
    }

    /// - Parameter database: The one with the stored keys, from an option; `nil` for the configured one.
    private func secrets(_ database: String?) -> SecretResolver {
        let path = database.map(absolute) ?? configuration.database
        let stored = StoredKeys(master: master, clock: clock, redactor: redactor) { () throws(StoreError) in
            try SQLiteEventStore.records(in: StoredKeys.collection, of: path, limit: StoredKeys.most)
        }
        let sources = SecretSources(environment: environment, stored: stored, tell: Output.error)
        return { secret in
            let value = sources.value(of: secret)
            if value != nil, secret.isConfidential { _ = forbidsCoreDumps }
            return value
        }
    }

    /// What telling people away from the screen takes, with its secrets known to be such.
    ///
    /// - Parameter database: The one with the stored keys, from an option; `nil` for the configured one.
    func push(
        _ settings: M.PushSettings,
        _ database: String?,
        log: @escaping @Sendable ([String: JSONValue]) -> Void
    ) -> M.PushMeans {
        M.PushMeans(
            settings,
            transport: CircuitBreaker(transport, now: clock.now),
            secrets: redactor.noting(secrets(database)),
            clock: clock,
            log: log
        )
    }

    /// What can be told of a pipeline before anything is recorded.
    var readiness: Readiness { Readiness(registry, secrets: redactor.noting(secrets(nil))) }

    /// - Throws: what would keep a run from being carried on here, before anything is recorded of it.
    func expectReady(_ pipeline: Pipeline?, _ services: Services) throws(CommandError) {
        guard let pipeline else { return }
        try expectPrices()
        do throws(Failure) { try services.readiness.check(pipeline) } catch { throw .usage(error.message) }
    }

    /// Who is recorded as having asked or answered.
    var person: String { environment["USER"] ?? ProcessInfo.processInfo.userName }

    /// The database, open.
    ///
    /// - Parameter database: From an option; `nil` for the configured one.
    func store(_ database: String?) throws(CommandError) -> SQLiteEventStore {
        let path = database.map(absolute) ?? configuration.database
        do throws(StoreError) {
            return try SQLiteEventStore(path: path, fault: { [fault] in fault($0) })
        } catch {
            throw .broken("\(error)")
        }
    }

    /// The product, with its database open.
    ///
    /// - Parameters:
    ///   - database: From an option; `nil` for the configured one.
    ///   - policy: The operator's, from an option; `nil` for the configured one.
    /// - Throws: every mistake of the policy, too.
    func services(_ database: String?, policy: String? = nil) throws(CommandError) -> Services {
        try expectPolicy(policy)
        return services(over: try store(database), database, policy: policy)
    }

    /// - Throws: every mistake of the operator's policy.
    func expectPolicy(_ path: String?) throws(CommandError) {
        guard let path = path.map(absolute) ?? configuration.policy, let mistakes = mistakes(ofPolicy: path) else {
            return
        }
        throw .usage("\(mistakes)")
    }

    /// What is wrong with an operator's policy; `nil` for nothing.
    func mistakes(ofPolicy path: String) -> Diagnostics? {
        do throws(Diagnostics) {
            _ = try PolicyFile.policy(path, registry, PipelineSources.disk)
            return nil
        } catch {
            return error
        }
    }

    /// - Parameters:
    ///   - database: Where the store is, from an option; `nil` for the configured one.
    ///   - roots: Absolute paths of the directories that clients of a server may name.
    ///   - costPerDay: What all runs together may spend on a day; `nil` for what the environment says.
    ///   - policy: Where the operator's policy is, from an option; `nil` for the configured one.
    func services(
        over store: SQLiteEventStore,
        _ database: String?,
        roots: [String] = [],
        costPerDay: Money? = nil,
        policy: String? = nil
    ) -> Services {
        let registry = registry(database)
        let state = configuration.stateDirectory
        let keys = KeyRing(store: store, clock: clock)
        // A limit that cannot be read is told by `expectPrices()`, and keeps everything: it must not pass for none.
        let limit = costPerDay ?? configuration.costPerDay.map { Money($0) ?? .zero }
        let services = Services(
            EngineParts(
                registry: registry,
                store: store,
                documents: store,
                workspaces: workspaces(database),
                sandboxes: sandboxes(database),
                transport: CircuitBreaker(transport, now: clock.now),
                secrets: secrets(database),
                redactor: redactor,
                clock: clock,
                scratch: "\(state)/scratch",
                budget: Budget(perDay: limit) { key throws(ServiceError) in try await keys.budget(of: key) },
                version: Version.number,
                sources: .standard,
                roots: roots,
                environment: environment,
                fault: fault,
                policy: (policy.map(absolute) ?? configuration.policy).map { PolicyFile($0, registry: registry) },
                hooks: HookProcesses(),
                cast: PlayedSteps(environment)?.cast
            )
        )
        TestEnvironment.arm(services.feed, environment)
        return services
    }

    /// - Parameter database: From an option; `nil` for the configured one.
    private func workspaces(_ database: String?) -> GitWorkspaceKeeper {
        GitWorkspaceKeeper(
            state: configuration.stateDirectory,
            owner: database.map(absolute) ?? configuration.database,
            fault: { [fault] in fault($0) }
        )
    }

    /// - Parameter database: From an option; `nil` for the configured one.
    func sandboxes(_ database: String?) -> WorkspaceSandboxes {
        let path = database.map(absolute) ?? configuration.database
        let hidden = ["", "-wal", "-shm"].map { path + $0 }
        // A word that cannot be read is told by `expectPrices()`, and must not pass for less.
        let least = configuration.sandbox.map { WorkspacePolicy.Sandbox(rawValue: $0) ?? .required }
        return WorkspaceSandboxes(state: configuration.stateDirectory, hidden: hidden, least: least ?? .off)
    }

    /// Ends what an earlier process left that was killed together with those who watched over its commands, and has this
    /// one keep a record of its own.
    func endLeftovers() {
        let ended = ProcessRecords.shared.keep(in: "\(configuration.stateDirectory)/processes")
        guard ended > 0 else { return }
        let those = ended == 1 ? "1 process" : "\(ended) processes"
        Output.error("Ended \(those) that an earlier Sluice had started and did not live to end.")
    }

    /// The run that a person names by the beginning of its name, or the newest one.
    func run(_ operands: [String], _ services: Services) async throws(CommandError) -> RunID {
        if let prefix = operands.first, prefix != "last" {
            return try await asking { () throws(ServiceError) in try await services.runs.find(prefix) }
        }
        let query = RunQuery(isOwn: true, limit: 1)
        let newest = try await asking { () throws(ServiceError) in try await services.runs.list(query) }
        guard let run = newest.first else {
            throw .usage("There is no run yet. Start one: sluice run pytest --model PROVIDER/MODEL")
        }
        return run.run
    }
}

/// Done once, when it is first asked for: with the first secret in memory.
private let forbidsCoreDumps: Void = sluice_forbid_core_dumps()

/// Takes the master key out of the environment, also out of the memory that `/proc/PID/environ` shows to every program
/// of the same person, such as a command that a model wrote.
private func takeMasterKey() -> String? {
    guard let value = getenv(MasterKeyPlaces.variable) else { return nil }
    let key = String(cString: value)
    memset(value, 0, strlen(value))
    unsetenv(MasterKeyPlaces.variable)
    return key
}

/// What most commands that look at runs take.
struct RunOptions: Fields {
    @Field("Path of the database.") var db: String? = nil
    @Field("Print JSON.") var json: Bool = false
    init() {}
}

extension Operand {
    static let run = Operand(
        name: "RUN",
        help: "The run, or the first letters of its name; the newest when left out.",
        isOptional: true
    )
}
