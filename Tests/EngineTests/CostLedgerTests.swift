import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// What a run has spent, entry by entry, adds up to what counts against its limits.
struct CostLedgerTests {
    private static func intent(_ turn: Int, _ attempt: Int = 1, model: String = "v/a") -> Event.Payload {
        let reserved = Spending(tokens: 100, cost: .usd(0.5))
        return .modelRequested(
            ModelIntent(turn: turn, attempt: attempt, model: model, reserved: reserved, request: Chain.start)
        )
    }

    private static func reply(_ turn: Int, _ usage: Usage, _ cost: Money?) -> Event.Payload {
        .modelReplied(RecordedReply(turn: turn, text: "", usage: usage, cost: cost, stop: .length))
    }

    private static let payloads: [Event.Payload] =
        [.started(["name": "p", "goal": "command"]), .opened]
        + Event.Payload.checked(0, LoopTests.no) + [
            .iterationStarted(1), intent(1),
            reply(1, Usage(input: 10, cached: 4, output: 5), .usd(0.1)),
            intent(2),
            .modelFailed(turn: 2, attempt: 1, Failure(.unavailable, "Cut.", mayHaveCost: true), retryAt: .start),
            intent(2, 2),
            .modelFailed(turn: 2, attempt: 2, Failure(.rateLimited, "Later."), retryAt: .start),
            intent(2, 3, model: "w/b"), reply(2, Usage(input: 20, output: 1), nil),
        ]

    private static var events: [Event] {
        payloads.enumerated().map { Event(sequence: $0 + 1, at: .start, payload: $1, digest: Chain.start) }
    }

    @Test func eachTimeItPaidIsAnEntry() {
        let entries = CostLedger(Self.events).entries
        #expect(entries.map(\.turn) == [1, 2, 2])
        #expect(entries.map(\.attempt) == [1, 1, 3])
        #expect(entries.map(\.model) == ["v/a", "v/a", "w/b"])
        #expect(entries.map(\.iteration) == [1, 1, 1])
        #expect(entries.map(\.usage) == [Usage(input: 10, cached: 4, output: 5), nil, Usage(input: 20, output: 1)])
        #expect(
            entries.map(\.spent) == [
                Spending(tokens: 15, cost: .usd(0.1)), Spending(tokens: 100, cost: .usd(0.5)), Spending(tokens: 21),
            ]
        )
    }

    @Test func theSumIsWhatTheRunHasSpent() {
        let sum = CostLedger.Sum(CostLedger(Self.events).entries)
        #expect(sum.spent == RunState(replaying: Self.events).spent)
        #expect((sum.replies, sum.failed, sum.unpriced) == (2, 1, 1))
        #expect(sum.usage == Usage(input: 30, cached: 4, output: 6))
    }

    /// A service may count what it likes: the numbers stop at the largest, and nothing traps.
    @Test func tokensThatAServiceInventsDoNotTrap() throws {
        let endless = Usage(input: .max, output: .max)
        let history = Self.payloads + [Self.intent(3), Self.reply(3, endless, .usd(1)), Self.intent(4)]
        let state = RunState.given(history + [Self.reply(4, endless, .usd(1))])
        #expect(state.spent.tokens == .max)
        let intent = ModelIntent(turn: 5, attempt: 1, model: "m", reserved: Spending(tokens: 9), request: Chain.start)
        var limited = Limits()
        limited.tokens = TokenCount(5)
        let parked = state.after([.limitsChanged(limited, by: "ada")])
        guard case .approvalRequested(let approval)? = try parked.when(.beginTurn(intent)).first else {
            throw Refusal.outdated
        }
        #expect(approval.subject == .limit(.tokens))
    }
}
