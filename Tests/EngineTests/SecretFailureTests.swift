import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// What is known to be a secret is in no failure that a run records, and in nothing that a server says of its tools.
struct SecretFailureTests {
    private static let value = "supersecretvalue123"
    private static let failure = Failure(.unavailable, "It said: token is \(value)")
    private static let cleaned = "It said: token is [secret TOK]"

    /// One server, which has the secret and says so.
    private struct Server: ModuleSource {
        let key = "mcp"
        let summary = "A server of a test."
        var schema: ValueSchema { .mapping(.string) }
        var example: JSONValue { ["one": "hello"] }
        var isDown = false

        func modules(of json: JSONValue, in project: String?) -> BroughtModules {
            var found = BroughtModules()
            let shelf = ToolShelf(prefix: "one__", reach: [.reads]) { _ throws(Failure) in
                guard !isDown else { throw SecretFailureTests.failure }
                return [
                    ToolFactory(
                        DeclaredTool(
                            "one__say",
                            "Says \(value).",
                            reach: [.reads],
                            schema: ["properties": ["word": ["type": "string", "default": .string("<\(value)>")]]]
                        ) { _, _ in ToolOutput("said") }
                    )
                ]
            }
            found.shelves.append(Brought(shelf, at: FieldPath().appending("one")))
            return found
        }
    }

    private static func registry(isDown: Bool = false) -> Registry {
        var registry = StepBench.registry
        registry.add(Server(isDown: isDown))
        return registry
    }

    private static func pipeline(_ more: [String: JSONValue] = [:]) throws -> Pipeline {
        let json: [String: JSONValue] = [
            "name": "p", "model": "notes/x", "goal": ["gate": "content", "with": ["file": "out", "is": "done"]],
            "tools": ["allow": ["one__*"]], "limits": ["iterations": 1], "mcp": ["one": "hi"],
            "providers": ["notes": ["replies": [["text": "Done."]]]],
        ]
        return try Pipeline(json: .object(json.merging(more) { $1 }))
    }

    /// What a run ends with, when none of its events from the second on holds the secret; the first is the pipeline.
    private func end(of pipeline: Pipeline, _ bench: Bench) async throws -> String {
        defer { bench.remove() }
        bench.services.approvals.redactor.add(Self.value, as: "TOK")
        let state = try await bench.play(pipeline)
        let events = try await bench.services.runs.events(of: "r1").dropFirst().map { "\($0)" }
        #expect(!events.contains { $0.contains(Self.value) })
        #expect(events.contains { $0.contains("[secret TOK]") })
        guard case .finished(_, let reason) = state.phase else { return "\(state.phase)" }
        return reason
    }

    @Test func aServerThatCannotBeHadEndsTheRunWithoutIt() async throws {
        let bench = Bench(registry: Self.registry(isDown: true))
        #expect(try await end(of: Self.pipeline(), bench) == Self.cleaned)
    }

    @Test func aWorkspaceThatCannotBeLookedAtEndsTheRunWithoutIt() async throws {
        let bench = Bench(
            registry: Self.registry(),
            workspaces: PlainWorkspaces(look: { () throws(Failure) in throw Self.failure })
        )
        #expect(try await end(of: Self.pipeline(), bench) == Self.cleaned)
    }

    @Test func aCheckThatGivesNoAnswerIsRecordedWithoutIt() async throws {
        let bench = Bench(
            registry: Self.registry(),
            workspaces: PlainWorkspaces(rebuilt: { _, _ throws(Failure) in throw Self.failure })
        )
        let reason = try await end(of: Self.pipeline(), bench)
        #expect(reason == "The goal could not be checked. \(Self.cleaned)")
    }

    @Test func aModelThatCannotBeAskedEndsTheRunWithoutIt() async throws {
        let replies: JSONValue = [["down": [.string(Self.value)]]]
        let model: [String: JSONValue] = [
            "model": .string("notes/\(Self.value)"), "providers": ["notes": ["replies": replies]],
        ]
        var pipeline = try Self.pipeline(model)
        pipeline.instructions = "Go on."
        let bench = Bench(registry: Self.registry())
        defer { bench.remove() }
        bench.services.approvals.redactor.add(Self.value, as: "TOK")
        let state = try await bench.play(pipeline)
        #expect(state.phase == .finished(.failed, reason: "'[secret TOK]' is down."))
        let failures = try await bench.services.runs.events(of: "r1").compactMap { event in
            if case .modelFailed(_, _, let failure, _) = event.payload { failure.message } else { nil as String? }
        }
        #expect(Set(failures) == ["'[secret TOK]' is down."])
    }

    @Test func theReasonWhyNothingIsConfinedIsRecordedWithoutIt() async throws {
        let bench = Bench(registry: Self.registry(), sandboxes: SandboxLevelTests.Walls(Self.failure))
        _ = try await end(of: Self.pipeline(["workspace": ["sandbox": "preferred"]]), bench)
        let level = try await bench.services.runs.state(of: "r1").workspace?.sandbox
        #expect(level == .open(Self.cleaned))
    }

    @Test func aStepThatCannotBeBegunFailsWithoutIt() async throws {
        let each: JSONValue = [["id": "a", "tsk": .string(Self.value)]]
        let pipeline = try StepBench.pipeline(
            [StepBench.model("build", [], ["each": each, "instructions": "Do ${item.task}"])],
            ["build": []],
            ["limits": ["iterations": 1]]
        )
        #expect(
            try await end(of: pipeline, Bench(registry: StepBench.registry)) == """
                Step 'build' failed. '${item.task}' stands for nothing: the element has no 'task'. Did you mean 'tsk'? It is \
                {"id":"a","tsk":"[secret TOK]"}.
                """
        )
    }

    @Test func modelsAreToldOfToolsWithoutIt() async throws {
        let (modules, redactor) = (RunModules(Self.registry()), Redactor())
        redactor.add(Self.value, as: "TOK")
        let missing = try await modules.equip(for: Self.pipeline(), redactor) { () throws(Failure) in
            Workspace(path: "/")
        }
        #expect(missing.isEmpty)
        let tool = try #require(modules.registry.tools["one__say"])
        #expect(tool.summary == "Says [secret TOK].")
        #expect(
            tool.specification
                == ToolSpecification(
                    name: "one__say",
                    summary: "Says [secret TOK].",
                    arguments: ["properties": ["word": ["type": "string", "default": "<[secret TOK]>"]]]
                )
        )
    }
}
