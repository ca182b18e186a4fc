public import PipelineKit

/// What the chat-completions dialect calls the limit of a reply's length.
///
/// OpenAI has renamed the field, and refuses the old name for models that reason; most other services know only the
/// old.
public enum OutputLimitField: String, Choice {
    case maxTokens = "max_tokens"
    case maxCompletionTokens = "max_completion_tokens"
}

/// The dialect of chat completions: OpenAI, vLLM, Ollama, llama.cpp, OpenRouter and many more.
public struct ChatDialect: Dialect {
    public typealias Draft = ChatDraft

    public var limitField: OutputLimitField
    /// How hard the model thinks, in the service's word; `nil` says nothing of it.
    public var effort: String?

    public init(limitField: OutputLimitField = .maxTokens, effort: String? = nil) {
        self.limitField = limitField
        self.effort = effort
    }

    public func path(for request: ModelRequest) -> String { "/chat/completions" }

    public func headers(with key: ServiceKey?) -> [TransportRequest.Header] {
        key.map { [$0.bearer] } ?? []
    }

    public func body(for request: ModelRequest) -> JSONValue {
        let body = request.chatBody(limitedBy: limitField)
        guard let effort, case .object(var members) = body else { return body }
        members["reasoning_effort"] = .string(effort)
        return .object(members)
    }
}

extension ModelRequest {
    /// The request in the chat-completions dialect, to be streamed, with its usage in the last piece.
    public func chatBody(limitedBy field: OutputLimitField) -> JSONValue {
        var body: [String: JSONValue] = [
            "model": .string(model),
            "messages": .array(chatMessages),
            field.rawValue: .int(maximumOutput),
            "stream": true,
            "stream_options": ["include_usage": true],
        ]
        if !tools.isEmpty { body["tools"] = .array(tools.map(\.chatTool)) }
        if let form { body["response_format"] = ["type": "json_schema", "json_schema": form.openAI] }
        return .object(body)
    }

    /// What a call returns is text alone here, so the user shows its images, once all calls are answered.
    private var chatMessages: [JSONValue] {
        var written: [JSONValue] = system.isEmpty ? [] : [["role": "system", "content": .string(system)]]
        var images: [JSONValue] = []
        for message in messages {
            if !message.isToolResult { written += Self.user(showing: &images) }
            written.append(message.chatMessage)
            images += chatImages(of: message)
        }
        return written + Self.user(showing: &images)
    }

    private static func user(showing images: inout [JSONValue]) -> [JSONValue] {
        defer { images = [] }
        return images.isEmpty ? [] : [["role": "user", "content": .array(images)]]
    }

    private func chatImages(of message: Message) -> [JSONValue] {
        guard case .tool(let call, _, _, _, let images) = message else { return [] }
        let shown = shown(images).map(\.chatPart)
        return shown.isEmpty ? [] : [["type": "text", "text": .string("What call '\(call)' returned:")]] + shown
    }
}

extension Image {
    fileprivate var chatPart: JSONValue {
        ["type": "image_url", "image_url": ["url": .string(dataURL), "detail": "high"]]
    }
}

extension Message {
    fileprivate var isToolResult: Bool { if case .tool = self { true } else { false } }

    fileprivate var chatMessage: JSONValue {
        switch self {
        case .user(let text):
            return ["role": "user", "content": .string(text)]
        case .assistant(let text, let calls, _):
            guard !calls.isEmpty else { return ["role": "assistant", "content": .string(text)] }
            let content = text.isEmpty ? JSONValue.null : .string(text)
            return ["role": "assistant", "content": content, "tool_calls": .array(calls.map(\.chatCall))]
        case .tool(let call, _, let text, let isError, _):
            // The dialect has no other place for it.
            let content = isError ? "Error: \(text)" : text
            return ["role": "tool", "tool_call_id": .string(call.value), "content": .string(content)]
        }
    }
}

extension ToolCall {
    fileprivate var chatCall: JSONValue {
        [
            "id": .string(id.value), "type": "function",
            "function": ["name": .string(tool), "arguments": .string(chatArguments)],
        ]
    }

    /// The arguments as the model wrote them when they are an object. Several services read them again and refuse the
    /// whole conversation when they are not, so anything else is wrapped into an object.
    private var chatArguments: String {
        if let value = try? JSONValue(parsing: arguments), case .object = value { return arguments }
        return argumentsObject.jsonText
    }
}

extension ToolSpecification {
    fileprivate var chatTool: JSONValue {
        [
            "type": "function",
            "function": ["name": .string(name), "description": .string(summary), "parameters": arguments],
        ]
    }
}
