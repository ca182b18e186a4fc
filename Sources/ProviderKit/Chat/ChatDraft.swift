import PipelineKit

/// A reply as far as its pieces have come, in the chat-completions dialect.
struct ChatDraft {
    private(set) var text = ""
    private(set) var usage: Usage?
    /// Why the model stopped, in the service's word; `nil` while it goes on.
    private(set) var finishReason: String?
    private var calls: [DraftCall] = []

    private struct DraftCall {
        var index: Int?
        var id = ""
        var tool = ""
        var arguments = ""
    }

    /// Adds one piece of a stream, or a whole answer that was not streamed; what it knows nothing of is passed over.
    mutating func add(_ chunk: JSONValue) -> [ModelPiece] {
        if let told = chunk["usage"], let usage = Usage(chat: told) { self.usage = usage }
        guard let choice = chunk["choices"]?.elements.first else { return [] }
        if let reason = choice["finish_reason"]?.text { finishReason = reason }
        let delta = choice["delta"] ?? choice["message"] ?? [:]
        var pieces = reasoning(of: delta)
        for key in ["content", "refusal"] {
            guard let words = delta[key].map(words(of:)), !words.isEmpty else { continue }
            text += words
            pieces.append(.text(words))
        }
        for call in delta["tool_calls"]?.elements ?? [] {
            if let tool = add(call: call) { pieces.append(.call(tool: tool)) }
        }
        return pieces
    }

    /// Two names are in use, and some services send both.
    private func reasoning(of delta: JSONValue) -> [ModelPiece] {
        let words = ["reasoning_content", "reasoning"].lazy.compactMap { delta[$0]?.text }.first { !$0.isEmpty }
        return words.map { [.reasoning($0)] } ?? []
    }

    /// Text, or a list of parts with text.
    private func words(of content: JSONValue) -> String {
        content.text ?? content.elements.compactMap { $0["text"]?.text }.joined()
    }

    /// - Returns: the tool's name when it is heard for the first time.
    private mutating func add(call: JSONValue) -> String? {
        let id = call["id"]?.text ?? ""
        let place = place(index: call["index"]?.integer, id: id)
        if calls[place].id.isEmpty { calls[place].id = id }
        switch call["function"]?["arguments"] {
        case .string(let fragment): calls[place].arguments += fragment
        case .object(let whole): calls[place].arguments += JSONValue.object(whole).jsonText
        default: break
        }
        guard let tool = call["function"]?["name"]?.text, !tool.isEmpty, calls[place].tool.isEmpty else { return nil }
        calls[place].tool = tool
        return tool
    }

    /// Where a fragment belongs: to the call of its index, unless it has another id, because some services give all
    /// calls the index 0; without an index to the call of its id; without either to the last.
    private mutating func place(index: Int?, id: String) -> Int {
        let known = calls.lastIndex { call in
            let isSame = id.isEmpty || call.id.isEmpty || call.id == id
            return isSame && (index == nil || call.index == index)
        }
        if let known { return known }
        calls.append(DraftCall(index: index))
        return calls.count - 1
    }
}

extension ChatDraft {
    /// The reply, when the service has said all of it.
    ///
    /// - Throws: ``Failure/Kind/unavailable`` when a call names no tool.
    func reply(to request: ModelRequest, from host: String) throws(Failure) -> ModelReply {
        guard calls.allSatisfy({ !$0.tool.isEmpty }) else {
            throw Failure(.unavailable, "The answer of '\(host)' asks for a call and names no tool.")
        }
        return ModelReply(text: text, calls: named(for: request), usage: usage ?? estimate(for: request), stop: stop)
    }

    private var stop: ModelReply.Stop {
        switch finishReason {
        case "length": .length
        case "content_filter": .filtered
        default: .finished
        }
    }

    /// The calls with ids that are unique in the conversation: some services send none, others count from 0 each time.
    private func named(for request: ModelRequest) -> [ToolCall] {
        let earlier = request.messages.flatMap { message -> [ToolCall] in
            if case .assistant(_, let calls) = message { calls } else { [] }
        }
        let turn = request.messages.count { if case .assistant = $0 { true } else { false } }
        var taken = Set(earlier.map(\.id))
        return calls.enumerated().map { index, call in
            let made = CallID("call_\(turn + 1)_\(index + 1)")
            let own = CallID(call.id)
            let id = call.id.isEmpty || taken.contains(own) ? made : own
            taken.insert(id)
            return ToolCall(id: id, tool: call.tool, arguments: call.arguments)
        }
    }

    /// A token for every four bytes, when the service counts none: limits must bind all the same.
    private func estimate(for request: ModelRequest) -> Usage {
        let written = text.utf8.count + calls.reduce(0) { $0 + $1.tool.utf8.count + $1.arguments.utf8.count }
        let read = request.chatBody(limitedBy: .maxTokens).encoded().count
        return Usage(input: (read + 3) / 4, output: (written + 3) / 4)
    }
}

extension Usage {
    /// `{"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}`; `nil` when it
    /// counts nothing.
    init?(chat json: JSONValue) {
        guard let input = json["prompt_tokens"]?.integer, let output = json["completion_tokens"]?.integer else {
            return nil
        }
        let cached = json["prompt_tokens_details"]?["cached_tokens"]?.integer ?? 0
        self.init(input: max(input, 0), cached: min(max(cached, 0), max(input, 0)), output: max(output, 0))
    }
}
