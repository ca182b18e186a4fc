import PipelineKit

/// What the model and the engine have said to each other, with what a request has to know of the whole of it kept beside
/// it: a late turn would else read all of it again.
struct Conversation: Sendable, Hashable {
    /// All before the last reply, in chunks of ``chunk`` and a rest: a copy that is changed copies the rest only.
    private var chunks: [[Message]] = []
    private var settled: [Message] = []
    /// The last reply, which its calls are still added to, and what followed it.
    private var tail: [Message] = []
    private var digestOfSettled = Chain.start
    private(set) var count = 0
    /// The bytes of all texts, names and arguments, in UTF-8.
    private(set) var bytes = 0

    private static let chunk = 64

    var messages: [Message] {
        var messages: [Message] = []
        messages.reserveCapacity(count)
        for chunk in chunks { messages += chunk }
        messages += settled
        messages += tail
        return messages
    }

    mutating func append(_ message: Message) {
        if case .assistant = message { settle() }
        tail.append(message)
        count += 1
        bytes += message.bytes
    }

    /// Adds a call to what the model said last.
    mutating func append(_ call: ToolCall) {
        guard case .assistant(let text, let earlier)? = tail.first else { return }
        tail[0] = .assistant(text, calls: earlier + [call])
        bytes += call.bytes
    }

    /// SHA-256 over the digest of all messages before the last (32 zero bytes before the first) and the last one as
    /// canonical JSON (RFC 8785).
    var digest: Digest { tail.reduce(digestOfSettled, Self.digest) }

    private static func digest(after head: Digest, _ message: Message) -> Digest {
        Digest(of: [head.bytes, message.json.encoded(.canonical)])
    }

    private mutating func settle() {
        digestOfSettled = digest
        settled += tail
        tail = []
        guard settled.count >= Self.chunk else { return }
        chunks.append(settled)
        settled = []
    }
}

extension Message {
    fileprivate var bytes: Int {
        switch self {
        case .user(let text): text.utf8.count
        case .assistant(let text, let calls): text.utf8.count + calls.reduce(0) { $0 + $1.bytes }
        case .tool(_, let name, let text, _): name.utf8.count + text.utf8.count
        }
    }

    fileprivate var json: JSONValue {
        switch self {
        case .user(let text): ["role": "user", "text": .string(text)]
        case .assistant(let text, let calls):
            ["role": "assistant", "text": .string(text), "calls": .array(calls.map(\.json))]
        case .tool(let call, let name, let text, let isError):
            [
                "role": "tool", "call": .string(call.value), "name": .string(name), "text": .string(text),
                "is_error": .bool(isError),
            ]
        }
    }
}

extension ToolCall {
    fileprivate var bytes: Int { tool.utf8.count + arguments.utf8.count }

    fileprivate var json: JSONValue {
        ["id": .string(id.value), "tool": .string(tool), "arguments": .string(arguments)]
    }
}
