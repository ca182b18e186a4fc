public import PipelineKit

/// Makes each request of a recorded run again, with the modules of today, and finds the first that is another one.
///
/// Nobody is asked: what the model said, and what tools answered, is what the history says. A request is known by its digest,
/// so what is told of a difference is what has come into the conversation since the last request that was the same.
public struct StrictReplay {
    /// The first request that is not what it was.
    public struct Difference: Sendable, Hashable {
        /// Of the recorded request.
        public var sequence: Int
        public var turn: Int
        /// What is different, in sentences.
        public var words: String
    }

    private let registry: Registry
    private var state = RunState()
    private var briefing: Briefing?
    /// Of the last request that was the same: how many messages it had, and what stood before them.
    private var same: (messages: Int, front: Digest)?
    /// Requests that were the same.
    public private(set) var count = 0

    /// - Parameter registry: What this process has, without what the pipeline brings along.
    /// - Throws: ``Failure/Kind/unavailable`` for a run whose requests depend on what only running servers can tell;
    ///   ``Failure/Kind/invalidInput`` for what its pipeline brings along and cannot be had.
    public init(_ start: RunStart, _ registry: Registry) throws(Failure) {
        guard let pipeline = try? Pipeline(json: start.pipeline) else {
            throw Failure(.unavailable, "The pipeline that the run recorded is not known to this version of Sluice.")
        }
        let (whole, findings) = registry.including(pipeline, in: start.project)
        guard findings.problems.isEmpty else { throw FieldProblems(findings.problems).failure }
        let rules = pipeline.tools.allow + pipeline.tools.ask
        guard !whole.shelves.contains(where: { rules.contains(where: $0.mayBeNamed) }) else {
            throw Failure(
                .unavailable,
                "The run has tools of servers. What they offered is not in its history, so its requests cannot be made again."
            )
        }
        self.registry = whole
    }

    /// Takes in the next event.
    ///
    /// - Returns: what is different, when it is a request that is not the same today.
    /// - Throws: ``Failure`` for a module that the run used and that is not there.
    public mutating func take(_ event: Event) throws(Failure) -> Difference? {
        if case .modelRequested(let intent) = event.payload {
            if let words = try difference(of: intent) {
                return Difference(sequence: event.sequence, turn: intent.turn, words: words)
            }
            count += 1
        }
        state.apply(event)
        return nil
    }

    private mutating func difference(of intent: ModelIntent) throws(Failure) -> String? {
        let briefing = try todaysBriefing()
        guard intent.model == briefing.model.description else {
            return "Today '\(briefing.model)' is asked, and not '\(intent.model)'."
        }
        let purpose: ModelIntent.Purpose = ContextWindow.isFull(state, briefing) ? .summary : .reply
        guard purpose == intent.purpose else {
            return purpose == .summary
                ? "Today the conversation is too long for its window by then, and is summarised."
                : "Today the conversation still has room, and is not summarised."
        }
        guard isSame(intent, briefing) else { return unlike(briefing) }
        same = (state.messages.count, briefing.digest)
        return nil
    }

    private mutating func todaysBriefing() throws(Failure) -> Briefing {
        if let briefing, briefing.holds(for: state) { return briefing }
        let made = try Briefing(state, registry)
        briefing = made
        return made
    }

    /// Whether the request has the digest that was recorded, with as long a reply as there was room for then: limits that the
    /// run shared with others are not in its history.
    private mutating func isSame(_ intent: ModelIntent, _ briefing: Briefing) -> Bool {
        state.facts.conversation.keepDigest()
        let reply = ModelTurn.longestReply(state, briefing, for: intent.purpose)
        let cut = intent.reserved.tokens - ModelTurn.worstCase(state, briefing, reply: 0).tokens
        return Set([reply, cut]).contains {
            ModelTurn.digest(state, briefing, for: intent.purpose, reply: $0) == intent.request
        }
    }

    private func unlike(_ briefing: Briefing) -> String {
        let (known, front) = (same?.messages ?? 0, same?.front)
        let count = state.messages.count
        let isCut = known > count
        let new = (isCut ? 0 : known)..<count
        let messages = new.prefix(Self.mostNamed).map { "\nmessage \($0 + 1), \(state.messages[$0].subject)" }.joined()
        let more = new.count > Self.mostNamed ? "\nand \(new.count - Self.mostNamed) more" : ""
        let start =
            front == briefing.digest
            ? "What stands before the conversation is as in the request before. What is different is one of these:"
            : "It may be what stands before the conversation (the instructions, the goal, the tools), or one of these:"
        return new.isEmpty
            ? "It is what stands before the conversation (the instructions, the goal, the tools), or how long a reply may be."
            : start + messages + more
    }

    private static let mostNamed = 8
}

extension Message {
    /// What a message is, in words.
    fileprivate var subject: String {
        switch self {
        case .user(let text): "which tells the model: \(text.firstWords)"
        case .assistant(let text, let calls, _):
            calls.isEmpty
                ? "in which the model says: \(text.firstWords)"
                : "in which the model calls \(calls.map(\.tool).joined(separator: ", "))"
        case .tool(let call, let name, let text, _, _): "the result of call \(call) of \(name): \(text.firstWords)"
        }
    }
}

extension String {
    fileprivate var firstWords: String {
        let line = split(whereSeparator: \.isNewline).first ?? ""
        return "'\(line.prefix(80))\(line.count > 80 || contains("\n") ? "…" : "")'"
    }
}
