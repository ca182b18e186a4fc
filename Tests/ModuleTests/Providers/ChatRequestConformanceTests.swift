import Foundation
import PipelineKit
import ProcessKit
import ProviderKit
import Testing

/// Request bodies against the types of OpenAI's own library.
struct ChatRequestConformanceTests {
    private func verdict(on body: [UInt8]) async throws -> String {
        let root = ModelServer.fixtures.deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appending(path: ".venv/bin/python3")
        try #require(
            FileManager.default.isExecutableFile(atPath: python.path),
            "There is no '.venv': run 'python3 -m venv .venv && .venv/bin/pip install -r Tests/Fixtures/python-requirements.txt'."
        )
        let script = ModelServer.fixtures.appending(path: "Servers/check_chat_request.py").path
        let ended = try await run(Command(python.path, [script], in: "/", input: body))
        return (ended.output.text + ended.errors.text).trimmingCharacters(in: .whitespacesAndNewlines)
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
