public import PipelineKit

/// A reply as far as its pieces have come, in the chat-completions dialect.
public struct ChatDraft: ReplyDraft {
    public private(set) var text = ""
    public private(set) var usage: Usage?
    public private(set) var calls: [DraftCall] = []
    /// The last of ``calls`` that the service gave a number.
    private var numbered: [Int: Int] = [:]
    /// Where a call of this number and id is, and one of this id with whatever number.
    private var named: [Name: Int] = [:]
    public private(set) var hasBegun = false
    /// In the service's word; `nil` while the model goes on.
    private var finishReason: String?

    private struct Name: Hashable {
        var index: Int?
        var id: String
    }

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
        if let told = chunk["usage"], let usage = Usage(chat: told) { self.usage = usage }
        guard let choice = chunk["choices"]?.elements.first, case .object = choice else { return [] }
        hasBegun = true
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

    public mutating func addWords(_ piece: [UInt8]) -> ModelPiece? {
        var words: String?
        let isPlain = JSONSkimmer.read(piece) { json in
            json.object { json, name in
                switch name {
                case "choices": json.listOfOne { $0.object { $0.choice($1, &words) } }
                case "usage", "error", "type", "response": json.null()
                default: json.skip()
                }
            }
        }
        guard isPlain, let words else { return nil }
        hasBegun = true
        text += words
        return .text(words)
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
        if let known = known(index: index, id: id) {
            if calls[known].id.isEmpty { name(known, index, id) }
            return known
        }
        calls.append(DraftCall())
        if let index { numbered[index] = calls.count - 1 }
        name(calls.count - 1, index, id)
        return calls.count - 1
    }

    private func known(index: Int?, id: String) -> Int? {
        guard let last = index == nil ? calls.indices.last : index.flatMap({ numbered[$0] }) else { return nil }
        let isSame = id.isEmpty || calls[last].id.isEmpty || calls[last].id == id
        return isSame ? last : named[Name(index: index, id: id)]
    }

    private mutating func name(_ place: Int, _ index: Int?, _ id: String) {
        guard !id.isEmpty else { return }
        calls[place].id = id
        named[Name(index: nil, id: id)] = place
        if let index { named[Name(index: index, id: id)] = place }
    }
}

extension JSONSkimmer {
    fileprivate mutating func choice(_ name: Name, _ words: inout String?) -> Bool {
        switch name {
        case "delta":
            return object { json, name in
                switch name {
                case "content":
                    words = json.text()
                    return words != nil
                case "role": return json.skip()
                default: return json.null()
                }
            }
        case "finish_reason", "message": return null()
        default: return skip()
        }
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
