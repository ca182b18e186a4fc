public import PipelineKit

/// Who has won a race, and what was known of each when that was decided.
public struct RaceDecision: Sendable, Hashable {
    public struct Entrant: Sendable, Hashable {
        public var run: RunID
        /// `provider/model`.
        public var model: String
        public var status: RunStatus
        public var spent: Spending

        public init(run: RunID, model: String, status: RunStatus, spent: Spending) {
            self.run = run
            self.model = model
            self.status = status
            self.spent = spent
        }
    }

    public var rule: Race.Rule
    /// `nil` when nobody held the goal.
    public var winner: RunID?
    /// In the order of the pipeline.
    public var entrants: [Entrant]

    public init(rule: Race.Rule, winner: RunID?, entrants: [Entrant]) {
        self.rule = rule
        self.winner = winner
        self.entrants = entrants
    }
}

extension RaceDecision {
    /// `openai/gpt-5.2 was the first of 3 to hold the goal, in run r1-1-1-2.`
    public var words: String {
        guard let winner, let entrant = entrants.first(where: { $0.run == winner }) else {
            return "None of \(entrants.count) models held the goal."
        }
        let how = rule == .first ? "first" : "cheapest"
        return "\(entrant.model) was the \(how) of \(entrants.count) to hold the goal, in run \(winner)."
    }

    var body: [String: JSONValue] {
        ["rule": .string(rule.rawValue), "entrants": .array(entrants.map(\.body))]
            .adding(["winner": winner.map { .string($0.value) }])
    }

    init?(_ body: EventBody) {
        guard let rule: Race.Rule = body.word("rule") else { return nil }
        let entrants = body.list("entrants").map(Entrant.init)
        guard entrants.allSatisfy({ $0 != nil }) else { return nil }
        self.init(rule: rule, winner: body.id("winner"), entrants: entrants.compactMap(\.self))
    }
}

extension RaceDecision.Entrant {
    fileprivate var body: JSONValue {
        .object(
            [
                "run": .string(run.value), "model": .string(model), "status": .string(status.rawValue),
                "tokens": .int(spent.tokens),
            ].adding(["cost": spent.cost?.json])
        )
    }

    fileprivate init?(_ body: EventBody) {
        guard let run: RunID = body.id("run"), let model = body.text("model"),
            let status: RunStatus = body.word("status"), let tokens = body.integer("tokens")
        else { return nil }
        self.init(run: run, model: model, status: status, spent: Spending(tokens: tokens, cost: body.money("cost")))
    }
}
