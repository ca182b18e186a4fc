import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// A run waits for a person as data, not as a suspended task.
struct ApprovalTests {
    static let shown = Digest(of: Array("rm -rf build".utf8))
    static let call = ProposedCall("1.1", "bash_exec", ["command": "rm -rf build"], reach: [.runs])
    static let approval = Approval(
        id: "a1",
        subject: .call("1.1"),
        question: "Let the model call bash_exec?",
        shown: shown
    )
    let waiting = RunState.given([.started(LoopTests.pipeline), .opened] + Event.Payload.checked(0, LoopTests.no))
        .after([.iterationStarted(1)] + Event.Payload.replied(1, ""))
        .after([.callProposed(call), .approvalRequested(approval)])

    @Test func anApprovalReleasesTheCall() throws {
        let answer = Resolution(.approved, by: "ada")
        let events = try waiting.when(.resolve("a1", answer, shown: Self.shown))
        #expect(events == [.approvalResolved("a1", answer)])
        #expect(waiting.after(events).effects == [.call("1.1")])
    }

    @Test func aRejectionTellsTheModelWhy() throws {
        let events = try waiting.when(
            .resolve("a1", Resolution(.rejected, by: "ada", message: "Use make clean."), shown: nil)
        )
        #expect(events.last == .callRefused("1.1", reason: "ada did not allow the call. They say: Use make clean."))
        #expect(waiting.after(events).messages.last == .user("ada says: Use make clean."))
    }

    @Test func aSecondAnswerIsRefusedAndToldTheFirst() throws {
        let answer = Resolution(.approved, by: "ada")
        let answered = waiting.after(try waiting.when(.resolve("a1", answer, shown: nil)))
        let refusal = Refusal.alreadyResolved("a1", answer)
        #expect(throws: refusal) { try answered.when(.resolve("a1", Resolution(.rejected, by: "bob"), shown: nil)) }
        #expect(refusal.description == "Approval 'a1' was already approved by ada.")
    }

    @Test func aSecondAnswerIsToldTheFirstThoughTheRunHasEndedMeanwhile() throws {
        let answer = Resolution(.approved, by: "ada")
        let second = RunCommand.resolve("a1", Resolution(.rejected, by: "bob"), shown: nil)
        let end = Event.Payload.runFinished(.aborted, reason: "Cancelled by ada.")
        let answered = waiting.after(try waiting.when(.resolve("a1", answer, shown: nil))).after([end])
        #expect(throws: Refusal.alreadyResolved("a1", answer)) { try answered.when(second) }
        #expect(throws: Refusal.alreadyFinished(.aborted)) { try waiting.after([end]).when(second) }
    }

    @Test func anAnswerToSomethingElseThanIsAskedIsRefused() {
        let other = Digest(of: Array("rm -rf /".utf8))
        let refusal = Refusal.shownDiffers("a1")
        #expect(throws: refusal) { try waiting.when(.resolve("a1", Resolution(.approved, by: "ada"), shown: other)) }
        let words = "Approval 'a1' is for something else than was shown. Look at it again before you answer."
        #expect(refusal.description == words)
    }

    @Test func aCallThatWasChangedAfterItWasApprovedIsNotCarriedOut() throws {
        let approved = waiting.after([.approvalResolved("a1", Resolution(.approved, by: "ada"))])
        let other = Digest(of: Array("rm -rf /".utf8))
        let reason = "The call is not what was approved: it was changed after it was shown."
        #expect(try approved.when(.beginCall("1.1", shown: other)) == [.callRefused("1.1", reason: reason)])
        #expect(try approved.when(.beginCall("1.1", shown: Self.shown)) == [.callStarted("1.1")])
    }

    @Test func aDeadlineCountsAsItsFallback() throws {
        var approval = Self.approval
        approval.id = "a2"
        approval.subject = .call("1.2")
        approval.deadline = .start + .seconds(3600)
        approval.onDeadline = .abort
        let call = ProposedCall("1.2", "bash_exec", reach: [.runs])
        let state = waiting.after([
            .callRefused("1.1", reason: "no"), .approvalResolved("a1", Resolution(.rejected, by: "ada")),
        ])
        .after(
            [.iterationStarted(2)] + Event.Payload.replied(2, "") + [.callProposed(call), .approvalRequested(approval)]
        )
        #expect(throws: Refusal.notExpired("a2")) { try state.when(.expire("a2")) }
        let events = try state.when(.expire("a2"), later: .seconds(3600))
        let reason = "Nobody answered 'a2' in time: Let the model call bash_exec?"
        #expect(events.last == .runFinished(.aborted, reason: reason))
    }

