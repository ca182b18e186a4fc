import Foundation
import HTTPKit
import HTTPServer
import MContract
import NativeContract
import OperationsContract
import PipelineEngine
import PipelineKit
import PipelineTesting
import RetrAIContract
import StandardModules
import Testing

/// A server's insides over a project of its own: all contracts, the engine, and modules that do as little as they can.
struct ContractBench: Sendable {
    /// The project; the one directory that the server works on.
    let directory: String
    let store: any EventStore
    let services: Services
    let contracts: [APIContract]
    let client: any ContractClient
    private let listener: HTTPListener?
    /// Whether clients come in without a port.
    var isInMemory: Bool { listener == nil }

    /// Serves while the body asks: once in memory, and once more over a port.
    static func serving(
        store: () -> any EventStore = { MemoryStore() },
        settings: RetrAI.Settings = RetrAI.Settings(),
        m: M.Settings = M.Settings(),
        as principal: Principal? = nil,
        _ body: (ContractBench) async throws -> Void
    ) async throws {
        for door in Door.allCases {
            let directory = FileManager.default.temporaryDirectory.appending(path: "contract-\(UUID().uuidString)")
                .resolvingSymlinksInPath().path
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let bench = try ContractBench(directory, store(), settings, m, door, principal)
            let failure = await bench.services.serving { await bench.failure(of: body) }
            if let failure { throw failure }
        }
    }

    /// How clients come in.
    enum Door: CaseIterable {
        case memory
        case port
    }

    private func failure(of body: (ContractBench) async throws -> Void) async -> (any Error)? {
        do {
            guard let listener else {
                try await body(self)
                return nil
            }
            async let run: Void = listener.run()
            defer { listener.shutDown(within: .zero) }
            try await body(self)
            listener.shutDown(within: .zero)
            try await run
        } catch {
            return error
        }
        return nil
    }

    private init(
        _ directory: String,
        _ store: any EventStore,
        _ settings: RetrAI.Settings,
        _ m: M.Settings,
        _ door: Door,
        _ principal: Principal?
    ) throws {
        self.directory = directory
        self.store = store
        services = Services(Self.parts(directory, store))
        contracts = Self.contracts(services, settings, m, directory)
        guard door == .port else {
            client = try MemoryClient(contracts, of: services, as: principal)
            listener = nil
            return
        }
        let listener = try Self.listener(contracts, services, as: principal)
        client = PortClient(port: listener.port)
        self.listener = listener
    }

    private static func parts(_ directory: String, _ store: any EventStore) -> EngineParts {
        EngineParts(
            registry: registry,
            store: store,
            documents: store as? any RecordStore ?? NoDocuments(),
            workspaces: PlainWorkspaces(places: directory),
            transport: NoTransport(),
            secrets: { _ in nil },
            scratch: directory + ".scratch",
            version: "test",
            sources: PipelineSources(
                builtInNames: builtIn.keys.sorted(),
                builtIn: { name in builtIn[name].map { ("\(name).yaml", $0) } },
                read: PipelineSources.disk
            ),
            roots: [directory]
        )
    }

    private static func contracts(
        _ services: Services,
        _ settings: RetrAI.Settings,
        _ m: M.Settings,
        _ directory: String
    ) -> [APIContract] {
        let native = Native.Settings(
            version: "test",
            contracts: ["retrai", "sluice"],
            roots: [directory],
            benchmarks: {
                let record: JSONValue = [
                    "file": "20260101T000000.000Z.json", "format": 1, "version": "test",
                    "at": "2026-01-01T00:00:00.000Z",
                    "figures": [["name": "load, yaml, time", "value": 2.5, "unit": "µs"]],
                ]
                return Native.Benchmarks(items: [record], skipped: [("other.json", "It is no JSON.")])
            },
            openAPI: { OpenAPI(title: "Sluice", version: "test").document(of: $0) }
        )
        return [
            RetrAI.contract(services, settings), M.contract(services, m), Native.contract(services, native),
            Operations.contract(services),
        ]
    }

    private static func listener(
        _ contracts: [APIContract],
        _ services: Services,
        as principal: Principal?
    ) throws -> HTTPListener {
        let mounts = try Mounts(contracts) { run in (try? await services.runs.summary(of: RunID(run)))?.origin }
        let knows = Middleware(admit: { $0.principal = principal })
        var settings = ListenerSettings()
        settings.heartbeat = .seconds(600)  // the client answers no pings, and takes long where much else is going on
        return try HTTPListener(settings, site: Site(mounts, frame: [knows]))
    }

    private static let builtIn = [
        "fix": """
        name: fix
        description: Works until the file says so.
        model: notes/fix
        inputs:
          word: { type: string, default: "done" }
        goal: { gate: content, with: { file: out, is: "${inputs.word}" } }
        tools: { allow: [look, write] }
        """,
        "task": """
        name: task
        description: Works until it is done, and asks before it writes.
        inputs:
          prompt: { type: string }
        outputs: {}
        human: { gate: before_writes }
        tools: { allow: [look, write, ask_human] }
        instructions: "${inputs.prompt}"
        """,
        "parts": """
        name: parts
        description: Has a step do the work, which asks before it writes.
        inputs:
          prompt: { type: string }
        human: { gate: before_writes }
        tools: { allow: [look, write] }
        steps:
          - { id: part, instructions: "${inputs.prompt}" }
        """,
    ]

    private static let registry: Registry = {
        var registry = Registry.standard()
        registry.add(NotesProvider.self)
        registry.add(LookTool.self)
        registry.add(WriteTool.self)
        registry.add(ContentGate.self)
        return registry
    }()

    // MARK: - What tests ask

    /// Starts a run as a client of retrAI does.
    func start(_ members: [String: JSONValue] = [:]) async throws -> String {
        let body: JSONValue = .object(["goal": "fix", "cwd": .string(directory)].merging(members) { $1 })
        let response = try await client.post("/api/runs", body)
        try #require(response.status == .created, "\(response.bodyText)")
        return try #require(try response.json()["run_id"]?.text)
    }

    /// Starts a run as a client of Sluice does.
    func order(_ members: [String: JSONValue] = [:]) async throws -> String {
        let body: JSONValue = .object(["pipeline": "fix", "cwd": .string(directory)].merging(members) { $1 })
        let response = try await client.post("/api/v1/runs", body)
        try #require(response.status == .created, "\(response.bodyText)")
        return try #require(try response.json()["run"]?.text)
    }

    func json(_ target: String) async throws -> JSONValue {
        let response = try await client.get(target)
        #expect(response.status == .ok, "\(target): \(response.bodyText)")
        return try response.json()
    }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: "\(directory)/\(name)", atomically: true, encoding: .utf8)
    }
}

/// Follows a run to its end.
extension ContractBench {
    @discardableResult
    func end(of run: String) async throws -> [JSONValue] {
        let (texts, code) = try await client.listen("/api/ws/\(run)")
        #expect(code == 1000)
        return texts
    }

    /// Waits until a run asks a person.
    func question(of run: String) async throws -> JSONValue {
        let stream = try await client.open("/api/ws/\(run)")
        let question = try await stream.next { $0["kind"] == "human_check_required" }
        await stream.leave()
        return try #require(question?["payload"])
    }
}
