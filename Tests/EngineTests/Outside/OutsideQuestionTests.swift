import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// A program that is no part of a run asks a person, and nothing of the run waits for the answer.
struct OutsideQuestionTests {
    static let question = OutsideQuestion(
        key: "k1",
        tool: "Bash",
        text: "May it run?",
        about: ["command": "make", "env": ["A": 1]]
    )
    static let form = InputForm([InputField("city", .text())])
    static let yes = Resolution(.approved, by: "ada")
    static let no = Resolution(.rejected, by: "ada", message: "Not now.")

    private static let past = [Event.Payload.opened] + Event.Payload.checked(0, LoopTests.no)
    static let idle = RunState.given([.started(LoopTests.pipeline)] + past)
    let idle = OutsideQuestionTests.idle
    static let asking = idle.after((try? idle.when(.ask(question))) ?? [])
    let asking = OutsideQuestionTests.asking

    private func resolve(_ id: ApprovalID, _ answer: Resolution, shown: Digest? = nil) -> RunCommand {
        .resolve(id, answer, shown: shown)
    }

    private func given(_ human: JSONValue, _ payloads: [Event.Payload] = past) -> RunState {
        .given([.started(["name": "p", "goal": "command", "model": "scripted/x", "human": human])] + payloads)
    }

    // MARK: - When who asked is gone

    @Test func whatAProgramAskedThatIsGoneIsBlocked() throws {
        let gone = Resolution(.rejected, by: "the end of the program that asked")
        #expect(try asking.when(.dropQuestions) == [.approvalResolved("a1", gone)])
        #expect(try idle.when(.dropQuestions) == [])
    }

    @Test func whatWasAnsweredStaysAnswered() throws {
        let answered = asking.after(try asking.when(resolve("a1", Self.yes)))
        #expect(try answered.when(.dropQuestions) == [])
    }

    // MARK: - Asking

    @Test func theQuestionHoldsAllThatAPersonIsShown() throws {
        let approval = try #require(asking.pendingApprovals.first?.approval)
        #expect(approval.id == "a1")
        #expect(approval.subject == .outside(key: "k1", tool: "Bash"))
        #expect(approval.question == "May it run?")
        #expect(approval.about == ["command": "make", "env": ["A": 1]])
        #expect(approval.input == nil)
        #expect(approval.deadline == nil)
        let words = """
            Bash: May it run?
            {
              "command": "make",
              "env": {
                "A": 1
              }
            }
            """
        #expect(approval.inFull == words)
    }

