import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// The standard loop, as a function of its history.
struct LoopTests {
    static let pipeline: JSONValue = ["name": "p", "goal": "command", "model": "scripted/x"]
    static let no = CheckResult(.failed, "1 of 2 tests fails.")
    static let yes = CheckResult(.passed, "All 2 tests pass.")

    let opened = RunState.given([.started(pipeline), .opened])
    let asking = RunState.given([.started(pipeline), .opened] + Event.Payload.checked(0, no))

    @Test func aRunBeginsWithItsWorkspace() {
        #expect(RunState.given([.started(Self.pipeline)]).effects == [.openWorkspace])
    }

    @Test func theGoalIsJudgedBeforeTheModelIsAsked() {
        #expect(opened.effects == [.check(CheckName(iteration: 0))])
    }

    @Test func aGoalThatHoldsAlreadyEndsTheRunBeforeATokenIsSpent() throws {
        let state = opened.after([.checkStarted(CheckName(iteration: 0), snapshot: "s0")])
        let events = try state.when(.finishCheck(CheckName(iteration: 0), Self.yes))
        #expect(events.last == .runFinished(.achieved, reason: "All 2 tests pass."))
        #expect(state.after(events).status == .achieved)
        #expect(state.after(events).effects.isEmpty)
    }

    @Test func aGoalThatMustFailFirstAndDoesNotEndsTheRun() throws {
        let goal: JSONValue = ["gate": "command", "must_fail_first": true]
        let state = RunState.given([.started(["name": "p", "goal": goal]), .opened])
            .after([.checkStarted(CheckName(iteration: 0), snapshot: "s0")])
        let events = try state.when(.finishCheck(CheckName(iteration: 0), Self.yes))
        let reason =
            "The goal holds before any work, and 'must_fail_first' asks for one that does not: All 2 tests pass."
        #expect(events.last == .runFinished(.notAchieved, reason: reason))
    }

    @Test func aFailedCheckIsToldToTheModel() {
        #expect(asking.effects == [.ask(turn: 1, attempt: 1, notBefore: nil)])
        #expect(asking.messages == [.user("The goal does not hold yet. 1 of 2 tests fails.")])
    }

    @Test func theModelIsToldWhichChangesDidNotCount() {
        var result = Self.no
        result.refused = [FileChange(.modified, "tests/test_a.py")]
        result.failing = [TestCase("tests/test_a.py::test_x", .failed, "assert 1 == 2")]
        let state = asking.after(Event.Payload.replied(1, "done") + Event.Payload.checked(1, result))
        let words = """
            The goal does not hold after iteration 1 of 20. 1 of 2 tests fails.

            These changes did not count, because the goal protects the files:
            - tests/test_a.py (modified)

            tests/test_a.py::test_x: failed
            assert 1 == 2

            """
        #expect(state.messages.last == .user(words))
    }

    @Test func aReplyWithoutCallsIsJudged() {
        let state = asking.after([.iterationStarted(1)] + Event.Payload.replied(1, "done"))
        #expect(state.effects == [.check(CheckName(iteration: 1))])
    }

    @Test func theFirstTurnOfAnIterationSaysSo() throws {
        let intent = ModelIntent(turn: 1, attempt: 1, model: "m", reserved: Spending(tokens: 9), request: Chain.start)
        #expect(try asking.when(.beginTurn(intent)) == [.iterationStarted(1), .modelRequested(intent)])
    }

    @Test func theLastIterationEndsTheRun() throws {
        let pipeline: JSONValue = ["name": "p", "goal": "command", "limits": ["iterations": 1]]
        let state = RunState.given([.started(pipeline), .opened] + Event.Payload.checked(0, Self.no))
            .after([.iterationStarted(1)] + Event.Payload.replied(1, "done"))
            .after([.checkStarted(CheckName(iteration: 1), snapshot: "s1")])
        let events = try state.when(.finishCheck(CheckName(iteration: 1), Self.no))
        let reason = "The goal does not hold after 1 iteration. 1 of 2 tests fails."
        #expect(events.last == .runFinished(.notAchieved, reason: reason))
    }

