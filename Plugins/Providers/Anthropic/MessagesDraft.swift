import PipelineKit
import ProviderKit

/// A reply as far as its events have come: <https://platform.claude.com/docs/en/build-with-claude/streaming>.
struct MessagesDraft: ReplyDraft {
    private var blocks: [Int: Block] = [:]
    private var counts: [String: Int] = [:]
    private var stopReason: String?
    private var model = ""
    private(set) var hasBegun = false
    private(set) var isOver = false

    private struct Block {
        /// As it began.
        var json: JSONValue
        /// What was added to it: text, thoughts, or arguments.
        var words = ""
        var signature = ""
        /// Text that came for a block that is none, as a proxy sends it that knows but the last block.
        var strayText = ""
        var type: String { json["type"]?.text ?? "" }
    }

    /// The tool whose arguments are the text; see ``AnswerForm``.
    private let formTool: String?

    init(to request: ModelRequest) { formTool = AnswerForm(of: request).tool?.name }

    mutating func add(_ piece: JSONValue) -> [ModelPiece] {
        switch piece["type"]?.text {
        case "message_start":
            hasBegun = true
            begin(piece["message"] ?? [:])
            return []
        case "message": return addWhole(piece)
        case "content_block_start": return start(piece["content_block"] ?? [:], at: piece["index"]?.integer ?? 0)
        case "content_block_delta": return add(piece["delta"] ?? [:], at: piece["index"]?.integer ?? 0)
        case "message_delta":
            stopReason = piece["delta"]?["stop_reason"]?.text ?? stopReason
            count(piece["usage"])
            return []
        case "message_stop":
            isOver = true
            return []
        default: return []
        }
    }

    mutating func addWords(_ piece: [UInt8]) -> ModelPiece? {
        let read = JSONSkimmer.placedWords(in: piece, of: "content_block_delta", at: "index") { $0.textDelta() }
        guard let read, blocks[read.place]?.type == "text" else { return nil }
        blocks[read.place]?.words += read.words
        return .text(read.words)
    }

    private mutating func begin(_ message: JSONValue) {
        model = message["model"]?.text ?? ""
        stopReason = message["stop_reason"]?.text
        count(message["usage"])
    }

    /// An answer that was not streamed, although that was asked for.
    private mutating func addWhole(_ message: JSONValue) -> [ModelPiece] {
        hasBegun = true
        begin(message)
        return (message["content"]?.elements ?? []).enumerated().flatMap { start($1, at: $0) }
    }

    private mutating func start(_ block: JSONValue, at index: Int) -> [ModelPiece] {
        blocks[index] = Block(json: block)
        switch block["type"]?.text {
        case "text": return add(["type": "text_delta", "text": block["text"] ?? ""], at: index)
        case "thinking":
            blocks[index]?.signature = block["signature"]?.text ?? ""
            return add(["type": "thinking_delta", "thinking": block["thinking"] ?? ""], at: index)
        case "tool_use" where isForm(block):
            return add(["type": "input_json_delta", "partial_json": wholeInput(of: block)], at: index)
        case "tool_use": return [.call(tool: block["name"]?.text ?? "")]
        default: return []
        }
    }

    private func isForm(_ block: JSONValue?) -> Bool { formTool != nil && block?["name"]?.text == formTool }

    /// What was not streamed; of a streamed block it is empty.
    private func wholeInput(of block: JSONValue) -> JSONValue {
        guard let input = block["input"], !input.members.isEmpty else { return "" }
        return .string(input.jsonText)
    }

    private mutating func add(_ delta: JSONValue, at index: Int) -> [ModelPiece] {
        let words = ["text", "thinking", "partial_json"].lazy.compactMap { delta[$0]?.text }.first ?? ""
        if delta["text"] != nil, blocks[index]?.type != "text" {
            blocks[index]?.strayText += words
        } else {
            blocks[index]?.words += words
        }
        if let signature = delta["signature"]?.text { blocks[index]?.signature += signature }
        guard !words.isEmpty else { return [] }
        switch delta["type"]?.text {
        case "text_delta": return [.text(words)]
        case "thinking_delta": return [.reasoning(words)]
        case "input_json_delta" where isForm(blocks[index]?.json): return [.text(words)]
        default: return []
        }
    }

    /// The counts of a later event stand for those of an earlier one.
    private mutating func count(_ usage: JSONValue?) {
        for name in ["input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens"] {
            // No more than can be added up.
            if let number = usage?[name]?.integer { counts[name] = min(max(0, number), 1 << 40) }
        }
        if let number = usage?["output_tokens_details"]?["thinking_tokens"]?.integer { counts["thinking"] = number }
    }
}

extension JSONSkimmer {
    fileprivate mutating func textDelta() -> String? {
        var words: String?
        let isPlain = object { json, name in
            switch name {
            case "type": return json.text(is: "text_delta")
            case "text":
                words = json.text()
                return words != nil
            default: return false
            }
        }
        return isPlain ? words : nil
    }
}

extension MessagesDraft {
    private var ordered: [Block] { blocks.sorted { $0.key < $1.key }.map(\.value) }

    var text: String { ordered.lazy.map { isText($0) ? $0.words : $0.strayText }.joined() }

    private func isText(_ block: Block) -> Bool { block.type == "text" || isForm(block.json) }

    var calls: [DraftCall] {
        ordered.filter { $0.type == "tool_use" && !isForm($0.json) }.map { block in
            DraftCall(
                id: block.json["id"]?.text ?? "",
                tool: block.json["name"]?.text ?? "",
                // In an answer that was not streamed they stand in the block.
                arguments: block.words.isEmpty ? (block.json["input"] ?? [:]).jsonText : block.words
            )
        }
    }

    /// What was read from the vendor's cache and written into it is counted beside the other tokens.
    var usage: Usage? {
        guard let plain = counts["input_tokens"], let output = counts["output_tokens"] else { return nil }
        let (cached, writes) = (counts["cache_read_input_tokens"] ?? 0, counts["cache_creation_input_tokens"] ?? 0)
        return Usage(
            counted: plain + cached + writes,
            cached: cached,
            cacheWrites: writes,
            output: output,
            reasoning: counts["thinking"] ?? 0
        )
    }

    var stop: ModelReply.Stop? {
        switch stopReason {
        case nil: nil
        case "max_tokens", "model_context_window_exceeded": .length
        case "refusal": .filtered
        default: .finished
        }
    }

    var keepsake: JSONValue? {
        var kept = KeptParts()
        for block in ordered {
            switch block.type {
            case _ where isText(block): kept.append(.text(block.words.utf8.count))
            case "tool_use": kept.append(.call())
            case "thinking":
                let (words, signature) = (JSONValue.string(block.words), JSONValue.string(block.signature))
                kept.append(.whole(["type": "thinking", "thinking": words, "signature": signature]))
            case "redacted_thinking": kept.append(.whole(block.json))
            default: break
            }
            if !block.strayText.isEmpty { kept.append(.text(block.strayText.utf8.count)) }
        }
        return kept.keepsake(of: AnthropicProvider.id, model)
    }
}
