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
        /// Whether a gate asked, and not the engine for the next turn.
        public var isJudge = false
        /// Whether it is all that an agent, or a step, has spent in runs of its own.
        public var isAgent = false
    }

    public private(set) var entries: [Entry] = []

    public init(_ events: some Sequence<Event>) {
        var reader = Reader()
        for event in events { if let entry = reader.take(event) { entries.append(entry) } }
    }

    /// Finds the entries of a history that comes event by event; whoever tells what a run has spent reads it with this.
    public struct Reader: Sendable {
        /// What the model is being asked.
        private var intent: ModelIntent?
        private var judge: JudgeIntent?
        private var iteration = 0
        private var agents: [CallID: RunID] = [:]

        public init() {}

        /// - Returns: the entry, when the event is one for which the run paid.
        public mutating func take(_ event: Event) -> Entry? {
            switch event.payload {
            case .iterationStarted(let number): iteration = number
            case .modelRequested(let asked): intent = asked
            case .modelReplied(let reply):
                return entry(event, reply.usage, Spending(tokens: reply.usage.total, cost: reply.cost))
            case .modelFailed(_, _, let failure, _):
                guard failure.mayHaveCost, let reserved = intent?.reserved else { return nil }
                return entry(event, nil, reserved)
            case .agentStarted(let call, let agent): agents[call] = agent.run
            case .agentFinished(let call, let spent):
                return agents[call].map { others(event, "run \($0)", spent) }
            case .stepFinished(let place, _, let spent):
                return spent == Spending() ? nil : others(event, "step \(place)", spent)
            case .judgeRequested(let asked): judge = asked
            case .judgeReplied(let reply):
                return judging(event, reply.usage, Spending(tokens: reply.usage.total, cost: reply.cost))
            case .judgeFailed(_, _, let failure):
                guard failure.mayHaveCost, let reserved = judge?.reserved else { return nil }
                return judging(event, nil, reserved)
            default: break
            }
            return nil
        }

        private func judging(_ event: Event, _ usage: Usage?, _ spent: Spending) -> Entry? {
            judge.map {
                Entry(
                    turn: $0.number,
                    attempt: $0.attempt,
                    iteration: $0.check.iteration,
                    at: event.at,
                    model: $0.model,
                    usage: usage,
                    spent: spent,
                    isJudge: true
                )
            }
        }

        /// What another run has spent for this one.
        private func others(_ event: Event, _ name: String, _ spent: Spending) -> Entry {
            Entry(
                turn: intent?.turn ?? 0,
                attempt: 1,
                iteration: iteration,
                at: event.at,
                model: name,
                spent: spent,
                isAgent: true
            )
        }

        private func entry(_ event: Event, _ usage: Usage?, _ spent: Spending) -> Entry? {
            intent.map {
                Entry(
                    turn: $0.turn,
                    attempt: $0.attempt,
                    iteration: iteration,
                    at: event.at,
                    model: $0.model,
                    usage: usage,
                    spent: spent
                )
            }
        }
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
            if entry.isAgent {
            } else if let used = entry.usage {
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
