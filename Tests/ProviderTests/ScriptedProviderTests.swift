import Foundation
import PipelineKit
import PipelineTesting
import ScriptedProvider
import Testing

/// A script in a directory of its own, removed with the value.
private final class ScriptFile {
    let path: String

    init(_ text: String) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        path = directory.appending(path: "script.json").path
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    deinit { try? FileManager.default.removeItem(at: URL(filePath: path).deletingLastPathComponent()) }
}

struct ScriptedProviderTests {
    static let script = #"""
        {
          "price": {"input": "2.50 USD", "output": "10.00 USD"},
          "replies": [
            {"text": "Looking.", "calls": [
              {"tool": "bash_exec", "arguments": {"command": "ls"}},
              {"tool": "file_read", "arguments": "{broken"}
            ], "usage": {"input": 12, "cached": 10, "output": 4}},
            {"expect": "a.txt", "stop": "length", "errors": [
              {"kind": "rate_limited", "message": "Slow down.", "retry_after": "2s"},
              {"kind": "unavailable", "message": "Gone."}
            ], "text": "Half"},
            {"error": {"kind": "missing", "message": "No key."}}
          ]
        }
        """#

    private func ask(_ file: ScriptFile, _ messages: [Message], attempt: Int = 1) async throws -> ModelReply {
        let provider = try ScriptedProvider(settings: NoFields())
        let messages = Messages(messages)
        let request = ModelRequest(model: file.path, system: "", messages: messages, tools: [], maximumOutput: 10)
        let unused = RecordedTransport(failing: Failure(.denied, "A script needs no network."))
        let context = ProviderContext(transport: unused, secrets: { _ in nil }, attempt: attempt)
        return try await provider.reply(to: request, in: context)
    }

    static let first = ModelReply(
        text: "Looking.",
        calls: [
            ToolCall(id: "call_1_1", tool: "bash_exec", arguments: #"{"command":"ls"}"#),
            ToolCall(id: "call_1_2", tool: "file_read", arguments: "{broken"),
        ],
        usage: Usage(input: 12, cached: 10, output: 4)
    )
    static let second: [Message] = [
        .user("Go."), .assistant("Looking.", calls: []),
        .tool(call: "c", name: "t", text: "a.txt b.txt", isError: false),
    ]

    @Test func aScriptIsReadAgainWhenItHasChanged() async throws {
        let file = try ScriptFile(#"[{"text": "One."}]"#)
        let provider = try ScriptedProvider(settings: NoFields())
        let request = ModelRequest(model: file.path, system: "", messages: [], tools: [], maximumOutput: 10)
        let unused = RecordedTransport(failing: Failure(.denied, "A script needs no network."))
        let context = ProviderContext(transport: unused, secrets: { _ in nil })
        #expect(try await provider.reply(to: request, in: context).text == "One.")
        #expect(try await provider.reply(to: request, in: context).text == "One.")
        try Data(#"[{"text": "Two."}]"#.utf8).write(to: URL(filePath: file.path), options: .atomic)
        #expect(try await provider.reply(to: request, in: context).text == "Two.")
        try FileManager.default.removeItem(atPath: file.path)
        await #expect(throws: Failure.self) { try await provider.reply(to: request, in: context) }
    }

    @Test func keepsTheProvidersPromises() async throws {
        let file = try ScriptFile(Self.script)
        let request = ModelRequest(model: file.path, system: "", messages: [], tools: [], maximumOutput: 9)
        let example = ProviderExample(request: request, answer: nil, reply: Self.first)
        try await expectConformance(of: ScriptedProvider.self, in: example)
    }

    @Test func theConversationSaysWhichReplyIsNext() async throws {
        let file = try ScriptFile(Self.script)
        #expect(try await ask(file, [.user("Go.")]) == Self.first)
        #expect(try await ask(file, Self.second, attempt: 3) == ModelReply(text: "Half", stop: .length))
    }

    @Test func failuresArePlayedByAttempt() async throws {
        let file = try ScriptFile(Self.script)
        await #expect(throws: Failure(.rateLimited, "Slow down.", retryAfter: 2)) { try await ask(file, Self.second) }
        await #expect(throws: Failure(.unavailable, "Gone.")) { try await ask(file, Self.second, attempt: 2) }
        let third = Self.second + [.assistant("Half", calls: [])]
        for attempt in 1...3 {
            await #expect(throws: Failure(.missing, "No key.")) { try await ask(file, third, attempt: attempt) }
        }
    }

    @Test func anotherMessageThanExpectedIsNamed() async throws {
        let file = try ScriptFile(Self.script)
        let message = "Reply 2 of '\(file.path)' expects 'a.txt' in the last message, which is: 'Nothing.'."
        await #expect(throws: Failure(.invalidInput, message)) {
            try await ask(file, [.assistant("", calls: []), .user("Nothing.")])
        }
    }

    @Test(arguments: [
        ("[]", 0, "has 0 replies, but the model is asked for a 1st."),
        (#"[{"text":"a"}]"#, 1, "has 1 reply, but the model is asked for a 2nd."),
        (script, 3, "has 3 replies, but the model is asked for a 4th."),
        (script, 10, "has 3 replies, but the model is asked for a 11th."),
        (script, 22, "has 3 replies, but the model is asked for a 23rd."),
    ])
    func aScriptThatHasRunOutSaysSo(script: String, played: Int, message: String) async throws {
        let file = try ScriptFile(script)
        await #expect(throws: Failure(.invalidInput, "The script '\(file.path)' \(message)")) {
            try await ask(file, Array(repeating: .assistant("", calls: []), count: played))
        }
    }

    @Test func allMistakesOfAFileAreToldAtOnce() async throws {
        let file = try ScriptFile(
            #"""
            {"price": {"input": 2}, "replies": [
              {"txt": "a", "stop": "finish"}, {"calls": [{"arguments": []}], "errors": [{"kind": "rate", "message": 1}]}]}
            """#
        )
        let message = """
            The script '\(file.path)' is wrong.
            price.input: Field 'price.input' must be an amount of money such as '2.50 USD' or '5USD', but is 2. \
            Write the currency too: '2 USD'.
            price: Missing required field 'output': For tokens written.
            replies[0].txt: Unknown field 'txt'. Did you mean 'text'?
            replies[0].stop: Field 'replies[0].stop' must be one of finished, length, filtered, but is "finish". \
            Did you mean 'finished'?
            replies[1].calls[0]: Missing required field 'tool': The tool's name.
            replies[1].errors[0].kind: Field 'replies[1].errors[0].kind' must be one of invalid_input, unavailable, \
            missing, rate_limited, timed_out, denied, cancelled, but is "rate".
            replies[1].errors[0].message: Field 'replies[1].errors[0].message' must be text, but is 1.
            """
        await #expect(throws: Failure(.invalidInput, message)) { try await ask(file, []) }
    }

    @Test func aFileThatIsNotJSONIsNamedWithThePlace() async throws {
        let file = try ScriptFile("[{]")
        await #expect {
            try await ask(file, [])
        } throws: { error in
            let start = "The script '\(file.path)' cannot be read. Not valid JSON at line 1, column 3"
            return (error as? Failure)?.kind == .invalidInput && (error as? Failure)?.message.hasPrefix(start) == true
        }
    }

    @Test func aFileThatIsNotThereIsNamed() async throws {
        let file = try ScriptFile("[]")
        try FileManager.default.removeItem(atPath: file.path)
        let way = "The model is named by the path of its script: 'scripted/PATH'."
        let failure = Failure(.missing, "There is no script '\(file.path)'. \(way)")
        await #expect(throws: failure) { try await ask(file, []) }
        let provider = try ScriptedProvider(settings: NoFields())
        #expect(throws: failure) { try provider.check(file.path, secrets: { _ in nil }) }
    }

    @Test func thePriceStandsInTheFile() throws {
        let provider = try ScriptedProvider(settings: NoFields())
        let file = try ScriptFile(Self.script)
        #expect(provider.price(of: file.path) == Price(input: .usd(2.5), output: .usd(10)))
        #expect(provider.price(of: "nowhere.json") == nil)
    }
}