    @Test func aGoalToConfirmIsJudgedAgainOnTheSameTree() throws {
        let goal: JSONValue = ["gate": "command", "confirm": 2]
        let state = RunState.given(
            [.started(["name": "p", "goal": goal]), .opened] + Event.Payload.checked(0, Self.yes)
        )
        let second = CheckName(iteration: 0, round: 2)
        #expect(state.effects == [.check(second)])
        let again = state.after([.checkStarted(second, snapshot: "s0")])
        let flaky = CheckResult(.flaky, "Two checks of the same tree disagree.")
        #expect(try again.when(.finishCheck(second, flaky)) == [.checkFinished(second, flaky)])
        #expect(
            try again.when(.finishCheck(second, Self.yes)).last == .runFinished(.achieved, reason: "All 2 tests pass.")
        )
    }

    @Test func aGateThatCannotAnswerAtTheStartEndsTheRun() throws {
        let state = opened.after([.checkStarted(CheckName(iteration: 0), snapshot: "s0")])
        let failure = Failure(.missing, "pytest is not installed.")
        let events = try state.when(.finishCheck(CheckName(iteration: 0), CheckResult(unanswered: failure)))
        #expect(events.last == .runFinished(.failed, reason: "The goal could not be checked. pytest is not installed."))
    }

    @Test func aCheckThatTimesOutAfterWorkIsToldToTheModel() throws {
        let name = CheckName(iteration: 1)
        let state = asking.after([.iterationStarted(1)] + Event.Payload.replied(1, "done"))
            .after([.checkStarted(name, snapshot: "s1")])
        let result = CheckResult(unanswered: Failure(.timedOut, "'pytest' was killed after 2m."))
        let events = try state.when(.finishCheck(name, result))
        #expect(events == [.checkFinished(name, result)])
        #expect(state.after(events).effects == [.ask(turn: 2, attempt: 1, notBefore: nil)])
    }

    @Test func aReplyThatWasCutGoesOn() {
        let intent = ModelIntent(turn: 1, attempt: 1, model: "m", reserved: Spending(tokens: 9), request: Chain.start)
        let reply = RecordedReply(turn: 1, text: "I wi", usage: Usage(), cost: nil, stop: .length)
        let state = asking.after([.iterationStarted(1), .modelRequested(intent), .modelReplied(reply)])
        #expect(state.effects == [.ask(turn: 2, attempt: 1, notBefore: nil)])
        let words = "Your reply was cut at its length limit. Go on where it stopped, in smaller steps."
        #expect(state.messages.last == .user(words))
    }

    @Test func anIterationOfTooManyTurnsIsJudgedAnyway() {
        let pipeline: JSONValue = ["name": "p", "goal": "command", "limits": ["turns": 1]]
        let call = ProposedCall("1.1", "file_read", reach: [.reads])
        let state = RunState.given([.started(pipeline), .opened] + Event.Payload.checked(0, Self.no))
            .after([.iterationStarted(1)] + Event.Payload.replied(1, ""))
            .after([.callProposed(call), .callFinished("1.1", RecordedOutput(text: "x"))])
        #expect(state.effects == [.check(CheckName(iteration: 1))])
    }

    @Test func aFinishedRunTakesNoMoreOrders() {
        let state = asking.after([.runFinished(.aborted, reason: "Enough.")])
        #expect(throws: Refusal.alreadyFinished(.aborted)) { try state.when(.cancel(by: "ada", reason: "")) }
        #expect(Refusal.alreadyFinished(.notAchieved).description == "The run has ended already: not achieved.")
    }

    @Test func aRunThatEndedWithoutItsGoalCanBeTakenUpAgain() throws {
        let ended = asking.after([.runFinished(.notAchieved, reason: "Out of iterations.")])
        let again = ended.after(try ended.when(.reopen(by: "ada")))
        #expect(again.effects == [.ask(turn: 1, attempt: 1, notBefore: nil)])
        let achieved = asking.after([.runFinished(.achieved, reason: "Done.")])
        #expect(throws: Refusal.goalHeld) { try achieved.when(.reopen(by: "ada")) }
    }

    @Test func whatCouldNotBeJudgedAtTheStartIsJudgedAgainBeforeAnythingIsSpent() throws {
        let missing = CheckResult(unanswered: Failure(.missing, "pytest is not installed."))
        let ended = opened.after(Event.Payload.checked(0, missing)).after([.runFinished(.failed, reason: "No pytest.")])
        let again = ended.after(try ended.when(.reopen(by: "ada")))
        #expect(again.effects == [.check(CheckName(iteration: 0))])
        #expect(again.after(Event.Payload.checked(0, Self.no)).effects == [.ask(turn: 1, attempt: 1, notBefore: nil)])
    }

    @Test func callsThatWereOpenWhenARunEndedAreAnsweredWhenItGoesOn() throws {
        let call = ProposedCall("1.1", "bash_exec", reach: [.runs])
        let ended = asking.after([.iterationStarted(1)] + Event.Payload.replied(1, ""))
            .after([.callProposed(call), .callStarted("1.1"), .runFinished(.aborted, reason: "Enough.")])
        let again = ended.after([.runReopened(by: "ada")])
        #expect(again.effects == [.ask(turn: 2, attempt: 1, notBefore: nil)])
        let text = "The run ended before the call was carried out."
        #expect(again.messages.last == .tool(call: "service-1.1", name: "bash_exec", text: text, isError: true))
    }
}