    @Test func aFormIsAskedForAndItsAnswerFits() throws {
        var question = Self.question
        question.form = Self.form
        let state = idle.after(try idle.when(.ask(question)))
        #expect(state.pendingApprovals.first?.approval.input == Approval.Input(Self.form))
        let wrong = Resolution(.approved, by: "ada", answer: ["town": "Bern"])
        #expect(throws: Refusal.wrongAnswer("a1", "'town' is not asked for. 'city' is missing: text.")) {
            try state.when(resolve("a1", wrong))
        }
        let answer = Resolution(.approved, by: "ada", answer: ["city": "Bern"])
        #expect(try state.when(resolve("a1", answer)) == [.approvalResolved("a1", answer)])
    }

    @Test func whatIsShownIsTheKeyTheToolTheTextTheDetailsAndTheForm() {
        var others = [Self.question, Self.question, Self.question, Self.question, Self.question]
        others[0].key = "k2"
        others[1].tool = "Write"
        others[2].text = "May it?"
        others[3].about = ["command": "rm"]
        others[4].form = Self.form
        let digests = Set((others + [Self.question, Self.question]).map(\.shown))
        #expect(digests.count == 6)
    }

    @Test func theAnswerHoldsForWhatWasShownAlone() throws {
        let shown = Digest(of: [1])
        #expect(throws: Refusal.shownDiffers("a1")) { try asking.when(resolve("a1", Self.yes, shown: shown)) }
        let right = asking.pendingApprovals.first?.approval.shown
        #expect(try asking.when(resolve("a1", Self.yes, shown: right)) == [.approvalResolved("a1", Self.yes)])
    }

    @Test func theSameKeyIsTheSameQuestion() throws {
        var other = Self.question
        other.text = "Something else?"
        let command = RunCommand.ask(other)
        let answered = asking.after([.approvalResolved("a1", Self.no)])
        let ended = asking.after([.runFinished(.aborted, reason: "Cancelled.")])
        for state in [asking, answered, ended, ended.after([.runReopened(by: "ada")])] {
            #expect(try state.when(command) == [])
            #expect(state.outside.approvals == ["k1": "a1"])
        }
    }

    @Test func aRunThatHasEndedIsAskedNothingNew() throws {
        let ended = idle.after([.runFinished(.failed, reason: "No.")])
        #expect(throws: Refusal.alreadyFinished(.failed)) { try ended.when(.ask(Self.question)) }
    }

    @Test func soManyMayBeOpenAtOnce() throws {
        var state = idle
        for number in 1...100 {
            var question = Self.question
            question.key = "k\(number)"
            state = state.after(try state.when(.ask(question)))
        }
        var another = Self.question
        another.key = "another"
        let words = "100 questions from outside are open in this run, which are the most. Answer some."
        #expect(throws: Refusal.notTaken(words)) { try state.when(.ask(another)) }
        #expect(try state.when(.ask(Self.question)) == [])
        let fewer = state.after(try state.when(resolve("a7", Self.no)))
        #expect(fewer.after(try fewer.when(.ask(another))).pendingApprovals.count == 100)
    }

    // MARK: - Nothing waits

    @Test func whoeverWorksOnTheRunWorksOn() {
        #expect(asking.status == .running)
        #expect(asking.effects == idle.effects)
        #expect(asking.effects == [.ask(turn: 1, attempt: 1, notBefore: nil)])
        #expect(asking.elapsed(at: asking.updatedAt + .seconds(60)) > .seconds(60))
    }

    @Test func aRunThatWaitsForSomethingElseWaits() throws {
        let state = given(
            ["gate": "after_check"],
            Self.past + [.iterationStarted(1)] + Event.Payload.replied(1, "done")
        )
        .after([.checkStarted(CheckName(iteration: 1), snapshot: "s1")])
        let first = state.after(try state.when(.ask(Self.question)))
        let both = first.after(try first.when(.finishCheck(CheckName(iteration: 1), LoopTests.no)))
        #expect(both.status == .waiting)
        #expect(both.pendingApprovals.map(\.approval.id) == ["a1", "a2"])
        let held = both.after(try both.when(resolve("a1", Self.no)))
        #expect(held.status == .waiting)
        #expect(held.after(try held.when(resolve("a2", Self.yes))).status == .running)
    }

    @Test(arguments: [Self.yes, Self.no, Resolution(.rejected, by: "ada")])
    func anAnswerIsRecordedAndNothingElse(answer: Resolution) throws {
        let events = try asking.when(resolve("a1", answer))
        #expect(events == [.approvalResolved("a1", answer)])
        let answered = asking.after(events)
        #expect(answered.approvals["a1"]?.resolution == answer)
        #expect(answered.effects == idle.effects)
        #expect(answered.messages == idle.messages)
        #expect(answered.status == .running)
        #expect(throws: Refusal.alreadyResolved("a1", answer)) { try answered.when(resolve("a1", Self.yes)) }
    }

    @Test func nothingElseCanBeAllowedWithIt() {
        let answer = Resolution(.approved, by: "ada", grant: "bash_exec")
        #expect(throws: Refusal.notACall("a1")) { try asking.when(resolve("a1", answer)) }
    }

    @Test func theEndOfTheRunIsTheEndOfTheQuestion() throws {
        let ended = asking.after(try asking.when(.cancel(by: "bob", reason: "")))
        #expect(ended.pendingApprovals.isEmpty)
        #expect(ended.approvals["a1"]?.resolution == Resolution(.expired, by: "the end of the run"))
        #expect(throws: Refusal.alreadyFinished(.aborted)) { try ended.when(resolve("a1", Self.yes)) }
    }

    // MARK: - Deadlines

    private static let calls = [Event.Payload.iterationStarted(1)] + Event.Payload.replied(1, "")
    private static let read = ProposedCall("1.1", "look", reach: [.reads])
    private static let best = BestChoice(BestScore(iteration: 1, score: 0.5), .achieved, reason: "It is.")

    @Test(
        arguments: [
            [], [.opened], past, past + calls + [.callProposed(read)],
            past + calls + [.callProposed(read), .callStarted("1.1")],
            past + calls + [.bestChosen(best)],
        ] as [[Event.Payload]]
    )
    func aDeadlineIsWakedForWhateverElseIsToDo(payloads: [Event.Payload]) throws {
        let state = given(["deadline": "1h"], payloads)
        let asked = state.after(try state.when(.ask(Self.question)))
        let deadline = try #require(asked.pendingApprovals.first?.approval.deadline)
        #expect(!state.effects.isEmpty)
        #expect(asked.effects == state.effects + [.wake("a1", at: deadline)])
        #expect(asked.status == .running)
        #expect(asked.facts.nextWake == deadline)
        #expect(RunSummary(asked, run: "r1").wakeAt == deadline)
        #expect(!asked.hasPassedDeadline(at: deadline + .milliseconds(-1)))
        #expect(asked.hasPassedDeadline(at: deadline))
        #expect(!asked.after(try asked.when(resolve("a1", Self.no))).hasPassedDeadline(at: deadline))
    }

    @Test func anExpiredOneEndsTheRunWhereThePipelineSaysSo() throws {
        let state = given(["deadline": "1h", "on_deadline": "abort"])
        let asked = state.after(try state.when(.ask(Self.question)))
        #expect(throws: Refusal.notExpired("a1")) { try asked.when(.expire("a1")) }
        let events = try asked.when(.expire("a1"), later: .seconds(3_600))
        let expired = Resolution(.expired, by: "the deadline")
        let reason = "Nobody answered 'a1' in time: May it run?"
        #expect(events == [.approvalResolved("a1", expired), .runFinished(.aborted, reason: reason)])
    }

    @Test func anExpiredOneIsAYesWhereThePipelineSaysThat() throws {
        let state = given(["deadline": "1h", "on_deadline": "approve"])
        let asked = state.after(try state.when(.ask(Self.question)))
        let events = try asked.when(.expire("a1"), later: .seconds(3_600))
        #expect(events == [.approvalResolved("a1", Resolution(.expired, by: "the deadline"))])
        #expect(asked.after(events).effects == state.effects)
    }

    // MARK: - Forks and lists

    @Test func aForkAsksNothingOfItAnewAndKnowsNoKey() throws {
        let forked = asking.after([.runForked(ForkPoint(snapshot: "s0", isolation: .copy, by: "ada"))])
        let words = "The run is a fork that has no files yet: there is nothing that anybody could work on."
        var other = Self.question
        other.key = "k2"
        #expect(throws: Refusal.notTaken(words)) { try forked.when(.ask(other)) }
        #expect(forked.effects == [.openWorkspace])
        let events = try forked.when(.openWorkspace(Workspace(path: "/copy"), start: "s0"))
        #expect(events == [.workspaceOpened(Workspace(path: "/copy"), start: "s0")])
        let open = forked.after(events)
        #expect(open.approvals["a1"]?.resolution == Resolution(.expired, by: "the fork"))
        let asked = try open.when(.ask(Self.question))
        #expect(open.after(asked).pendingApprovals.map(\.approval.id) == ["a2"])
    }

    @Test func aListShowsTheQuestionWithoutItsDetails() throws {
        let row = RunSummary(asking, run: "r1")
        #expect(row.isAsking)
        #expect(row.details["questions"]?.elements.first?["about"] == nil)
        let listed = try #require(OpenApproval.all(in: row)?.first)
        var approval = try #require(asking.pendingApprovals.first?.approval)
        approval.about = .null
        #expect(listed.approval == approval)
        #expect(approval.inFull == "Bash: May it run?")
    }

    @Test func whatItIsAboutIsWrittenAsJSONAndRead() {
        let subject = Approval.Subject.outside(key: "k1", tool: "Bash")
        #expect(subject.json == ["kind": "outside", "key": "k1", "tool": "Bash"])
        #expect(Approval.Subject(json: subject.json) == subject)
        #expect(Approval.Subject(json: ["kind": "outside", "key": "k1"]) == nil)
    }
}
