import Foundation
import PipelineKit
import ProviderKit
import Testing

/// Request bodies against the types of OpenAI's own library.
struct ChatRequestConformanceTests {
    private func verdict(on body: [UInt8]) throws -> String {
        let root = ModelServer.fixtures.deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appending(path: ".venv/bin/python3")
        try #require(
            FileManager.default.isExecutableFile(atPath: python.path),
            "There is no '.venv': run 'python3 -m venv .venv && .venv/bin/pip install -r Tests/Fixtures/python-requirements.txt'."
        )
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = python
        process.arguments = [ModelServer.fixtures.appending(path: "Servers/check_chat_request.py").path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(body))
        try input.fileHandleForWriting.close()
        let said = try output.fileHandleForReading.readToEnd() ?? Data()
        return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test(arguments: OutputLimitField.allCases)
    func everyRequestIsOneThatTheLibraryCouldSend(field: OutputLimitField) throws {
        var request = ChatExamples.request
        request.messages += [
            .assistant("Two at once.", calls: [ChatExamples.call, ToolCall(id: "x", tool: "t", arguments: "{oops")]),
            .tool(call: "call_1", name: "bash_exec", text: "", isError: true),
            .tool(call: "x", name: "t", text: "Grüße", isError: false),
            .assistant("", calls: []),
            .user("Go on."),
        ]
        #expect(try verdict(on: request.chatBody(limitedBy: field).encoded()) == "ok")
    }

    @Test func aWrongRequestIsNoticed() throws {
        #expect(try verdict(on: Array(#"{"model":"m","messages":[{"role":"tool"}],"stream":true}"#.utf8)) != "ok")
        #expect(try verdict(on: Array(#"{"model":"m","messages":[],"stream":true,"maximum":1}"#.utf8)) != "ok")
    }
}
