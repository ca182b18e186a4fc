import CommandProvider
import Foundation
import PipelineKit
import PipelineTesting
import Testing

/// A program of this machine as the model.
@Suite(.timeLimit(.minutes(5)))
struct CommandProviderTests {
    @Test func keepsTheProvidersPromises() async throws {
        let program = try ProgramExample.ofTheGuide()
        let reply = ModelReply(
            text: "I shall look at the files.",
            calls: [ToolCall(id: "call_1_1", tool: "file_list", arguments: "{}")],
            usage: Usage(input: 53, output: 10)
        )
        let example = ProviderExample(settings: program.settings, request: program.request, answer: nil, reply: reply)
        try await expectConformance(of: CommandProvider.self, in: example)
    }

    @Test func theProgramOfTheGuideWorks() async throws {
        var program = try ProgramExample.ofTheGuide()
        let pieces = PieceList()
        let first = try await program.ask(pieces.add)
        #expect(
            pieces.all == [
                .reasoning("I know nothing of the project yet."), .text("I shall look "), .text("at the files."),
                .call(tool: "file_list"),
            ]
        )
        program.messages.append(.assistant(first.text, calls: first.calls))
        let call = try #require(first.calls.first?.id)
        var failed = program
        program.messages.append(.tool(call: call, name: "file_list", text: "a.py\nb.py\n", isError: false))
        #expect(
            try await program.ask() == ModelReply(text: "There are 2 lines.", usage: Usage(input: 120, output: 5))
        )
        failed.messages.append(.tool(call: call, name: "file_list", text: "No such directory.", isError: true))
        await #expect {
            try await failed.ask()
        } throws: {
            ($0 as? Failure)?.kind == .invalidInput && "\($0)".hasSuffix("' gave up: No such directory.")
        }
    }

    /// Says what it was sent.
    private static let echo = [
        "python3", "-c",
        """
        import json, sys
        print(json.dumps({"text": json.dumps(json.load(sys.stdin)), "stop": "finished", "keepsake": [1]}))
        """,
    ]

    @Test func theRequestIsAsTheGuideSays() async throws {
        var program = ProgramExample(Self.echo)
        let calls = [
            ToolCall(id: "a", tool: "file_list", arguments: #"{"path":"src"}"#),
            ToolCall(id: "b", tool: "file_list", arguments: "{oops"),
        ]
        let own: JSONValue = ["command": ["model": "local", "kept": [1]]]
        let other: JSONValue = ["command": ["model": "another", "kept": [2]]]
        program.messages = [
            .user("Grüße"), .assistant("Looking.", calls: calls, keepsake: own),
            .tool(call: "a", name: "file_list", text: "x", isError: false),
            .tool(call: "b", name: "file_list", text: "No.", isError: true),
            .assistant("", calls: [], keepsake: other),
        ]
        program.attempt = 3
        let reply = try await program.ask()
        #expect(reply.keepsake == own)
        #expect(
            try JSONValue(parsing: reply.text) == [
                "protocol": 1, "model": "local", "system": "You are a test.", "maximum_output": 100, "attempt": 3,
                "tools": [["name": "file_list", "summary": "Lists.", "arguments": ["type": "object"]]],
                "messages": [
                    ["role": "user", "text": "Grüße"],
                    [
                        "role": "assistant", "text": "Looking.", "keepsake": [1],
                        "calls": [
                            ["id": "a", "tool": "file_list", "arguments": ["path": "src"]],
                            ["id": "b", "tool": "file_list", "arguments": "{oops"],
                        ],
                    ],
                    ["role": "tool", "call": "a", "tool": "file_list", "text": "x", "is_error": false],
                    ["role": "tool", "call": "b", "tool": "file_list", "text": "No.", "is_error": true],
                    ["role": "assistant", "text": "", "calls": []],
                ],
            ]
        )
    }

    static let replies: [(line: String, reply: ModelReply)] = [
        (
            #"""
            printf '{\n"text": "Hi.",\n"stop": "finished",
            "usage": {"input": 9, "cached": 4, "output": 3, "reasoning": 1}\n}'
            """#,
            ModelReply(text: "Hi.", usage: Usage(input: 9, cached: 4, output: 3, reasoning: 1))
        ),
        (
            #"""
            printf '\n{"text": "H"}\n\n{"text": "i."}\r\n{"stop": "length", "usage": {"input": 2, "output": 1}}'
            """#,
            ModelReply(text: "Hi.", usage: Usage(input: 2, output: 1), stop: .length)
        ),
        (
            #"""
            printf '{"calls": [{"tool": "t", "arguments": "{oops"}, {"id": "x", "tool": "u"}],
            "usage": {"input": 2, "output": 1}, "stop": "filtered"}'
            """#,
            ModelReply(
                text: "",
                calls: [
                    ToolCall(id: "call_1_1", tool: "t", arguments: "{oops"),
                    ToolCall(id: "x", tool: "u", arguments: "{}"),
                ],
                usage: Usage(input: 2, output: 1),
                stop: .filtered
            )
        ),
    ]

    @Test(arguments: replies)
    func aReplyIsOneObjectOrOneOnEachLine(line: String, reply: ModelReply) async throws {
        #expect(try await ProgramExample(line: line).ask() == reply)
    }

    @Test func tokensThatNobodyCountedAreFourBytesEach() async throws {
        let reply = try await ProgramExample(line: #"echo '{"text": "Grüße!", "stop": "finished"}'"#).ask()
        #expect(reply.usage == Usage(input: 53, output: 2))
    }

    @Test func itSeesWhatItIsGivenAndNoMore() async throws {
        let line = #"printf '{"text": "%s|%s|%s|%s", "stop": "finished"}' "$KEY" "$PLAIN" "$OPENAI_API_KEY" "$PWD""#
        var program = ProgramExample(
            line: line,
            ["env": ["KEY": "env:SECRET", "PLAIN": "open"], "directory": "/usr"]
        )
        program.secrets = ["env:SECRET": "sk-abc"]
        #expect(try await program.ask().text == "sk-abc|open||/usr")
    }

    @Test func aSecretIsInNoMessage() async throws {
        var program = ProgramExample(
            line: "echo \"The key $KEY is wrong\" >&2; exit 77",
            ["env": ["KEY": "env:SECRET"]]
        )
        program.secrets = ["env:SECRET": "sk-abc"]
        let message = "'echo \"The key $KEY is wrong\" >&2; exit 77' exited with 77: The key … is wrong."
        await #expect(throws: Failure(.denied, message)) { try await program.ask() }
    }
}
