import PipelineKit

/// What the model and the engine have said to each other, with what a request has to know of the whole of it kept beside
/// it: a late turn would else read all of it again.
struct Conversation: Sendable {
    private(set) var messages = Messages()
    /// Where the last reply stands, which its calls are added to.
    private var reply: Int?
    /// The bytes of all texts, names and arguments, in UTF-8.
    private(set) var bytes = 0
    /// How many images there are, one that was returned twice counted twice.
    private(set) var images = 0

    /// Tokens of the last request, as the service counted them, and the bytes and images that the conversation had then;
    /// `nil` before the first reply, and after a cut.
    private(set) var counted: (tokens: Int, bytes: Int, images: Int)?

    /// The digest of the first messages, so many.
    private var digested = (count: 0, digest: Chain.start)

    mutating func append(_ message: Message) {
        if case .assistant = message { reply = messages.count }
        messages.append(message)
        bytes += message.bytes
        images += message.images.count
    }

    /// Adds a call to what the model said last.
    mutating func append(_ call: ToolCall) {
        guard let reply, case .assistant(let text, var calls, let keepsake) = messages[reply] else { return }
        messages[reply] = .user("")  // lets go of the calls, so that hundreds of them are not copied
        calls.append(call)
        messages[reply] = .assistant(text, calls: calls, keepsake: keepsake)
        bytes += call.bytes
        if digested.count > reply { digested = (0, Chain.start) }
    }

    /// Takes in how long the service found what was said so far.
    mutating func note(tokens: Int) { counted = (tokens, bytes, images) }

    /// Replaces the first messages, so many, by one.
    mutating func replace(first count: Int, by message: Message) {
        let rest = messages.dropFirst(count)
        self = Conversation()
        append(message)
        for message in rest { append(message) }
    }

    /// SHA-256 over the digest of all messages before the last (32 zero bytes before the first) and the last one as
    /// canonical JSON (RFC 8785).
    var digest: Digest { messages[digested.count...].reduce(digested.digest, Self.digest) }

    /// Finds the digest, and keeps it: the next one begins here. Not done with each message, as most histories are read
    /// without one.
    mutating func keepDigest() { digested = (messages.count, digest) }

    private static func digest(after head: Digest, _ message: Message) -> Digest {
        var bytes = head.bytes
        bytes += message.canonical
        return Digest(of: bytes)
    }
}

extension Conversation: Hashable {
    static func == (left: Self, right: Self) -> Bool { left.messages == right.messages }

    func hash(into hasher: inout Hasher) {
        hasher.combine(messages.count)
        hasher.combine(bytes)
    }
}

extension Message {
    /// Of its texts, names and arguments, in UTF-8.
    var bytes: Int {
        switch self {
        case .user(let text): text.utf8.count
        case .assistant(let text, let calls, let keepsake):
            text.utf8.count + calls.reduce(0) { $0 + $1.bytes } + (keepsake?.encoded().count ?? 0)
        case .tool(_, let name, let text, _, let images):
            name.utf8.count + text.utf8.count + images.count * Self.imageLine
        }
    }

    /// Bytes that are said about an image where it is not shown, or where it does not stand with the text of its call.
    private static let imageLine = 120

    fileprivate var images: [ImageReference] {
        if case .tool(_, _, _, _, let images) = self { images } else { [] }
    }

    /// Canonical JSON (RFC 8785), in which members are sorted.
    fileprivate var canonical: [UInt8] {
        var writer = JSONWriter(.canonical, capacity: 96 + bytes)
        writer.object { writer in
            switch self {
            case .user(let text):
                writer.member("role", "user")
                writer.member("text", text)
            case .assistant(let text, let calls, let keepsake):
                writer.member("calls") { writer in
                    writer.array { writer in for call in calls { call.write(to: &writer) } }
                }
                writer.member("keepsake", keepsake)
                writer.member("role", "assistant")
                writer.member("text", text)
            case .tool(let call, let name, let text, let isError, let images):
                writer.member("call", call.value)
                if !images.isEmpty {
                    writer.member("images") { writer in
                        writer.array { writer in for image in images { writer.write(image.digest) } }
                    }
                }
                writer.member("is_error", isError)
                writer.member("name", name)
                writer.member("role", "tool")
                writer.member("text", text)
            }
        }
        return writer.bytes
    }
}

extension ToolCall {
    fileprivate var bytes: Int { tool.utf8.count + arguments.utf8.count }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("arguments", arguments)
            $0.member("id", id.value)
            $0.member("tool", tool)
        }
    }
}
