import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// What a tool that asks the network is given by the engine.
struct AskingToolTests {
    private static let key = "sk-ant-Zq9x-0123456789"

    @Test func itHasTheTransportTheSecretsAndTheClockOfTheEngine() async throws {
        var registry = Bench.registry
        registry.add(AskingTool.self)
        let transport = RecordedTransport(.init("It saw \(Self.key)."))
        let bench = Bench(registry: registry, transport: transport, secrets: { $0.name == "K" ? Self.key : nil })
        defer { bench.remove() }
        let run = try await bench.start([["calls": [["tool": "asking"]]]], tools: ["allow": ["asking"]])
        _ = try await bench.services.runs.carryOn(run)
        let outputs = try await bench.services.runs.events(of: run).compactMap { event in
            if case .callFinished(_, let output) = event.payload { output.text } else { nil }
        }
        #expect(outputs == ["It saw [secret K]. \(Instant.start)"])
        #expect(transport.requests.map(\.headers) == [[.init("X-Key", Self.key)]])
    }
}

/// Sends a key somewhere, and tells what came back and when.
private struct AskingTool: Tool {
    static let id: ModuleID = "asking"
    static let summary = "Asks."
    static let reach: Set<Reach> = [.reads, .network]
    init(settings: NoFields) throws(Failure) {}
    func call(_ arguments: NoFields, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let key = context.secrets(Secret(variable: "K")) ?? "none"
        let request = TransportRequest(url: "https://a.example/", headers: [.init("X-Key", key)], body: [])
        let body = try await context.transport.send(request).body
        let said = String(decoding: try await body.next() ?? [], as: UTF8.self)
        return ToolOutput("\(said) \(context.now())")
    }
}
