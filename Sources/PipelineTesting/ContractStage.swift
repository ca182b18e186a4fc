import Foundation
import HTTPKit
import HTTPServer
import PipelineEngine
import PipelineKit
import Synchronization

/// A server of one interface, with a run that has ended.
final class ContractStage: Sendable {
    let contract: APIContract
    private let services: Services
    private let directory: String
    private let port: Int
    private let keys: KeyDoor

    /// The key that is known where keys are asked for.
    static let key = "right"
    private static let run = "ended"

    /// Serves while the body asks.
    static func serving(
        _ make: (Services) -> APIContract,
        _ body: (ContractStage) async throws -> Void
    ) async throws {
        try await withTemporaryWorkspace(["out": "done"]) { workspace in
            let services = Services(parts(workspace.path))
            let (contract, keys) = (make(services), KeyDoor())
            let mounts = try Mounts([contract]) { run in (try? await services.runs.summary(of: RunID(run)))?.origin }
            let listener = try HTTPListener(ListenerSettings(), site: Site(mounts, frame: [keys.middleware]))
            let stage = ContractStage(contract, services, workspace.path, listener.port, keys)
            let failure = await services.serving { await stage.failure(of: body, over: listener) }
            if let failure { throw failure }
        }
    }

    private init(_ contract: APIContract, _ services: Services, _ directory: String, _ port: Int, _ keys: KeyDoor) {
        self.contract = contract
        self.services = services
        self.directory = directory
        self.port = port
        self.keys = keys
    }

    private func failure(
        of body: (ContractStage) async throws -> Void,
        over listener: HTTPListener
    ) async -> (any Error)? {
        do {
            async let run: Void = listener.run()
            defer { listener.shutDown(within: .zero) }
            try await startRun()
            try await body(self)
            listener.shutDown(within: .zero)
            try await run
            return nil
        } catch {
            return error
        }
    }

    private static func parts(_ directory: String) -> EngineParts {
        var registry = Registry()
        registry.add(WriteTool.self)
        registry.add(ContentGate.self)
        registry.add(SilentProvider.self)
        let store = MemoryStore()
        return EngineParts(
            registry: registry,
            store: store,
            documents: store,
            workspaces: PlainWorkspaces(),
            transport: NoTransport(),
            secrets: { _ in nil },
            scratch: directory + ".scratch",
            version: "test",
            sources: PipelineSources(
                builtInNames: ["sample"],
                builtIn: { $0 == "sample" ? ("sample.yaml", pipeline) : nil },
                read: PipelineSources.disk
            ),
            roots: [directory]
        )
    }

    private static let pipeline = """
        name: sample
        model: silent/any
        goal: { gate: content, with: { file: out, is: done } }
        tools: { allow: [write] }
        """

    /// A run that has ended, started as a client of the interface would have.
    private func startRun() async throws {
        let served = try services.pipelines.load("sample")
        let order = RunOrder(
            run: RunID(Self.run),
            pipeline: try services.pipelines.resolved(served, inputs: [:]),
            project: directory,
            origin: contract.name
        )
        services.runs.submit(try await services.runs.start(order))
        let deadline = ContinuousClock.now + .seconds(60)
        while try await services.runs.summary(of: RunID(Self.run))?.status.isFinal != true {
            guard ContinuousClock.now < deadline else { throw Failure(.timedOut, "The sample run does not end.") }
            await Task.yield()
        }
    }
}

// What is asked.
extension ContractStage {
    private var client: PortClient { PortClient(port: port) }

    /// From now on nobody is answered without ``key``.
    func askForKeys() { keys.isClosed.withLock { $0 = true } }

    func ask(_ method: HTTPMethod, _ path: String, body: [UInt8], key: String? = nil) async throws -> HTTPResponse {
        var headers: HTTPHeaders = body.isEmpty ? HTTPHeaders() : ["content-type": "application/json"]
        if let key { headers["authorization"] = "Bearer \(key)" }
        return try await client.send(method, path, headers: headers, body: body)
    }

    /// Says how long a body will be, and sends none of it.
    func announce(_ method: HTTPMethod, _ path: String, bytes: Int) async throws -> HTTPResponse {
        let lines = ["host: 127.0.0.1", "connection: close", "content-length: \(bytes)"].map { "\($0)\r\n" }.joined()
        let head = Array("\(method) \(path) HTTP/1.1\r\n\(lines)\r\n".utf8)
        return try await BlockingThread.run { [port] () throws(Failure) in
            let wire = try Wire(port: port)
            wire.send(head)
            return try wire.response()
        }
    }

    /// - Throws: ``PipelineKit/Failure`` with the status of what is no stream.
    func open(_ path: String) async throws(Failure) -> any ClientStream {
        do { return try await client.open(path) } catch let error as Failure { throw error } catch {
            throw Failure(.unavailable, "\(error)")
        }
    }

    /// Whether the path of a route names a run, by one of the names that servers look for.
    func namesRun(_ route: Route) -> Bool { runName(of: route) != nil }

    /// Other things than runs have ids, too.
    private func runName(of route: Route) -> String? {
        let names = ["run", "run_id"] + (route.pattern.text.contains("runs/{id}") ? ["id"] : [])
        return names.first(where: route.pattern.parameters.contains)
    }

    /// The path of a route, with something in the place of its names.
    func path(of route: Route, run: String = ContractStage.run) -> String {
        route.pattern.parameters.reduce(route.pattern.text) { path, name in
            let value = name == runName(of: route) ? run : "nothing"
            return path.replacing("{\(name)}", with: value).replacing("{\(name)...}", with: value)
        }
    }

    /// Everything that a request could have changed: how far each run is, and the files of the project.
    func everything() async throws -> [String: String] {
        let rows = try await services.runs.list(RunQuery(limit: 500))
        let files = try FileTree(directory).entries
        return Dictionary(uniqueKeysWithValues: rows.map { ("run \($0.run)", "\($0.sequence)") })
            .merging(files) { $1 }
    }
}

/// A door that stands open until it is closed.
private final class KeyDoor: Sendable {
    let isClosed = Mutex(false)

    var middleware: Middleware {
        Authentication(
            isRequired: { [self] in isClosed.withLock(\.self) },
            find: { $0 == ContractStage.key ? Principal(name: "somebody") : nil },
            tickets: Tickets(now: { .start }),
            failures: RateLimit(rate: 1_000, burst: 1_000, now: { .start })
        ).middleware
    }
}

/// Has nothing to say, as nobody asks it: the goal of the sample holds from the start.
private struct SilentProvider: Provider {
    static let id: ModuleID = "silent"
    static let summary = "Has nothing to say."
    init(settings: NoFields) throws(Failure) {}
    func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        ModelReply(text: "")
    }
}
