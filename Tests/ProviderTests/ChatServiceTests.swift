import PipelineKit
import PipelineTesting
import ProviderKit
import Testing

/// Requests and answers in the chat-completions dialect.
struct ChatServiceTests {
    static let service = ModelService(
        baseURL: "http://model:8/v1",
        key: ServiceKey(variable: "THE_KEY", value: "sk-123456\n"),
        speaking: ChatDialect()
    )

    private func ask(_ answer: RecordedTransport.Answer) async throws(Failure) -> ModelReply {
        let context = ProviderContext(transport: RecordedTransport(answer), secrets: { _ in nil })
        return try await Self.service.reply(to: ChatExamples.request, in: context)
    }

    @Test func aRequestIsWrittenInTheDialect() throws {
        let expected: JSONValue = [
            "model": "m-1",
            "messages": [
                ["role": "system", "content": "Be brief."],
                ["role": "user", "content": "Look."],
                [
                    "role": "assistant", "content": nil,
                    "tool_calls": [
                        [
                            "id": "call_1", "type": "function",
                            "function": ["name": "bash_exec", "arguments": #"{"command":"ls"}"#],
                        ]
                    ],
                ],
                ["role": "tool", "tool_call_id": "call_1", "content": "a.txt"],
            ],
            "tools": [
                [
                    "type": "function",
                    "function": [
                        "name": "bash_exec", "description": "Runs a command.",
                        "parameters": ["type": "object", "properties": [:]],
                    ],
                ]
            ],
            "max_tokens": 100, "stream": true, "stream_options": ["include_usage": true],
        ]
        #expect(ChatExamples.request.chatBody(limitedBy: .maxTokens) == expected)
    }

    @Test func whatIsEmptyIsLeftOut() {
        let request = ModelRequest(model: "m", system: "", messages: [], tools: [], maximumOutput: 1)
        let body = request.chatBody(limitedBy: .maxCompletionTokens)
        #expect(body["messages"] == [] && body["tools"] == nil && body["max_tokens"] == nil)
        #expect(body["max_completion_tokens"] == 1)
    }

    @Test(arguments: [
        (#"{"a":1}"#, #"{"a":1}"#), ("", "{}"), (" \n", "{}"), (#"{"a":"#, #"{"not_an_object":"{\"a\":"}"#),
        ("[1]", #"{"not_an_object":"[1]"}"#),
    ])
    func argumentsThatAreNoObjectDoNotSpoilTheConversation(written: String, sent: String) {
        let call = ToolCall(id: "c", tool: "t", arguments: written)
        let messages: Messages = [.assistant("Hm.", calls: [call])]
        let request = ModelRequest(model: "m", system: "", messages: messages, tools: [], maximumOutput: 1)
        let message = request.chatBody(limitedBy: .maxTokens)["messages"]?.elements.first
        #expect(message?["tool_calls"]?.elements.first?["function"]?["arguments"]?.text == sent)
        #expect(message?["content"] == "Hm.")
    }

    @Test func aMistakeOfAToolIsMarked() {
        let messages: Messages = [.tool(call: "c", name: "t", text: "No such file.", isError: true)]
        let request = ModelRequest(model: "m", system: "", messages: messages, tools: [], maximumOutput: 1)
        let message = request.chatBody(limitedBy: .maxTokens)["messages"]?.elements.first
        #expect(message?["content"] == "Error: No such file.")
    }

    @Test func theKeyGoesIntoItsHeaderWithoutItsLineFeed() async throws {
        let transport = RecordedTransport(ChatExamples.answer)
        _ = try await Self.service.reply(
            to: ChatExamples.request,
            in: ProviderContext(transport: transport, secrets: { _ in nil })
        )
        let sent = try #require(transport.requests.first)
        #expect(sent.url == "http://model:8/v1/chat/completions" && sent.method == "POST")
        #expect(sent.headers.contains(.init("Authorization", "Bearer sk-123456")))
        #expect(sent.headers.contains(.init("Content-Type", "application/json")))
    }

    // Answers

    @Test(arguments: [
        ("stop", ModelReply.Stop.finished), ("tool_calls", .finished), ("eos", .finished), ("length", .length),
        ("content_filter", .filtered),
    ])
    func theReasonToStopIsTold(word: String, stop: ModelReply.Stop) async throws {
        let answer = ChatExamples.streamed(#"{"choices":[{"delta":{"content":"a"},"finish_reason":"\#(word)"}]}"#)
        #expect(try await ask(answer).stop == stop)
    }

    @Test func anAnswerThatIsNotStreamedWillDoToo() async throws {
        let body = #"""
            {"object": "chat.completion", "choices": [{"index": 0, "finish_reason": "stop", "message": {
              "role": "assistant", "content": [{"type": "text", "text": "Hello"}], "refusal": null,
              "tool_calls": [{"id": "x", "type": "function", "function": {"name": "t", "arguments": {"a": 1}}}]}}],
             "usage": {"prompt_tokens": 3, "completion_tokens": 2}}
            """#
        let reply = try await ask(.init(pieces: ["\n ", body].map { Array($0.utf8) }))
        let call = ToolCall(id: "x", tool: "t", arguments: #"{"a":1}"#)
        #expect(reply == ModelReply(text: "Hello", calls: [call], usage: Usage(input: 3, output: 2)))
    }

    @Test func aStreamMayEndWithoutItsLastLine() async throws {
        let answer = RecordedTransport.Answer(pieces: ChatExamples.answer.pieces.dropLast())
        #expect(try await ask(answer) == ChatExamples.reply)
    }

    @Test func reasoningAndRefusalsAreHeard() async throws {
        let pieces = PieceList()
        let answer = ChatExamples.streamed(
            #"{"choices":[{"delta":{"reasoning_content":"Hm","reasoning":"Hm"}}]}"#,
            #"{"choices":[{"delta":{"refusal":"I will not."},"finish_reason":"stop"}]}"#
        )
        let context = ProviderContext(transport: RecordedTransport(answer), secrets: { _ in nil }, emit: pieces.add)
        #expect(try await Self.service.reply(to: ChatExamples.request, in: context).text == "I will not.")
        #expect(pieces.all == [.reasoning("Hm"), .text("I will not.")])
    }

    @Test(arguments: [
        [
            #"{"index":0,"function":{"name":"t","arguments":"1"}}"#,
            #"{"index":1,"function":{"name":"t","arguments":"2"}}"#,
        ],
        [
            #"{"index":0,"id":"call_1","function":{"name":"t","arguments":"1"}}"#,
            #"{"index":1,"id":"call_1","function":{"name":"t","arguments":"2"}}"#,
        ],
    ])
    func callsWithoutAnIdOfTheirOwnGetOne(calls: [String]) async throws {
        let answer = ChatExamples.streamed(
            #"{"choices":[{"delta":{"tool_calls":[\#(calls.joined(separator: ","))]},"finish_reason":"stop"}]}"#
        )
        let reply = try await ask(answer)
        #expect(reply.calls.map(\.id) == ["call_2_1", "call_2_2"])
        #expect(reply.calls.map(\.arguments) == ["1", "2"])
    }

    @Test(arguments: [
        [
            #"{"index":0,"id":"a","function":{"name":"t","arguments":"1"}}"#,
            #"{"index":0,"id":"b","function":{"name":"t","arguments":"2"}}"#,
        ],
        [
            #"{"id":"a","function":{"name":"t","arguments":"1"}}"#, #"{"id":"b","function":{"name":"t"}}"#,
            #"{"function":{"arguments":"2"}}"#,
        ],
        [
            #"{"index":1,"id":"a","function":{"name":"t","arguments":""}}"#,
            #"{"index":2,"id":"b","function":{"name":"t","arguments":"2"}}"#,
            #"{"index":1,"function":{"arguments":"1"}}"#,
        ],
    ])
    func fragmentsFindTheirCall(calls: [String]) async throws {
        let chunks =
            calls.map { #"{"choices":[{"delta":{"tool_calls":[\#($0)]}}]}"# } + [
                #"{"choices":[{"finish_reason":"stop"}]}"#
            ]
        let reply = try await ask(.init(pieces: chunks.map { Array("data: \($0)\n\n".utf8) }))
        #expect(reply.calls.map(\.id) == ["a", "b"])
        #expect(reply.calls.map(\.arguments) == ["1", "2"])
    }

    @Test func withoutUsageTokensAreEstimatedSoThatLimitsBind() async throws {
        let answer = ChatExamples.streamed(
            #"{"choices":[{"delta":{"content":"12345678"},"finish_reason":"stop"}],"usage":null}"#
        )
        let usage = try await ask(answer).usage
        #expect(usage.output == 2)
        #expect(usage.input == (ChatExamples.request.chatBody(limitedBy: .maxTokens).encoded().count + 3) / 4)
    }

    @Test func senselessUsageIsMadeSense() async throws {
        let answer = ChatExamples.streamed(
            #"{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":-1,"prompt_tokens_details":{"cached_tokens":9}}}"#
        )
        #expect(try await ask(answer).usage == Usage(input: 5, cached: 5, output: 0))
    }

    // Broken answers

    static let half = #"{"choices":[{"delta":{"content":"Half a "}}]}"#

    @Test(arguments: [
        (ChatExamples.streamed(), "The answer of 'model:8' was cut before its first word."),
        (ChatExamples.streamed(half), "The answer of 'model:8' was cut after 'Half a'."),
        (
            ChatExamples.streamed(half, "{oops"),
            "'model:8' sent a piece of an answer that is no JSON object: '{oops'. The answer of 'model:8' was cut after 'Half a'."
        ),
        (
            ChatExamples.streamed(half, #"{"error":{"message":"Overloaded","type":"server_error"}}"#),
            "'model:8' gave up in the middle of its answer: Overloaded. The answer of 'model:8' was cut after 'Half a'."
        ),
        (
            .init("<html>\u{1B}[1mWelcome\u{0}</html>"),
            "'model:8' did not answer as a model: '<html> [1mWelcome </html>'."
        ),
        (.init("[DONE]"), "'model:8' did not answer as a model: '[DONE]'."),
        (.init("data: [DONE]\n\n"), "'model:8' did not answer as a model: 'data: [DONE]'."),
        (.init(#"{"choices": [{"#), "'model:8' sent a piece of an answer that is no JSON object: '{\"choices\": [{'."),
        (.init(#"{"hello": "world"}"#), "'model:8' did not answer as a model: '{\"hello\": \"world\"}'."),
        (
            ChatExamples.streamed(
                #"{"choices":[{"delta":{"tool_calls":[{"index":0,"id":"a"}]},"finish_reason":"stop"}]}"#
            ),
            "The answer of 'model:8' asks for a call and names no tool."
        ),
    ])
    func aBrokenAnswerSaysWhatWasRead(answer: RecordedTransport.Answer, message: String) async {
        await #expect(throws: Failure(.unavailable, message, mayHaveCost: true)) { try await ask(answer) }
    }

    @Test func aBrokenConnectionSaysWhatWasReadAndKeepsItsKind() async {
        var answer = ChatExamples.streamed(Self.half)
        answer.end = Failure(.timedOut, "It stalled.")
        let message = "It stalled. The answer of 'model:8' was cut after 'Half a'."
        await #expect(throws: Failure(.timedOut, message, mayHaveCost: true)) { try await ask(answer) }
        answer.end = Failure(.cancelled, "Stopped.")
        await #expect(throws: Failure(.cancelled, "Stopped.")) { try await ask(answer) }
    }

    @Test(arguments: [
        (
            #"{"code":429,"message":"Slow down"}"#, Failure.Kind.rateLimited,
            "'model:8' asks to come back later (429): Slow down."
        ),
        (
            #"{"code":"rate_limit_exceeded","message":"Slow down"}"#, .rateLimited,
            "'model:8' asks to come back later (429): Slow down."
        ),
        (
            #"{"type":"invalid_request_error","message":"No."}"#, .invalidInput,
            "'model:8' refuses the request (400): No."
        ),
        (#"{"code":502,"message":"Upstream"}"#, .unavailable, "'model:8' is out of order (502): Upstream."),
        (#""Gone""#, .unavailable, "'model:8' gave up in the middle of its answer: Gone."),
    ])
    func anErrorInTheStreamKeepsItsMeaning(error: String, kind: Failure.Kind, message: String) async {
        let failure = Failure(kind, message, mayHaveCost: true)
        await #expect(throws: failure) { try await ask(ChatExamples.streamed(#"{"error":\#(error)}"#)) }
    }
}
