import PipelineKit
import PipelineTesting

/// A conversation and a streamed answer in the dialect of Anthropic.
enum MessagesExamples {
    /// The events of an answer that thinks, speaks, and asks for two calls.
    static let events = [
        #"{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-5-20260724","content":[],"stop_reason":null,"usage":{"input_tokens":12,"cache_creation_input_tokens":100,"cache_read_input_tokens":2000,"output_tokens":1}}}"#,
        #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
        #"{"type":"ping"}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Let me "}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"look."}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"EqQB"}}"#,
        #"{"type":"content_block_stop","index":0}"#,
        #"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
        #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Grüße, "}}"#,
        #"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Ada."}}"#,
        #"{"type":"content_block_stop","index":1}"#,
        #"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"toolu_a","name":"file_read","input":{}}}"#,
        #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":""}}"#,
        #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"path\":"}}"#,
        #"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"\"a\"}"}}"#,
        #"{"type":"content_block_stop","index":2}"#,
        #"{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"toolu_b","name":"bash_exec","input":{}}}"#,
        #"{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{}"}}"#,
        #"{"type":"content_block_stop","index":3}"#,
        #"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":70,"output_tokens_details":{"thinking_tokens":30}}}"#,
        #"{"type":"message_stop"}"#,
    ]

    static func streamed(_ events: [String]) -> RecordedTransport.Answer {
        .init(
            headers: ["content-type": "text/event-stream"],
            pieces: events.map { Array("event: x\ndata: \($0)\n\n".utf8) }
        )
    }

    /// What came of it when it came whole.
    static let whole = RecordedTransport.Answer(
        pieces: [
            Array(
                #"""
                {"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-5-20260724","content":[
                {"type":"thinking","thinking":"Let me look.","signature":"EqQB"},{"type":"text","text":"Grüße, Ada."},
                {"type":"tool_use","id":"toolu_a","name":"file_read","input":{"path":"a"}},
                {"type":"tool_use","id":"toolu_b","name":"bash_exec","input":{}}],"stop_reason":"tool_use",
                "usage":{"input_tokens":12,"cache_creation_input_tokens":100,"cache_read_input_tokens":2000,
                "output_tokens":70,"output_tokens_details":{"thinking_tokens":30}}}
                """#.utf8
            )
        ]
    )

    static let thought: JSONValue = ["type": "thinking", "thinking": "Let me look.", "signature": "EqQB"]

    static let reply = ModelReply(
        text: "Grüße, Ada.",
        calls: [
            ToolCall(id: "toolu_a", tool: "file_read", arguments: #"{"path":"a"}"#),
            ToolCall(id: "toolu_b", tool: "bash_exec", arguments: "{}"),
        ],
        usage: Usage(input: 2112, cached: 2000, cacheWrites: 100, output: 70, reasoning: 30),
        keepsake: [
            "anthropic": [
                "model": "claude-opus-5-20260724",
                "parts": [["whole": thought], ["text": 13], ["call": true], ["call": true]],
            ]
        ]
    )

    static let request = ModelRequest(
        model: "claude-opus-5",
        system: "Be brief.",
        messages: ChatExamples.request.messages,
        tools: ChatExamples.request.tools,
        maximumOutput: 100
    )

    /// A conversation with everything that can stand in one.
    static let long = ModelRequest(
        model: "claude-opus-5",
        system: "Be brief.",
        messages: [
            .user("Look."),
            .assistant(reply.text, calls: reply.calls, keepsake: reply.keepsake),
            .tool(call: "toolu_a", name: "file_read", text: "", isError: false),
            .tool(call: "toolu_b", name: "bash_exec", text: "no such file", isError: true),
            .user("Go on."),
            .assistant("", calls: []),
            .user(""),
            .assistant("Three.", calls: [ToolCall(id: "call:1.2", tool: "t", arguments: "{oops")]),
            .tool(call: "call:1.2", name: "t", text: "ok", isError: false),
        ],
        tools: ChatExamples.request.tools,
        maximumOutput: 100
    )
}
