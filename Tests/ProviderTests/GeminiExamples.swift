import PipelineKit
import PipelineTesting

/// A conversation and a streamed answer in the dialect of Google.
enum GeminiExamples {
    static let pieces = [
        #"{"candidates":[{"content":{"parts":[{"text":"Let me look.","thought":true}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":20},"modelVersion":"gemini-3-pro-preview"}"#,
        #"{"candidates":[{"content":{"parts":[{"text":"Grüße, "}],"role":"model"},"index":0}],"usageMetadata":{"promptTokenCount":20}}"#,
        #"{"candidates":[{"content":{"parts":[{"text":"Ada."}],"role":"model"},"index":0}]}"#,
        #"{"candidates":[{"content":{"parts":[{"functionCall":{"name":"file_read","args":{"path":"a"},"id":"f1"},"thoughtSignature":"EqQB"},{"functionCall":{"name":"bash_exec","args":{}}}],"role":"model"}}]}"#,
        #"{"candidates":[{"content":{"parts":[{"text":""}],"role":"model"},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":20,"cachedContentTokenCount":16,"candidatesTokenCount":7,"thoughtsTokenCount":30,"totalTokenCount":57},"modelVersion":"gemini-3-pro-preview"}"#,
    ]

    static func streamed(_ pieces: [String]) -> RecordedTransport.Answer {
        .init(
            headers: ["content-type": "text/event-stream"],
            pieces: pieces.map { Array("data: \($0)\r\n\r\n".utf8) }
        )
    }

    static let reply = ModelReply(
        text: "Grüße, Ada.",
        calls: [
            ToolCall(id: "f1", tool: "file_read", arguments: #"{"path":"a"}"#),
            ToolCall(id: "call_2_2", tool: "bash_exec", arguments: "{}"),
        ],
        usage: Usage(input: 20, cached: 16, output: 37, reasoning: 30),
        keepsake: [
            "google": [
                "model": "gemini-3-pro-preview",
                "parts": [
                    ["text": 13], ["call": true, "mark": ["signature": "EqQB", "named": true]], ["call": true],
                ],
            ]
        ]
    )

    static let request = ModelRequest(
        model: "gemini-3-pro-preview",
        system: "Be brief.",
        messages: ChatExamples.request.messages,
        tools: ChatExamples.request.tools,
        maximumOutput: 100
    )

    /// A conversation with everything that can stand in one.
    static let long = ModelRequest(
        model: "gemini-3-pro-preview",
        system: "Be brief.",
        messages: [
            .user("Look."),
            .assistant(reply.text, calls: reply.calls, keepsake: reply.keepsake),
            .tool(call: "f1", name: "file_read", text: "", isError: false),
            .tool(call: "call_2_2", name: "bash_exec", text: "no such file", isError: true),
            .user("Go on."),
            .assistant("", calls: []),
            .assistant("Three.", calls: [ToolCall(id: "x", tool: "t", arguments: "{oops")]),
            .tool(call: "x", name: "t", text: "ok", isError: false),
        ],
        tools: ChatExamples.request.tools,
        maximumOutput: 100
    )
}
