import MCPTool
import PipelineKit
import PipelineTesting
import Testing

/// What a server asks of a person before it goes on.
struct MCPQuestionTests {
    private static func answer(_ output: ToolOutput, _ outcome: InputAnswer.Outcome) throws -> InputAnswer {
        InputAnswer(try #require(output.request), outcome, by: "ada")
    }

    @Test func aPersonIsAskedOneThingAfterTheOtherAndTheServerAtTheEnd() async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake())
            let first = try await tools.call("fake__need")
            #expect(first.request?.question == "MCP server 'fake' asks: Which city?")
            #expect(
                first.request?.form.fields == [
                    InputField("name", .text(), help: "Its[2J name."),
                    InputField("people", .integer(), isRequired: false),
                ]
            )
            let given = try Self.answer(first, .given(["name": "Bern"]))
            let second = try await tools.call("fake__need", answer: given)
            #expect(
                second.request?.question == """
                    MCP server 'fake' asks: Agree.
                    Open https://a.example/terms only if you trust this server. Approve when you have done there what it asks.
                    """
            )
            #expect(second.request?.form == .nothing)
            let agreed = try Self.answer(second, .given([:]))
            #expect(
                try await tools.call("fake__need", answer: agreed).text
                    == #"["abc", {"city": {"action": "accept", "content": {"name": "Bern"}}, "terms": {"action": "accept"}}]"#
            )
        }
    }

    @Test func aNoAndNobodysAnswerAreToldAsSuch() async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake())
            let first = try await tools.call("fake__need")
            let second = try await tools.call("fake__need", answer: try Self.answer(first, .declined))
            #expect(
                try await tools.call("fake__need", answer: try Self.answer(second, .expired)).text
                    == #"["abc", {"city": {"action": "decline"}, "terms": {"action": "cancel"}}]"#
            )
        }
    }

    @Test func whatNoPersonCanGiveIsRefused() async throws {
        try await MCPTrial.with { trial in
            let tools = try await trial.tools(MCPTrial.fake())
            #expect(
                await tools.failure("fake__sample")?.message
                    == "MCP server 'fake' asks for \"sampling/createMessage\", which is not given to it here."
            )
            #expect(
                await tools.failure("fake__again")?.message == "MCP server 'fake' asks again and again for nothing."
            )
        }
    }
}
