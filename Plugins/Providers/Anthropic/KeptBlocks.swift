import PipelineKit

/// The order of the blocks of a reply, with those that only the vendor can read: what a model has thought is signed, and
/// refused by another model and when it was changed.
///
/// `{"anthropic": {"model": "claude-opus-5", "blocks": [{"type": "thinking", ...}, {"text": 12}, {"call": true}]}}`: text
/// stands for its length in UTF-8, as the reply has it already.
struct KeptBlocks: Sendable, Hashable {
    private enum Block: Sendable, Hashable {
        case signed(JSONValue)
        case text(Int)
        case call
    }

    private var order: [Block] = []

    init() {}

    mutating func addSigned(_ block: JSONValue) { order.append(.signed(block)) }
    mutating func addText(_ bytes: Int) { order.append(.text(bytes)) }
    mutating func addCall() { order.append(.call) }

    /// - Returns: `nil` where the order says nothing: a text, then calls.
    func keepsake(of model: String) -> JSONValue? {
        guard order.contains(where: { if case .signed = $0 { true } else { false } }) else { return nil }
        let blocks = order.map { block -> JSONValue in
            switch block {
            case .signed(let json): json
            case .text(let bytes): ["text": .int(bytes)]
            case .call: ["call": true]
            }
        }
        return ["anthropic": ["model": .string(model), "blocks": .array(blocks)]]
    }

    /// - Returns: `nil` for what another provider kept, or another model thought.
    init?(_ keepsake: JSONValue, for model: String) {
        guard let own = keepsake["anthropic"], let author = own["model"]?.text,
            author == model || author.hasPrefix("\(model)-")  // the service adds the date that a short name stands for
        else { return nil }
        order = own["blocks"]?.elements.map { block in
            if let bytes = block["text"]?.integer { return .text(bytes) }
            return block["call"] == true ? .call : .signed(block)
        } ?? []
    }

    /// What the model said, as it said it.
    func blocks(_ text: String, _ calls: [ToolCall]) -> [JSONValue] {
        var (blocks, text, calls) = ([JSONValue](), text[...], calls[...])
        for block in order {
            switch block {
            case .signed(let json): blocks.append(json)
            case .text(let bytes):
                let end = text.utf8.index(text.startIndex, offsetBy: max(0, bytes), limitedBy: text.endIndex)
                blocks += Self.text(text[..<(end ?? text.endIndex)])
                text = text[(end ?? text.endIndex)...]
            case .call: if let call = calls.popFirst() { blocks.append(call.block) }
            }
        }
        return blocks + Self.text(text) + calls.map(\.block)
    }

    private static func text(_ text: Substring) -> [JSONValue] { text.isEmpty ? [] : [MessageList.text(text)] }
}

extension ToolCall {
    /// Arguments that are no object are wrapped into one, as the vendor takes nothing else.
    fileprivate var block: JSONValue {
        ["type": "tool_use", "id": .string(id.word), "name": .string(tool), "input": input]
    }

    private var input: JSONValue {
        if arguments.allSatisfy(\.isWhitespace) { return [:] }
        if let value = try? JSONValue(parsing: arguments), case .object = value { return value }
        return ["not_an_object": .string(arguments)]
    }
}
