public import PipelineKit

/// The intent to ask a model for a gate, recorded before it is asked.
public struct JudgeIntent: Sendable, Hashable {
    public var check: CheckName
    /// The how manieth answer of the run to a gate it is to be, from 1.
    public var number: Int
    /// From 1, for this answer.
    public var attempt: Int
    /// `provider/model`.
    public var model: String
    /// What the answer may use at most: every byte of the question counted as a token, and the longest answer.
    public var reserved: Spending
    /// The digest of the question.
    public var request: Digest

    public init(
        check: CheckName,
        number: Int,
        attempt: Int,
        model: String,
        reserved: Spending,
        request: Digest
    ) {
        self.check = check
        self.number = number
        self.attempt = attempt
        self.model = model
        self.reserved = reserved
        self.request = request
    }
}

/// What a model answered a gate.
public struct JudgeReply: Sendable, Hashable {
    public var number: Int
    public var text: String
    public var usage: Usage
    public var cost: Money?
    public var stop: ModelReply.Stop

    public init(number: Int, text: String, usage: Usage, cost: Money?, stop: ModelReply.Stop) {
        self.number = number
        self.text = text
        self.usage = usage
        self.cost = cost
        self.stop = stop
    }

    /// As the gate gets it.
    var reply: ModelReply { ModelReply(text: text, usage: usage, stop: stop) }
}

/// What models have told the gates of a check.
struct Judgements: Sendable, Hashable {
    /// An answer, and the digest of the question it was given to.
    struct Answer: Sendable, Hashable {
        var request: Digest
        var reply: JudgeReply
    }

    /// What a model is being asked, or was when the process died.
    var open: JudgeIntent?
    /// Those of the check that is open.
    private(set) var answers: [Answer] = []
    /// How many the run has had.
    private(set) var count = 0

    mutating func take(_ reply: JudgeReply) {
        if let open { answers.append(Answer(request: open.request, reply: reply)) }
        count = reply.number
        open = nil
    }

    /// Forgets the answers of a check that has ended.
    mutating func clear() { answers = [] }
}

extension RunFacts {
    /// What a question to a model that is under way may use, whoever asks it.
    var reserved: Spending? { intent?.reserved ?? judgements.open?.reserved }

    mutating func ask(_ intent: JudgeIntent, at now: Instant) {
        askedAt = now
        judgements.open = intent
    }

    mutating func take(_ reply: JudgeReply) {
        judgements.take(reply)
        usage = usage + reply.usage
        spent.add(Spending(tokens: reply.usage.total, cost: reply.cost))
    }

    mutating func failJudge(_ failure: Failure) {
        if failure.mayHaveCost, let open = judgements.open { spent.add(open.reserved) }
        judgements.open = nil
    }

    /// When a check has ended, or the run: nobody asks for it any more.
    mutating func endJudging() {
        if judgements.open != nil { judgements.open = nil }
        if !judgements.answers.isEmpty { judgements.clear() }
    }
}

extension Decider {
    func beginJudgement(_ intent: JudgeIntent) throws(Refusal) -> [Event.Payload] {
        guard state.phase == .checking(intent.check), state.openCheck == intent.check, state.blockingApproval == nil
        else { throw .outdated }
        if let open = state.judgements.open { return [interrupted(open)] }
        guard intent.number == state.judgements.count + 1 else { throw .outdated }
        if let over = overLimit(intent.reserved) { return [over] }
        return [.judgeRequested(intent)]
    }

    /// The process that asked is gone, and nobody knows whether the service answered, and charged.
    private func interrupted(_ open: JudgeIntent) -> Event.Payload {
        .judgeFailed(number: open.number, attempt: open.attempt, Self.interruption)
    }

    func finishJudgement(_ reply: JudgeReply) throws(Refusal) -> [Event.Payload] {
        guard state.judgements.open?.number == reply.number else { throw .outdated }
        return [.judgeReplied(reply)]
    }

    func failJudgement(_ number: Int, _ attempt: Int, _ failure: Failure) throws(Refusal) -> [Event.Payload] {
        guard let open = state.judgements.open, open.number == number, open.attempt == attempt else { throw .outdated }
        return [.judgeFailed(number: number, attempt: attempt, failure)]
    }
}
