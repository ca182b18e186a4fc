import PipelineKit

/// The files that scored most so far, of a goal that seeks the best.
public struct BestScore: Sendable, Hashable {
    /// After which iteration; 0 for the start.
    public var iteration: Int
    /// From 0 to 1.
    public var score: Double

    public init(iteration: Int, score: Double) {
        self.iteration = iteration
        self.score = score
    }

    /// The better of the two; the earlier where they score the same.
    func or(_ name: CheckName, _ result: CheckResult) -> BestScore {
        BestScore(name, result).flatMap { $0.score > score ? $0 : nil } ?? self
    }

    /// - Returns: `nil` for a check whose files cannot be the best: it has no score that counts.
    init?(_ name: CheckName, _ result: CheckResult) {
        guard let score = result.score, result.outcome != .unanswered else { return nil }
        self.init(iteration: name.iteration, score: score)
    }

    /// `0.82`, to four digits.
    static func written(_ score: Double) -> String { "\((score * 10_000).rounded() / 10_000)" }
}

/// What a run that seeks the best ends with.
public struct BestChoice: Sendable, Hashable {
    public var best: BestScore
    /// What the run ends as when the files are those of then.
    public var status: RunStatus
    public var reason: String

    public init(_ best: BestScore, _ status: RunStatus, reason: String) {
        self.best = best
        self.status = status
        self.reason = reason
    }
}

extension BestChoice {
    var body: [String: JSONValue] {
        [
            "iteration": .int(best.iteration), "score": .double(best.score), "status": .string(status.rawValue),
            "reason": .string(reason),
        ]
    }

    init?(_ body: EventBody) {
        guard let iteration = body.integer("iteration"), let score = body.number("score"),
            let status: RunStatus = body.word("status"), let reason = body.text("reason")
        else { return nil }
        self.init(BestScore(iteration: iteration, score: score), status, reason: reason)
    }
}

extension RunFacts {
    /// The best files, once this check counts too.
    func best(with name: CheckName, _ result: CheckResult) -> BestScore? {
        guard goal?.judge.seeksBest == true else { return nil }
        return best?.or(name, result) ?? BestScore(name, result)
    }
}

extension Decider {
    /// The end of a run by which nothing more is tried: with the best files, where the goal seeks them.
    ///
    /// - Parameter best: Of all checks, the last one too.
    func end(with other: Event.Payload, _ best: BestScore?) -> [Event.Payload] {
        guard let best else { return [other] }
        return [.bestChosen(choice(best))]
    }

    private func choice(_ best: BestScore) -> BestChoice {
        let score = BestScore.written(best.score)
        guard best.iteration > 0 else {
            return BestChoice(best, .notAchieved, reason: "No iteration scored more than the start: \(score).")
        }
        let start = state.baseline?.score.map { "it was \(BestScore.written($0)) at the start" }
        let before = start ?? "the start had none that counts"
        let reason = "The best score is \(score), after iteration \(best.iteration); \(before)."
        return BestChoice(best, .achieved, reason: reason)
    }

    /// The files are those of the best iteration by now.
    func keepBest() throws(Refusal) -> [Event.Payload] {
        guard case .keeping(let choice) = state.phase, let kept = state.snapshots[choice.best.iteration] else {
            throw .outdated
        }
        let end = Event.Payload.runFinished(choice.status, reason: choice.reason)
        // Where nobody looked after a call that writes, they may not have been what they were last seen as.
        guard let last = state.lastSnapshot, last != kept || !state.filesAreKnown else { return [end] }
        let back = Rollback(iteration: choice.best.iteration, snapshot: kept, replaced: last, by: "the goal")
        return [.rolledBack(back), end]
    }
}
