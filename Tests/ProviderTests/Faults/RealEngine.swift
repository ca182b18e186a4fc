import AnthropicProvider
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

    init(clock: EngineClock = .system, secrets: @escaping SecretResolver = { _ in nil }) {
        directory = FileManager.default.temporaryDirectory.appending(path: "faults-\(UUID().uuidString)").path
        try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        var registry = Registry()
        registry.add(OpenAIProvider.self)
        registry.add(AnthropicProvider.self)
        registry.add(WriteTool.self)
        registry.add(ContentGate.self)
        let dice = Mutex(Dice(seed: 7))
        services = Services(
            EngineParts(
                registry: registry,
                store: MemoryStore(),
                workspaces: PlainWorkspaces(),
                transport: CurlTransport(),
                secrets: secrets,
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

    /// Starts a run of one iteration; it is not carried on yet.
    ///
    /// - Parameter url: Where its model is.
    func start(_ run: RunID, _ model: String = "openai/m-1", at url: String, with more: JSONValue = [:])
        async throws
    {
        let settings = more.with("base_url", .string(url)).with("headers", ["X-Name": .string(run.value)])
        let pipeline = try Pipeline(json: [
            "name": "p", "model": .string(model), "goal": ["gate": "content"], "tools": ["allow": ["write"]],
            "limits": ["iterations": 1], "providers": [String(model.prefix { $0 != "/" }): settings],
        ])
        _ = try await services.runs.start(RunOrder(run: run, pipeline: pipeline, project: directory, origin: "test"))
    }
}
