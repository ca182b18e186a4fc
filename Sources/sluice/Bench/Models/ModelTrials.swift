import PipelineEngine
import PipelineKit

/// What came of the runs of one model.
struct ModelTrials: Sendable {
    let model: ModelChain
    private(set) var outcomes: [RunOutcome] = []

    init(_ model: ModelChain) { self.model = model }

    mutating func add(_ outcome: RunOutcome) { outcomes.append(outcome) }

    var achieved: Int { outcomes.count { $0.status == .achieved } }
    var iterations: Double { outcomes.map { Double($0.iterations) }.median }
    var replies: Double { outcomes.map { Double($0.replies) }.median }
    var tokens: Double { outcomes.map { Double($0.spent.tokens) }.median }
    var seconds: Double { outcomes.map { $0.time / .seconds(1) }.median }

    /// Of all its runs; `nil` when the cost of one is not known.
    var cost: Money? {
        outcomes.reduce(Money.zero as Money?) { sum, outcome in
            guard let sum, let cost = outcome.spent.cost else { return nil }
            return sum + cost
        }
    }

    /// What a run that reaches the goal costs, those counted in that did not: what a person pays for it in the end. `nil`
    /// when none did, or a price is not known.
    var costOfSuccess: Money? { achieved == 0 ? nil : cost.map { Money(nanodollars: $0.nanodollars / achieved) } }

    var json: JSONValue {
        [
            "model": .string(model.description), "runs": .array(outcomes.map(\.trial)), "achieved": .int(achieved),
            "median": [
                "iterations": .double(iterations), "replies": .double(replies), "tokens": .double(tokens),
                "seconds": .double(seconds),
            ],
            "cost": cost?.json ?? .null, "cost_of_success": costOfSuccess?.json ?? .null,
        ]
    }
}

extension RunOutcome {
    /// One run of a measurement.
    var trial: JSONValue {
        [
            "run": run.map { .string($0.value) } ?? .null, "status": .string(status.rawValue),
            "reason": .string(reason.shortened(to: 400)), "iterations": .int(iterations), "replies": .int(replies),
            "calls": .int(calls), "tokens": .int(spent.tokens), "cost": spent.cost?.json ?? .null,
            "seconds": .double(time / .seconds(1)),
        ]
    }
}

extension [Double] {
    /// Of none, 0.
    var median: Double {
        guard !isEmpty else { return 0 }
        let (all, half) = (sorted(), count / 2)
        return count.isMultiple(of: 2) ? (all[half - 1] + all[half]) / 2 : all[half]
    }
}
