import OutputsTool
import PipelineKit
import PipelineTesting

@testable import PipelineEngine

/// Runs with steps, over modules that do as little as they can.
enum StepBench {
    static let registry: Registry = {
        var registry = Bench.registry
        registry.add(OutputSource())
        return registry
    }()

    static func make(
        _ store: any EventStore = MemoryStore(),
        _ owner: ProcessName = ProcessName("host:boot:1:1"),
        _ directory: String = Bench.temporary()
    ) -> Bench {
        Bench(directory, store: store, owner: owner, registry: registry)
    }

    static func with(_ body: (Bench) async throws -> Void) async throws {
        let bench = make()
        defer { bench.remove() }
        try await body(bench)
    }

    /// A step of a model that is called after it.
    static func model(_ id: String, _ needs: [String] = [], _ more: [String: JSONValue] = [:]) -> JSONValue {
        let json: [String: JSONValue] = [
            "id": .string(id), "model": .string("\(id)/x"), "needs": .array(needs.map(JSONValue.string)),
        ]
        return .object(json.merging(more) { $1 })
    }

    /// A reply that writes a file.
    static func write(_ file: String, _ text: String = "done") -> JSONValue {
        ["calls": [["tool": "write", "arguments": ["file": .string(file), "text": .string(text)]]]]
    }

    /// A reply that hands something on.
    static func handOn(_ values: JSONValue) -> JSONValue {
        ["calls": [["tool": "set_outputs", "arguments": values]]]
    }

    /// A pipeline whose models say what stands here under their names.
    static func pipeline(
        _ steps: [JSONValue],
        _ models: [String: [JSONValue]] = [:],
        _ more: [String: JSONValue] = [:]
    ) throws -> Pipeline {
        let notes = models.mapValues { replies -> JSONValue in ["provider": "notes", "replies": .array(replies)] }
        let json: [String: JSONValue] = [
            "name": "p", "model": "notes/x", "tools": ["allow": ["write", "look"]], "steps": .array(steps),
            "providers": .object(notes),
        ]
        return try Pipeline(json: .object(json.merging(more) { $1 })).resolved()
    }
}

extension Bench {
    func start(_ pipeline: Pipeline) async throws -> RunID {
        try await services.runs.start(
            RunOrder(run: "r1", pipeline: pipeline, project: directory, origin: "test", key: nil)
        )
    }

    func play(_ pipeline: Pipeline) async throws -> RunState {
        try await services.runs.carryOn(try await start(pipeline))
    }

    /// How the steps ended, in the order in which they did: `1 plan passed: It is planned.`
    func ends() async throws -> [String] {
        try await services.runs.events(of: "r1").compactMap { event in
            guard case .stepFinished(let place, let result, _) = event.payload else { return nil }
            let summary = result.summary.isEmpty ? "" : ": \(result.summary)"
            return "\(place.pass) \(place.step) \(result.status.rawValue)\(summary)"
        }
    }
}
