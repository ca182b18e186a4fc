import HumanTool
import PipelineKit
import PipelineTesting
import Testing

/// What a model asks, and what it is told of the answer.
struct AskHumanToolTests {
    private func call(_ arguments: JSONValue, _ outcome: InputAnswer.Outcome? = nil) async throws -> ToolOutput {
        var registry = Registry()
        registry.add(AskHumanTool.self)
        let tool = try #require(registry.tools["ask_human"]).make([:])
        let answer = outcome.map { InputAnswer(InputRequest("?"), $0, by: "ada") }
        return try await tool.call(arguments, ToolContext(workspace: Workspace(path: "/nowhere"), answer: answer))
    }

    @Test func keepsTheToolsPromises() async throws {
        try await expectConformance(of: AskHumanTool.self, arguments: ["question": "Tabs?"])
    }

    @Test func aQuestionIsAskedAsAForm() async throws {
        let free = try await call(["question": "Which port?"])
        #expect(free.request == InputRequest("Which port?", form: .text))
        let options = [InputField.Option("tabs"), InputField.Option("spaces")]
        let one = try await call(["question": "Which?", "choices": ["tabs", "spaces"]])
        #expect(one.request?.form == InputForm([InputField("answer", .choice(options))]))
        let some = try await call(["question": "Which?", "choices": ["tabs", "spaces"], "several": true])
        #expect(some.request?.form == InputForm([InputField("answer", .choices(options))]))
    }

    @Test func theModelIsToldWhoAnsweredWhat() async throws {
        let question: JSONValue = ["question": "Which?"]
        #expect(try await call(question, .given(["answer": "tabs"])) == ToolOutput("ada answers: tabs"))
        #expect(try await call(question, .given(["answer": ["a", "b"]])) == ToolOutput("ada answers: a, b"))
        #expect(try await call(question, .given(["answer": []])) == ToolOutput("ada answers: none of them"))
        let without = "Go on without, as well as it can be done."
        #expect(try await call(question, .declined) == ToolOutput("ada does not answer this. \(without)"))
        #expect(try await call(question, .expired) == ToolOutput("Nobody answered in time. \(without)"))
    }

    @Test(
        arguments: [
            (["question": " "], "Field 'question' must ask something, but is empty."),
            (["question": "?", "choices": ["a"]], "Field 'choices' must be 2 to 20, or none, but there are 1."),
            (["question": "?", "choices": ["a", "a"]], "Field 'choices' must differ from each other."),
            (["question": "?", "choices": ["a", ""]], "Field 'choices' must have 1 to 200 characters each."),
            (["question": "?", "several": true], "Field 'several' needs choices to take from."),
            ([:], "Missing required field 'question': The question, with all that is needed to answer it."),
        ] as [(JSONValue, String)]
    )
    func whatIsNoQuestionIsRefused(arguments: JSONValue, message: String) async throws {
        let failure = await #expect(throws: Failure.self) { _ = try await call(arguments) }
        #expect(failure?.message == message)
    }
}
