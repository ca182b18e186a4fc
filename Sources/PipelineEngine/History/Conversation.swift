import PipelineKit

/// What the model and the engine have said to each other, with what a request has to know of the whole of it kept beside
/// it: a late turn would else read all of it again.
struct Conversation: Sendable, Hashable {
    private(set) var messages: [Message] = []
    /// The bytes of all texts, names and arguments, in UTF-8.
    private(set) var bytes = 0
    /// The digest of the event that changed it last. As histories are chained, it stands for every word.
    var head = Chain.start
    /// How often it was changed.
    private(set) var revision = 0

    mutating func append(_ message: Message) {
        messages.append(message)
        bytes += message.bytes
        revision += 1
    }

    /// Adds a call to what the model said last.
    mutating func append(_ call: ToolCall) {
        let last = messages.lastIndex { message in
            if case .assistant = message { true } else { false }
        }
        guard let last, case .assistant(let text, let earlier) = messages[last] else { return }
        messages[last] = .assistant(text, calls: earlier + [call])
        bytes += call.bytes
        revision += 1
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
}

extension ToolCall {
    fileprivate var bytes: Int { tool.utf8.count + arguments.utf8.count }
}
