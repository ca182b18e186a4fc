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
        var state = RunState()
        var costs: [TurnCost] = []
        for event in events {
            state.apply(event)
            guard case .modelReplied(let reply) = event.payload else { continue }
            costs.append(
                TurnCost(
                    turn: reply.turn,
                    iteration: state.iteration,
                    at: event.at,
                    usage: reply.usage,
                    spent: state.spent
                )
            )
        }
        return costs
    }
}
