import PipelineKit

/// What stands for the beginning of a conversation from then on, because all of it is too long for the model.
public struct Compaction: Sendable, Hashable {
    /// How many messages it stands for.
    public var dropped: Int
    /// The message that is said in their place.
    public var text: String

    public init(dropped: Int, text: String) {
        self.dropped = dropped
        self.text = text
    }
}

extension Compaction {
    /// What the model is asked for when the conversation has grown too long; the last message of that request.
    static let request = """
        The conversation has become too long and is about to be cut: of everything up to here only your next message and \
        the last few messages will be left. Call no tool. Write down what you will need to go on, in at most 800 words: \
        what you have found out about the project (files, names, causes), what you have changed and why, what you tried \
        that did not work, what people told you, and what you were about to do next.
        """

    /// Tokens of the summary, at most.
    static let reply = 4_000

    /// - Parameter summary: What the model wrote; without words, what was said and done is listed instead.
    /// - Returns: `nil` when there is too little before the last turn to be worth it.
    init?(of state: RunState, summary: String) {
        let messages = state.messages
        guard let cut = Self.cut(in: messages) else { return nil }
        let words = summary.trimmed
        let parts = [
            "The conversation up to here was too long and has been summarised; the messages after this one are its end.",
            "The goal is the one that was given at the beginning.",
            Self.failures(state),
            words.isEmpty ? "What was said and done:\n\n\(Self.list(messages[..<cut]))" : "Your summary:\n\n\(words)",
        ]
        self.init(dropped: cut, text: parts.filter { !$0.isEmpty }.joined(separator: "\n\n"))
    }

    /// Where the part begins that stays word for word: at most a quarter of the conversation, in whole turns, so that no
    /// call is without its result; the last turn in any case.
    ///
    /// - Returns: `nil` when what stands before it is less than two messages.
    static func cut(in messages: Messages) -> Int? {
        let total = messages.reduce(0) { $0 + $1.bytes }
        var (cut, kept): (Int?, Int) = (nil, 0)
        for index in messages.indices.reversed() {
            kept += messages[index].bytes
            if cut != nil, kept > total / 4 { break }
            if case .tool = messages[index] { continue }
            cut = index
        }
        return cut.flatMap { $0 >= 2 ? $0 : nil }
    }

    private static func failures(_ state: RunState) -> String {
        guard let check = state.lastCheck, !check.holds else { return "" }
        let iteration = state.facts.iterationIsOpen ? state.iteration - 1 : state.iteration
        let name = CheckName(iteration: max(0, iteration))
        return Report.words(check, after: name, of: state.limits, hasGoal: state.goal != nil)
    }

    // MARK: - Without a model

    private static let mostBytes = 8_000

    /// The end of what was said and done, a line each.
    private static func list(_ messages: Messages.SubSequence) -> String {
        var lines: [String] = []
        var bytes = 0
        for line in messages.reversed().flatMap({ Self.lines(of: $0).reversed() }) {
            bytes += line.utf8.count + 1
            guard bytes <= mostBytes else {
                lines.append("- (what was before is left out)")
                break
            }
            lines.append(line)
        }
        return lines.reversed().joined(separator: "\n")
    }

    private static func lines(of message: Message) -> [String] {
        switch message {
        case .user(let text): ["- You were told: \(short(text, 400))"]
        case .assistant(let text, let calls, _):
            (text.trimmed.isEmpty ? [] : ["- You said: \(short(text, 400))"])
                + calls.map { "- You called \($0.tool) \(short($0.arguments, 200))" }
        case .tool(_, let name, let text, let isError, _):
            ["- \(name) \(isError ? "failed" : "gave"): \(short(text, 120))"]
        }
    }

    private static func short(_ text: String, _ limit: Int) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > limit ? "\(line.prefix(limit))…" : line
    }
}
