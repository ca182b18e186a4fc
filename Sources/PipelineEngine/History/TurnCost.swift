public import PipelineKit

/// What one reply of the model used, and what the run had spent once it was there.
public struct TurnCost: Sendable, Hashable {
    /// From 1, over the whole run.
    public var turn: Int
    public var iteration: Int
    /// When the reply was recorded.
    public var at: Instant
    public var usage: Usage
    /// Of the run up to here: replies, and what attempts without a reply may have used.
    public var spent: Spending

    public init(turn: Int, iteration: Int, at: Instant, usage: Usage, spent: Spending) {
        self.turn = turn
        self.iteration = iteration
        self.at = at
        self.usage = usage
        self.spent = spent
    }

    /// One for each reply of a history, in order.
    public static func all(in events: some Sequence<Event>) -> [TurnCost] {
        var spent = Spending()
        return CostLedger(events).entries.compactMap { entry in
            spent.add(entry.spent)
            guard !entry.isJudge else { return nil }
            return entry.usage.map {
                TurnCost(turn: entry.turn, iteration: entry.iteration, at: entry.at, usage: $0, spent: spent)
            }
        }
    }
}