    @Test func anUnknownApprovalIsNamed() {
        #expect(throws: Refusal.unknownApproval("a9")) {
            try waiting.when(.resolve("a9", Resolution(.approved, by: "ada"), shown: nil))
        }
    }

    @Test func timeSpentWaitingForAPersonIsNotTheRuns() throws {
        let before = waiting.elapsed(at: waiting.updatedAt)
        #expect(waiting.elapsed(at: waiting.updatedAt + .seconds(86_400)) == before)
    }

    // MARK: - After a check

    private func asked(_ result: CheckResult, gate: JSONValue = "after_check") throws -> RunState {
        let pipeline: JSONValue = ["name": "p", "goal": "command", "human": ["gate": gate]]
        let name = CheckName(iteration: 1)
        let state = RunState.given([.started(pipeline), .opened] + Event.Payload.checked(0, LoopTests.no))
            .after([.iterationStarted(1)] + Event.Payload.replied(1, "done") + [.checkStarted(name, snapshot: "s1")])
        return state.after(try state.when(.finishCheck(name, result)))
    }

    @Test func aPersonMayEndARunWhoseGoalHolds() throws {
        let state = try asked(LoopTests.yes)
        #expect(state.status == .waiting)
        #expect(state.pendingApprovals[0].approval.question == "The goal holds. End the run? All 2 tests pass.")
        let yes = try state.when(.resolve("a1", Resolution(.approved, by: "ada"), shown: nil))
        #expect(yes.last == .runFinished(.achieved, reason: "All 2 tests pass."))
        let no = try state.when(.resolve("a1", Resolution(.rejected, by: "ada"), shown: nil))
        #expect(no.last == .runFinished(.aborted, reason: "Aborted by ada."))
    }

    @Test func aPersonMaySayWhatIsStillMissing() throws {
        let state = try asked(LoopTests.yes)
        let events = try state.when(
            .resolve("a1", Resolution(.rejected, by: "ada", message: "Add a docstring."), shown: nil)
        )
        let next = state.after(events)
        #expect(next.effects == [.ask(turn: 2, attempt: 1, notBefore: nil)])
        #expect(next.messages.last == .user("ada says: Add a docstring."))
    }

    @Test func aPersonMayLetARunGoOnOrEndIt() throws {
        let state = try asked(LoopTests.no)
        let yes = state.after(try state.when(.resolve("a1", Resolution(.approved, by: "ada"), shown: nil)))
        #expect(yes.effects == [.ask(turn: 2, attempt: 1, notBefore: nil)])
        let no = try state.when(.resolve("a1", Resolution(.rejected, by: "ada"), shown: nil))
        #expect(no.last == .runFinished(.aborted, reason: "Aborted by ada."))
    }

    @Test func aPersonMayBeAskedOnlyAfterChecksThatFail() throws {
        let held = try asked(LoopTests.yes, gate: "after_failed_check")
        #expect(held.phase == .finished(.achieved, reason: "All 2 tests pass."))
        let failed = try asked(LoopTests.no, gate: "after_failed_check")
        #expect(failed.status == .waiting)
        #expect(failed.pendingApprovals[0].approval.subject == .check(CheckName(iteration: 1)))
        let answer = Resolution(.approved, by: "ada", message: "Look at calc.py.")
        let next = failed.after(try failed.when(.resolve("a1", answer, shown: nil)))
        #expect(next.effects == [.ask(turn: 2, attempt: 1, notBefore: nil)])
        #expect(next.messages.last == .user("ada says: Look at calc.py."))
        let no = try failed.when(.resolve("a1", Resolution(.rejected, by: "ada"), shown: nil))
        #expect(no.last == .runFinished(.aborted, reason: "Aborted by ada."))
    }

    // MARK: - The plan

    @Test func aPlanIsApprovedBeforeAnythingIsWritten() throws {
        let pipeline: JSONValue = ["name": "p", "goal": "command", "human": ["gate": "plan"]]
        let intent = ModelIntent(turn: 1, attempt: 1, model: "m", reserved: Spending(tokens: 9), request: Chain.start)
        let state = RunState.given([.started(pipeline), .opened] + Event.Payload.checked(0, LoopTests.no))
            .after([.iterationStarted(1), .modelRequested(intent)])
        #expect(state.isPlanning)
        let write = AssessedCall(Self.call, problem: nil, rule: .allow, shown: Self.shown)
        let early = try state.when(
            .finishTurn(1, ModelReply(text: "", calls: [Self.call.call]), cost: nil, calls: [write])
        )
        let reason = "The plan has to be approved first. Until then only reading tools may be called."
        #expect(early.last == .callRefused("1.1", reason: reason))
        let planned = state.after(try state.when(.finishTurn(1, ModelReply(text: "I fix it."), cost: nil, calls: [])))
        #expect(planned.status == .waiting)
        #expect(planned.pendingApprovals[0].approval.question == "Carry out this plan?\n\nI fix it.")
        let next = planned.after(try planned.when(.resolve("a1", Resolution(.approved, by: "ada"), shown: nil)))
        #expect(!next.isPlanning)
        #expect(next.effects == [.ask(turn: 2, attempt: 1, notBefore: nil)])
        #expect(next.messages.last == .user("The plan is approved. Carry it out."))
    }
}
