public import PipelineKit

/// Two runs beside each other: what came of each, and where they part.
public struct RunComparison: Sendable, Hashable {
    /// The first of two lists that differs: what the one has there, and what the other; `nil` for the one that is over.
    public struct Parting: Sendable, Hashable {
        public var left: RunDeeds.Deed?
        public var right: RunDeeds.Deed?

        init?(_ left: [RunDeeds.Deed], _ right: [RunDeeds.Deed]) {
            let count = zip(left, right).prefix { $0.isLike($1) }.count
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

    /// Runs that worked for one of them and cannot be read: what they did is not compared.
    public let missing: [RunTree.Missing]

    /// - Parameters:
    ///   - left: A whole history, as `right` is.
    public init(_ left: RunTree, _ right: RunTree) {
        missing = left.missing + right.missing.filter { !left.missing.contains($0) }
        (self.left, self.right) = (RunOutcome(left), RunOutcome(right))
        let deeds = (RunDeeds(left), RunDeeds(right))
        otherWords = Parting(deeds.0.said, deeds.1.said)
        otherDeeds = Parting(deeds.0.done, deeds.1.done)
    }
}

/// What came of a run, and what it took, with all runs that worked for it.
public struct RunOutcome: Sendable, Hashable {
    public struct Check: Sendable, Hashable {
        public var name: CheckName
        public var result: CheckResult
    }

    public var run: RunID?
    public var pipeline: String
    /// Those that were asked, `provider/model`, in the order they were asked first; without those that judged.
    public var models: [String]
    /// Those that won its races, in the order of the races; `nil` for a race that nobody won.
    public var winners: [String?]
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
    /// Of the run itself.
    public var checks: [Check]

    public init(_ tree: RunTree) {
        let state = RunState(replaying: tree.events)
        run = state.start?.run
        pipeline = state.pipeline?.name ?? ""
        status = state.status
        if case .finished(_, let reason) = state.phase { self.reason = reason } else { reason = "" }
        iterations = state.iteration
        spent = state.spent
        time = state.elapsed(at: state.updatedAt)
        (models, winners, replies, calls, checks) = ([], [], 0, 0, [])
        for event in tree.events {
            if case .checkFinished(let name, let result) = event.payload {
                checks.append(Check(name: name, result: result))
            }
        }
        take(tree)
    }

    private mutating func take(_ tree: RunTree) {
        for entry in tree.entries {
            switch entry {
            case .event(let event): take(event.payload)
            case .branch(let branch):
                if !branch.isSettled { spent.add(RunState(replaying: branch.tree.events).spent) }
                take(branch.tree)
            }
        }
    }

    private mutating func take(_ payload: Event.Payload) {
        switch payload {
        case .modelRequested(let intent): if !models.contains(intent.model) { models.append(intent.model) }
        case .modelReplied: replies += 1
        case .callProposed: calls += 1
        case .raceDecided(_, let decision): winners.append(decision.winnersModel)
        default: break
        }
    }
}

extension RaceDecision {
    /// `nil` when nobody held the goal.
    var winnersModel: String? { entrants.first { $0.run == winner }?.model }
}
