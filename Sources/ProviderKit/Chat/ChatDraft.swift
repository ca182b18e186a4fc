public import PipelineKit

/// A reply as far as its pieces have come, in the chat-completions dialect.
public struct ChatDraft: ReplyDraft {
    public private(set) var text = ""
    public private(set) var usage: Usage?
    public private(set) var calls: [DraftCall] = []
    /// The number that the service gave each of ``calls``.
    private var indices: [Int?] = []
    public private(set) var hasBegun = false
    /// In the service's word; `nil` while the model goes on.
    private var finishReason: String?

    public init(to request: ModelRequest) {}

    public var stop: ModelReply.Stop? {
        switch finishReason {
        case nil: nil
        case "length": .length
        case "content_filter": .filtered
        default: .finished
        }
    }

    public mutating func add(_ chunk: JSONValue) -> [ModelPiece] {
        hasBegun = hasBegun || chunk["choices"] != nil
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
        let known = calls.indices.last { place in
            let (call, number) = (calls[place], indices[place])
            let isSame = id.isEmpty || call.id.isEmpty || call.id == id
            return isSame && (index == nil || number == index)
        }
        if let known { return known }
        calls.append(DraftCall())
        indices.append(index)
        return calls.count - 1
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
        let reasoning = json["completion_tokens_details"]?["reasoning_tokens"]?.integer ?? 0
        let writes = json["prompt_tokens_details"]?["cache_write_tokens"]?.integer ?? 0
        self.init(counted: input, cached: cached, cacheWrites: writes, output: output, reasoning: reasoning)
    }
}
