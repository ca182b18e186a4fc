import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// Limits bind: the worst case of a call is counted before it is made.
struct LimitTests {
    private func asking(_ limits: JSONValue, spent: [Event.Payload] = []) -> RunState {
        let pipeline: JSONValue = ["name": "p", "goal": "command", "limits": limits]
        return RunState.given([.started(pipeline), .opened] + Event.Payload.checked(0, LoopTests.no)).after(spent)
    }

    private func intent(_ tokens: Int, _ cost: Money? = nil, turn: Int = 1, attempt: Int = 1) -> ModelIntent {
        let reserved = Spending(tokens: tokens, cost: cost)
        return ModelIntent(turn: turn, attempt: attempt, model: "m", reserved: reserved, request: Chain.start)
    }

    @Test func aCallThatMightPassTheLimitIsNotMade() throws {
        let state = asking(["tokens": "1k"])
        #expect(try state.when(.beginTurn(intent(1_000))).contains(.modelRequested(intent(1_000))))
        let events = try state.when(.beginTurn(intent(1_001)))
        guard case .approvalRequested(let approval) = events.first, events.count == 1 else { throw Refusal.outdated }
        #expect(approval.subject == .limit(.tokens))
        let words = "The run has used 0 of 1k tokens and the next reply may take 1001. Raise the limit to 2k tokens?"
        #expect(approval.question == words)
    }

    @Test func raisingALimitGoesOnAndRefusingEndsTheRun() throws {
        let state = asking(["cost": "1.00 USD"])
        let parked = state.after(try state.when(.beginTurn(intent(10, .usd(1.5)))))
        #expect(parked.status == .waiting)
        let yes = parked.after(try parked.when(.resolve("a1", Resolution(.approved, by: "ada"), shown: nil)))
        #expect(yes.limits.cost == .usd(2))
        #expect(try yes.when(.beginTurn(intent(10, .usd(1.5)))).last == .modelRequested(intent(10, .usd(1.5))))
        let no = try parked.when(.resolve("a1", Resolution(.rejected, by: "ada"), shown: nil))
        #expect(no.last == .runFinished(.notAchieved, reason: "ada did not raise the limit 'cost'."))
    }

    @Test func anUnknownPriceIsNotZero() throws {
        let events = try asking(["cost": "1.00 USD"]).when(.beginTurn(intent(10)))
        let reason = "The price of the model is not known, so the limit of 1.00 USD cannot be kept."
        #expect(events == [.runFinished(.failed, reason: reason)])
    }

