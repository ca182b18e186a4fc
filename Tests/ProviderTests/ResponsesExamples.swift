import PipelineKit
import PipelineTesting

/// A conversation and a streamed answer in OpenAI's Responses interface.
enum ResponsesExamples {
    private static let thought =
        #"{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"Look."}],"encrypted_content":"gAAA"}"#
    private static let said =
        #"{"id":"msg_1","type":"message","role":"assistant","status":"completed","phase":"commentary","content":[{"type":"output_text","text":"Grüße, Ada.","annotations":[]}]}"#
    private static let calls = [
        #"{"id":"fc_1","type":"function_call","call_id":"call_a","name":"file_read","arguments":"{\"path\":\"a\"}","status":"completed"}"#,
        #"{"id":"fc_2","type":"function_call","call_id":"call_b","name":"bash_exec","arguments":"{}","status":"completed"}"#,
    ]
    private static let end =
        #""id":"resp_1","object":"response","model":"gpt-5.2-2025-12-11","status":"completed","error":null,"incomplete_details":null,"usage":{"input_tokens":20,"input_tokens_details":{"cached_tokens":16,"cache_write_tokens":3},"output_tokens":37,"output_tokens_details":{"reasoning_tokens":30},"total_tokens":57}"#

    static let events = [
        #"{"type":"response.created","response":{"id":"resp_1","object":"response","status":"in_progress","error":null}}"#,
        #"{"type":"response.output_item.added","output_index":0,"item":{"id":"rs_1","type":"reasoning","summary":[]}}"#,
        #"{"type":"response.reasoning_summary_text.delta","output_index":0,"summary_index":0,"delta":"Look."}"#,
        #"{"type":"response.output_item.done","output_index":0,"item":\#(thought)}"#,
        #"{"type":"response.output_item.added","output_index":1,"item":{"id":"msg_1","type":"message","role":"assistant","content":[]}}"#,
        #"{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"Grüße, "}"#,
        #"{"type":"response.output_text.delta","output_index":1,"content_index":0,"delta":"Ada."}"#,
        #"{"type":"response.output_item.done","output_index":1,"item":\#(said)}"#,
        #"{"type":"response.output_item.added","output_index":2,"item":{"id":"fc_1","type":"function_call","call_id":"call_a","name":"file_read","arguments":""}}"#,
        #"{"type":"response.function_call_arguments.delta","output_index":2,"delta":"{\"path\":"}"#,
        #"{"type":"response.function_call_arguments.delta","output_index":2,"delta":"\"a\"}"}"#,
        #"{"type":"response.output_item.done","output_index":2,"item":\#(calls[0])}"#,
        #"{"type":"response.output_item.added","output_index":3,"item":{"id":"fc_2","type":"function_call","call_id":"call_b","name":"bash_exec","arguments":""}}"#,
        #"{"type":"response.output_item.done","output_index":3,"item":\#(calls[1])}"#,
        #"{"type":"response.completed","response":{\#(end)}}"#,
    ]

    static func streamed(_ events: [String]) -> RecordedTransport.Answer {
        .init(
            headers: ["content-type": "text/event-stream"],
            pieces: events.map { Array("event: x\ndata: \($0)\n\n".utf8) }
        )
    }

    static let whole = RecordedTransport.Answer(
        pieces: [Array(#"{"output":[\#(thought),\#(said),\#(calls[0]),\#(calls[1])],\#(end)}"#.utf8)]
    )

    static let kept: JSONValue = [
        "id": "rs_1", "type": "reasoning", "summary": [["type": "summary_text", "text": "Look."]],
        "encrypted_content": "gAAA",
    ]

    static let reply = ModelReply(
        text: "Grüße, Ada.",
        calls: ChatExamples.reply.calls,
        usage: Usage(input: 20, cached: 16, cacheWrites: 3, output: 37, reasoning: 30),
        keepsake: [
            "openai": [
                "model": "gpt-5.2-2025-12-11",
                "parts": [["whole": kept], ["text": 13, "mark": "commentary"], ["call": true], ["call": true]],
            ]
        ]
    )

    static let request = ModelRequest(
        model: "gpt-5.2",
        system: "Be brief.",
        messages: ChatExamples.request.messages,
        tools: ChatExamples.request.tools,
        maximumOutput: 100
    )

    /// A conversation with everything that can stand in one.
    static let long = ModelRequest(
        model: "gpt-5.2",
        system: "Be brief.",
        messages: [
            .user("Look."),
            .assistant(reply.text, calls: reply.calls, keepsake: reply.keepsake),
            .tool(call: "call_a", name: "file_read", text: "", isError: false),
            .tool(call: "call_b", name: "bash_exec", text: "no such file", isError: true),
            .assistant("", calls: []),
            .assistant("Three.", calls: [ToolCall(id: "x", tool: "t", arguments: "{oops")]),
            .tool(call: "x", name: "t", text: "ok", isError: false),
            .user("Go on."),
        ],
        tools: ChatExamples.request.tools,
        maximumOutput: 100
    )
}
