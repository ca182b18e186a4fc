import PipelineKit
import PipelineTesting

/// A conversation and a streamed answer in the chat-completions dialect, as OpenAI sends it.
enum ChatExamples {
    static let call = ToolCall(id: "call_1", tool: "bash_exec", arguments: #"{"command":"ls"}"#)

    static let request = ModelRequest(
        model: "m-1",
        system: "Be brief.",
        messages: [
            .user("Look."),
            .assistant("", calls: [call]),
            .tool(call: "call_1", name: "bash_exec", text: "a.txt", isError: false),
        ],
        tools: [
            ToolSpecification(
                name: "bash_exec",
                summary: "Runs a command.",
                arguments: ["type": "object", "properties": [:]]
            )
        ],
        maximumOutput: 100
    )

    static let chunks = [
        #"{"id":"c","object":"chat.completion.chunk","created":1,"model":"m-1","choices":[{"index":0,"delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"usage":null}"#,
        #"{"choices":[{"index":0,"delta":{"content":"Grüße, "},"finish_reason":null}]}"#,
        #"{"choices":[{"index":0,"delta":{"content":"Ada."},"finish_reason":null}]}"#,
        #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function","function":{"name":"file_read","arguments":""}}]}}]}"#,
        #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"id":"call_b","type":"function","function":{"name":"bash_exec","arguments":"{}"}}]}}]}"#,
        #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"path\":"}}]}}]}"#,
        #"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"\"a\"}"}}]}}]}"#,
        #"{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}"#,
        #"{"choices":[],"usage":{"prompt_tokens":20,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":16}}}"#,
    ]

    static let answer = RecordedTransport.Answer(
        headers: ["content-type": "text/event-stream"],
        pieces: (chunks + ["[DONE]"]).map { Array("data: \($0)\n\n".utf8) }
    )

    static let reply = ModelReply(
        text: "Grüße, Ada.",
        calls: [
            ToolCall(id: "call_a", tool: "file_read", arguments: #"{"path":"a"}"#),
            ToolCall(id: "call_b", tool: "bash_exec", arguments: "{}"),
        ],
        usage: Usage(input: 20, cached: 16, output: 7)
    )

    /// An answer of these chunks, streamed.
    static func streamed(_ chunks: String...) -> RecordedTransport.Answer {
        .init(pieces: chunks.map { Array("data: \($0)\n\n".utf8) })
    }
}
