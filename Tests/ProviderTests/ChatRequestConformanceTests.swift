import PipelineKit
import ProviderKit
import Testing

/// Request bodies against the types of OpenAI's own library.
struct ChatRequestConformanceTests {
    private func verdict(on body: [UInt8]) async throws -> String {
        try await VendorTypes.verdict(of: "check_chat_request.py", on: body)
    }

    @Test(arguments: OutputLimitField.allCases)
    func everyRequestIsOneThatTheLibraryCouldSend(field: OutputLimitField) async throws {
        var request = ChatExamples.request
        request.messages.append(contentsOf: [
            .assistant("Two at once.", calls: [ChatExamples.call, ToolCall(id: "x", tool: "t", arguments: "{oops")]),
            .tool(call: "call_1", name: "bash_exec", text: "", isError: true),
            .tool(call: "x", name: "t", text: "Grüße", isError: false),
            .assistant("", calls: []),
            .user("Go on."),
        ])
        #expect(try await verdict(on: request.chatBody(limitedBy: field).encoded()) == "ok")
    }

    @Test func aWrongRequestIsNoticed() async throws {
        #expect(try await verdict(on: Array(#"{"model":"m","messages":[{"role":"tool"}],"stream":true}"#.utf8)) != "ok")
        #expect(try await verdict(on: Array(#"{"model":"m","messages":[],"stream":true,"maximum":1}"#.utf8)) != "ok")
    }
}
