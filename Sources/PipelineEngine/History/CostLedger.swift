public import PipelineKit

/// What a run has spent, one entry for each time it paid: replies, and attempts of which nobody knows whether they were
/// charged. The sum of the entries is what counts against the run's limits.
public struct CostLedger: Sendable, Hashable {
    public struct Entry: Sendable, Hashable {
        public var turn: Int
        public var attempt: Int
        public var iteration: Int
        public var at: Instant
        /// `provider/model`.
        public var model: String
        /// `nil` for an attempt that gave no reply: what was reserved counts then.
        public var usage: Usage?
        public var spent: Spending
    }

    public private(set) var entries: [Entry] = []

    public init(_ events: some Sequence<Event>) {
        var state = RunState()
        for event in events {
            let intent = state.intent
            state.apply(event)
            guard let intent, let entry = Self.entry(event, intent, state.iteration) else { continue }
            entries.append(entry)
        }
    }

    private static func entry(_ event: Event, _ intent: ModelIntent, _ iteration: Int) -> Entry? {
        let (usage, spent): (Usage?, Spending)
        switch event.payload {
        case .modelReplied(let reply):
            (usage, spent) = (reply.usage, Spending(tokens: reply.usage.total, cost: reply.cost))
        case .modelFailed(_, _, let failure, _) where failure.mayHaveCost: (usage, spent) = (nil, intent.reserved)
        default: return nil
        }
        return Entry(
            turn: intent.turn,
            attempt: intent.attempt,
            iteration: iteration,
            at: event.at,
            model: intent.model,
            usage: usage,
            spent: spent
        )
    }

    /// Entries put together.
    public struct Sum: Sendable, Hashable {
        public private(set) var replies = 0
        public private(set) var failed = 0
        /// Of the replies; what failed counted nothing.
        public private(set) var usage = Usage()
        public private(set) var spent = Spending()
        /// Entries whose price is not known, so that ``spent`` says less than it was.
        public private(set) var unpriced = 0

        public init() {}

        public init(_ entries: some Sequence<Entry>) {
            for entry in entries { add(entry) }
        }

        public mutating func add(_ entry: Entry) {
            if let used = entry.usage {
                replies += 1
                usage = usage + used
            } else {
                failed += 1
            }
            spent.add(entry.spent)
            if entry.spent.cost == nil { unpriced += 1 }
        }
    }
}
