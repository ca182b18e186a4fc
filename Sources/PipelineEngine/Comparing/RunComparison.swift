public import PipelineKit

/// Two runs beside each other: what came of each, and where they part.
public struct RunComparison: Sendable, Hashable {
    /// The first of two lists that differs: what the one has there, and what the other; `nil` for the one that is over.
    public struct Parting: Sendable, Hashable {
        public var left: RunDeeds.Deed?
        public var right: RunDeeds.Deed?

        init?(_ left: [RunDeeds.Deed], _ right: [RunDeeds.Deed]) {
            let count = zip(left, right).prefix { $0.words == $1.words }.count
            self.left = left.dropFirst(count).first
            self.right = right.dropFirst(count).first
            if self.left == nil, self.right == nil { return nil }
        }
    }

    public let left: RunOutcome
    public let right: RunOutcome
    /// `nil` when the models said the same to the end.
    public let otherWords: Parting?
    /// `nil` when the same was done in the same order, to the end.
    public let otherDeeds: Parting?

    /// - Parameters:
    ///   - left: A whole history, as `right` is.
    public init(_ left: [Event], _ right: [Event]) {
        (self.left, self.right) = (RunOutcome(left), RunOutcome(right))
        let deeds = (RunDeeds(left), RunDeeds(right))
        otherWords = Parting(deeds.0.said, deeds.1.said)
        otherDeeds = Parting(deeds.0.done, deeds.1.done)
    }
}

/// What came of a run, and what it took.
public struct RunOutcome: Sendable, Hashable {
    public struct Check: Sendable, Hashable {
        public var name: CheckName
        public var result: CheckResult
    }

    public var run: RunID?
    public var pipeline: String
    /// Those that were asked, `provider/model`, in the order they were asked first; without those that judged.
    public var models: [String]
    public var status: RunStatus
    /// Why it ended; empty before.
    public var reason: String
    public var iterations: Int
    public var replies: Int
    public var calls: Int
    /// Of the run with all that it had done for it; its money is `nil` when nobody knows it.
    public var spent: Spending
    /// From its start to its last event, waiting for people not counted.
    public var time: Duration
    public var checks: [Check]

    public init(_ events: [Event]) {
        let state = RunState(replaying: events)
        run = state.start?.run
        pipeline = state.pipeline?.name ?? ""
        status = state.status
        if case .finished(_, let reason) = state.phase { self.reason = reason } else { reason = "" }
        iterations = state.iteration
        spent = state.spent
        time = state.elapsed(at: state.updatedAt)
        (models, replies, calls, checks) = ([], 0, 0, [])
        for event in events { take(event.payload) }
    }

    private mutating func take(_ payload: Event.Payload) {
        switch payload {
        case .modelRequested(let intent): if !models.contains(intent.model) { models.append(intent.model) }
        case .modelReplied: replies += 1
        case .callProposed: calls += 1
        case .checkFinished(let name, let result): checks.append(Check(name: name, result: result))
        default: break
        }
    }
}
