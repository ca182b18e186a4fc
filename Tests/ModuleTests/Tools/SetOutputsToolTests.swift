import OutputsTool
import PipelineKit
import PipelineTesting
import Testing

/// What a model hands on to the steps behind its own.
struct SetOutputsToolTests {
    private static let outputs: JSONValue = [
        "tasks": ["type": "list", "help": "What is to be done."], "size": ["type": "integer"],
    ]

    private func tool(_ outputs: JSONValue = outputs) throws -> ToolFactory {
        let found = OutputSource().modules(of: outputs, in: nil)
        try #require(found.problems.isEmpty, "\(found.problems)")
        return try #require(found.tools.first).thing
    }

    private func call(_ arguments: JSONValue) async throws -> ToolOutput {
        try await tool().make([:]).call(arguments, ToolContext(workspace: Workspace(path: "/nowhere")))
    }

    @Test func keepsTheToolsPromises() async throws {
        try await expectConformance(of: try tool(), arguments: ["tasks": ["a"]])
    }

    @Test func theModelIsToldWhatThereIsToHandOn() throws {
        let schema = try tool().specification.arguments
        #expect(schema["properties"]?["tasks"]?["description"] == "What is to be done.")
        #expect(Set(schema["properties"]?.members.keys.map { $0 } ?? []) == ["size", "tasks"])
    }

    @Test func whatIsHandedOnIsTakenOneByOneOrTogether() async throws {
        #expect(try await call(["tasks": ["a", "b"]]).text == "Set: tasks.")
        #expect(try await call(["size": 5, "tasks": []]).text == "Set: size, tasks.")
    }

    @Test(
        arguments: [
            ([:], "Give at least one value to hand on."),
            (["size": "five"], "Field 'size' must be a whole number, but is \"five\"."),
            (["taks": ["a"]], "Unknown field 'taks'. Did you mean 'tasks'?"),
            (
                ["tasks": [.string(String(repeating: "x", count: 70_000))]],
                "The values may have 64000 bytes together, but have 70026."
            ),
        ] as [(JSONValue, String)]
    )
    func whatIsNotDeclaredIsRefused(arguments: JSONValue, sentence: String) async throws {
        await #expect(throws: Failure(.invalidInput, sentence)) { try await call(arguments) }
    }

    @Test func tasksAreLookedAtWhenTheyAreHandedOn() async throws {
        let tool = try tool(["tasks": ["type": "tasks"]]).make([:])
        let context = ToolContext(workspace: Workspace(path: "/nowhere"))
        let right: JSONValue = [["id": "a", "task": "A."], ["id": "b", "task": "B.", "needs": ["a"]]]
        #expect(try await tool.call(["tasks": right], context).text == "Set: tasks.")
        let wrong: [(JSONValue, String)] = [
            (
                [["id": "a"]],
                "Missing required field 'task': What is to be done, for somebody who knows of nothing else."
            ),
            ([["id": "a", "task": "A.", "needs": ["b"]]], "There is no task 'b'. Did you mean 'a'?"),
            (
                [["id": "a", "task": "A.", "needs": ["b"]], ["id": "b", "task": "B.", "needs": ["a"]]],
                "These tasks wait for each other for ever: 'a' needs 'b' needs 'a'."
            ),
            (
                .array((0..<65).map { ["id": .string("t\($0)"), "task": "A."] }),
                "There may be 64 tasks, but there are 65."
            ),
        ]
        for (tasks, sentence) in wrong {
            await #expect(throws: Failure(.invalidInput, sentence)) { try await tool.call(["tasks": tasks], context) }
        }
    }

    @Test func withoutOutputsThereIsNoTool() {
        #expect(OutputSource().modules(of: [:], in: nil).tools.isEmpty)
        let wrong = OutputSource().modules(of: ["x": ["type": "text"]], in: nil).problems
        #expect(wrong.map(\.path.description) == ["x.type"])
    }
}