    @Test func theRealCostSettlesTheReservation() throws {
        let reply = RecordedReply(
            turn: 1,
            text: "",
            usage: Usage(input: 10, output: 5),
            cost: .usd(0.1),
            stop: .finished
        )
        let state = asking(["cost": "1.00 USD"], spent: [.iterationStarted(1), .modelRequested(intent(10, .usd(0.9)))])
            .after([.modelReplied(reply)] + Event.Payload.checked(1, LoopTests.no))
        #expect(state.spent == Spending(tokens: 15, cost: .usd(0.1)))
        #expect(
            try state.when(.beginTurn(intent(10, .usd(0.9), turn: 2))).contains(
                .modelRequested(intent(10, .usd(0.9), turn: 2))
            )
        )
    }

    @Test func anAttemptThatMayHaveCostIsCountedInFull() {
        let failure = Failure(.unavailable, "The stream was cut.", mayHaveCost: true)
        let state = asking([:], spent: [.iterationStarted(1), .modelRequested(intent(10, .usd(0.9)))])
            .after([.modelFailed(turn: 1, attempt: 1, failure, retryAt: .start)])
        #expect(state.spent == Spending(tokens: 10, cost: .usd(0.9)))
        #expect(state.effects == [.ask(turn: 1, attempt: 2, notBefore: .start)])
    }

    @Test func aQuestionThatWasOpenWhenTheProcessDiedIsCountedAndAskedAgain() throws {
        let state = asking([:], spent: [.iterationStarted(1), .modelRequested(intent(10, .usd(0.9)))])
        #expect(state.effects == [.ask(turn: 1, attempt: 1, notBefore: nil)])
        let events = try state.when(.beginTurn(intent(10, .usd(0.9))))
        guard case .modelFailed(1, 1, let failure, .some) = events.first else { throw Refusal.outdated }
        #expect(failure.message == "The process that asked ended before the answer came.")
        #expect(state.after(events).spent.cost == .usd(0.9))
    }

    /// An effect that changed its name while it is under way would be started twice.
    @Test func anAttemptUnderWayIsTheWorkThatWasWaitedFor() {
        let failed = asking([:], spent: [.iterationStarted(1), .modelRequested(intent(10))])
            .after([.modelFailed(turn: 1, attempt: 1, Failure(.unavailable, "No connection."), retryAt: .start)])
        #expect(RunSummary(failed, run: "r1").wakeAt == .start)
        var second = intent(10)
        second.attempt = 2
        let asked = failed.after([.modelRequested(second)])
        #expect(asked.effects == failed.effects)
        #expect(RunSummary(asked, run: "r1").wakeAt == nil)
    }

    @Test func aRunThatIsTakenUpAgainHasAllItsAttempts() {
        let failed = asking([:], spent: [.iterationStarted(1), .modelRequested(intent(10))])
            .after([.modelFailed(turn: 1, attempt: 1, Failure(.missing, "No key."), retryAt: nil)])
        let reopened = failed.after([.runFinished(.failed, reason: "No key."), .runReopened(by: "ada")])
        #expect(reopened.effects == [.ask(turn: 1, attempt: 1, notBefore: nil)])
    }

    @Test func theClockOfTheWallParksTheRun() throws {
        let events = try asking(["wall": "1m"]).when(.beginTurn(intent(10)), later: .seconds(120))
        guard case .approvalRequested(let approval) = events.first else { throw Refusal.outdated }
        #expect(approval.question == "The run has used 2m4s of 1m. Raise the limit to 2m?")
    }

    @Test func aFailureThatCannotBeMendedEndsTheRun() throws {
        let state = asking([:], spent: [.iterationStarted(1), .modelRequested(intent(10))])
        let failure = Failure(.missing, "OPENAI_API_KEY is not set.")
        let events = try state.when(.failTurn(1, attempt: 1, failure, retryAt: nil))
        #expect(events.last == .runFinished(.failed, reason: "OPENAI_API_KEY is not set."))
    }

    // MARK: - Shorter replies

    /// What is asked of a run with these limits, and what is reserved for it.
    private func question(_ limits: JSONValue, price: String = "1.00 USD") throws -> (reply: Int, reserved: Spending) {
        let pipeline: JSONValue = [
            "name": "p", "goal": "content", "model": "notes/x", "tools": ["look"], "limits": limits,
            "providers": ["notes": ["price": .string(price)]],
        ]
        var state = RunState.given([.started(pipeline), .opened] + Event.Payload.checked(0, LoopTests.no))
        let question = Question(1, 1, &state, try Briefing(state, Bench.registry))
        return (question.request.maximumOutput, question.intent.reserved)
    }

    @Test func aReplyIsCutDownToWhatTheMoneyAllows() throws {
        let full = try question([:])
        #expect(full.reply == 16_000)
        let input = full.reserved.tokens - 16_000
        let limit = try #require(full.reserved.cost) - .usd(0.01)
        let short = try question(["cost": .string("\(limit)")])
        #expect(short.reply == 6_000)  // a dollar a million: a cent less is 10,000 tokens less
        #expect(short.reserved == Spending(tokens: input + 6_000, cost: limit))
    }

    @Test func aReplyIsCutDownToTheTokensThatAreLeft() throws {
        let input = try question([:]).reserved.tokens - 16_000
        let short = try question(["tokens": .string("\(input + 2_500)")])
        #expect(short.reply == 2_500)
        #expect(short.reserved.tokens == input + 2_500)
    }

    @Test func aReplyTooShortToSayAnythingIsForAPersonToDecide() throws {
        let input = try question([:]).reserved.tokens - 16_000
        #expect(try question(["tokens": .string("\(input + 1_999)")]).reply == 16_000)
        #expect(try question(["tokens": .string("\(input + 900)"), "reply": "1k"]).reply == 1_000)
    }

    @Test func aPriceThatNobodyKnowsMayBeAllowed() throws {
        let state = asking(["cost": "1.00 USD", "allow_unknown_price": true])
        #expect(try state.when(.beginTurn(intent(10))).last == .modelRequested(intent(10)))
    }
}
