import PipelineKit
import ProviderKit

/// A conversation as the Messages interface wants it: the two sides in turns, all that one side says in one message,
/// results of calls first, and nothing empty.
struct MessageList {
    private struct Turn {
        var isUser: Bool
        var blocks: [JSONValue] = []
    }

    private var turns: [Turn] = []

    init(_ request: ModelRequest) {
        for message in request.messages { add(message, of: request) }
        if turns.first?.isUser != true { turns.insert(Turn(isUser: true, blocks: [Self.text("Begin.")]), at: 0) }
    }

    /// With marks for the cache at the end of what the user said last, and the time before, which is where the cache of
    /// the request before this one ends: a turn may have more blocks than the vendor looks back.
    var json: [JSONValue] {
        var turns = turns
        for index in turns.indices.filter({ turns[$0].isUser }).suffix(2) {
            if let last = turns[index].blocks.popLast() { turns[index].blocks.append(last.marked) }
        }
        return turns.map { ["role": $0.isUser ? "user" : "assistant", "content": .array($0.blocks)] }
    }

    private mutating func add(_ message: Message, of request: ModelRequest) {
        switch message {
        case .user(let text): add(text.isEmpty ? [] : [Self.text(text)], isUser: true)
        case .assistant(let text, let calls, let keepsake):
            let kept = KeptParts(keepsake, of: AnthropicProvider.id, for: request.model) ?? KeptParts()
            add(kept.said(text, calls).compactMap(\.block), isUser: false)
        case .tool(let call, _, let text, let isError, let images):
            add([Self.result(of: call, text, isError, request.shown(images))], isUser: true)
        }
    }

    private static func result(of call: CallID, _ text: String, _ isError: Bool, _ images: [Image]) -> JSONValue {
        var block: [String: JSONValue] = ["type": "tool_result", "tool_use_id": .string(call.word)]
        guard !images.isEmpty else {
            block["content"] = .string(text)
            if isError { block["is_error"] = true }
            return .object(block)
        }
        // What is marked as an error may hold text alone.
        let words = isError ? "Error: \(text)" : text
        block["content"] = .array((words.isEmpty ? [] : [Self.text(words)]) + images.map(\.block))
        return .object(block)
    }

    private mutating func add(_ blocks: [JSONValue], isUser: Bool) {
        guard !blocks.isEmpty else { return }
        if turns.last?.isUser != isUser { turns.append(Turn(isUser: isUser)) }
        turns[turns.count - 1].blocks += blocks
    }

    static func text(_ text: some StringProtocol) -> JSONValue { ["type": "text", "text": .string(String(text))] }
}

extension Image {
    fileprivate var block: JSONValue {
        let source: JSONValue = ["type": "base64", "media_type": .string(mediaType.rawValue), "data": .string(base64)]
        return ["type": "image", "source": source]
    }
}

extension KeptParts.Said {
    /// `nil` for a text of no words, which the vendor refuses.
    fileprivate var block: JSONValue? {
        switch self {
        case .whole(let json): json
        case .text(let text, _): text.isEmpty ? nil : MessageList.text(text)
        case .call(let call, _):
            [
                "type": "tool_use", "id": .string(call.id.word), "name": .string(call.tool),
                "input": call.argumentsObject,
            ]
        }
    }
}

extension CallID {
    /// The id in letters, digits, `_` and `-`, which are all that the vendor takes; another vendor may have named the call.
    var word: String {
        String(
            decoding: value.utf8.map { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: byte
                default: UInt8(ascii: "_")
                }
            },
            as: UTF8.self
        )
    }
}
