import Foundation
import OpenAIProvider
import PipelineEngine
import PipelineKit
import PipelineTesting
import ProviderKit
import Synchronization

/// The real engine over a store in memory, whose models are asked over real sockets.
struct RealEngine {
    let directory: String
    let services: Services
    private let server: ModelServer

    init(_ server: ModelServer, clock: EngineClock = .system) {
        self.server = server
        directory = FileManager.default.temporaryDirectory.appending(path: "faults-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var registry = Registry()
        registry.add(OpenAIProvider.self)
        registry.add(WriteTool.self)
        registry.add(ContentGate.self)
        let dice = Mutex(Dice(seed: 7))
        services = Services(
            EngineParts(
                registry: registry,
                store: MemoryStore(),
                workspaces: PlainWorkspaces(),
                transport: CurlTransport(),
                secrets: { _ in nil },
                clock: clock,
                scratch: directory + ".scratch",
                owner: ProcessName("host:boot:1:1"),
                version: "test",
                random: { dice.withLock { Double.random(in: 0..<1, using: &$0) } }
            )
        )
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: directory)
        try? FileManager.default.removeItem(atPath: directory + ".scratch")
    }

    /// Starts a run of one iteration whose model misbehaves; it is not carried on yet.
    func start(_ run: RunID, _ fault: String) async throws {
        let settings: JSONValue = [
            "base_url": .string(server.url("/\(fault)/v1")), "headers": ["X-Name": .string(run.value)],
        ]
        let pipeline = try Pipeline(json: [
            "name": "p", "model": "openai/m-1", "goal": ["gate": "content"], "tools": ["allow": ["write"]],
            "limits": ["iterations": 1], "providers": ["openai": settings],
        ])
        _ = try await services.runs.start(RunOrder(run: run, pipeline: pipeline, project: directory, origin: "test"))
    }
}
