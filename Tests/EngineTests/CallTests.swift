import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// Calls of tools: their order, their policy, and what a crash leaves of them.
struct CallTests {
    static let shown = Digest(of: Array("shown".utf8))
    let replied = RunState.given([.started(LoopTests.pipeline), .opened] + Event.Payload.checked(0, LoopTests.no))
        .after([.iterationStarted(1)] + Event.Payload.replied(1, "I look."))

    private func proposing(_ calls: ProposedCall...) -> RunState {
        replied.after(calls.map(Event.Payload.callProposed))
    }

    @Test func readingCallsRunSideBySide() {
        let state = proposing(read("1.1"), read("1.2"), read("1.3"))
        #expect(state.effects == [.call("1.1"), .call("1.2"), .call("1.3")])
    }

    @Test func noMoreThanTheLimitRunAtOnce() {
        let state = proposing(read("1.1"), read("1.2"), read("1.3"), read("1.4"), read("1.5"))
        #expect(state.effects.count == 4)
    }

    @Test func aWritingCallWaitsForThoseBeforeItAndHoldsThoseAfterIt() {
        let state = proposing(read("1.1"), write("1.2"), read("1.3"))
        #expect(state.effects == [.call("1.1")])
        let next = state.after([.callFinished("1.1", RecordedOutput(text: "x"))])
        #expect(next.effects == [.call("1.2")])
        let last = next.after([.callStarted("1.2"), .callFinished("1.2", RecordedOutput(text: "y"))])
        #expect(last.effects == [.call("1.3")])
    }

    @Test func resultsKeepTheOrderOfTheCallsAndTheirNames() {
        let state = proposing(read("1.1"), read("1.2"))
            .after([
                .callFinished("1.2", RecordedOutput(text: "second")),
                .callFinished("1.1", RecordedOutput(text: "first")),
            ])
        let texts = state.messages.suffix(2)
        #expect(
            Array(texts) == [
                .tool(call: "service-1.1", name: "file_read", text: "first", isError: false),
                .tool(call: "service-1.2", name: "file_read", text: "second", isError: false),
            ]
        )
        #expect(state.effects == [.ask(turn: 2, attempt: 1, notBefore: nil)])
    }

    @Test func theAssistantsMessageHoldsItsCalls() {
        let call = read("1.1")
        #expect(proposing(call).messages.last == .assistant("I look.", calls: [call.call]))
    }

    @Test func aWritingCallIsRecordedBeforeItBegins() throws {
        #expect(try proposing(write("1.1")).when(.beginCall("1.1", shown: Self.shown)) == [.callStarted("1.1")])
        #expect(try proposing(read("1.1")).when(.beginCall("1.1", shown: Self.shown)) == [])
    }

    @Test func aWritingCallThatBeganAndDidNotEndIsAskedAbout() throws {
        let crashed = proposing(write("1.1")).after([.callStarted("1.1")])
        #expect(crashed.effects == [.call("1.1")])
        let events = try crashed.when(.beginCall("1.1", shown: Self.shown))
        guard case .approvalRequested(let approval) = events.first else { throw Refusal.outdated }
        #expect(approval.subject == .repetition("1.1"))
        #expect(approval.question == "file_write was interrupted and may already have run. Run it again? {}")
        let waiting = crashed.after(events)
        #expect(waiting.status == .waiting)
        let no = waiting.after(try waiting.when(.resolve("a1", Resolution(.rejected, by: "ada"), shown: nil)))
        #expect(no.calls["1.1"]?.isOpen == false)
        let yes = waiting.after(try waiting.when(.resolve("a1", Resolution(.approved, by: "ada"), shown: nil)))
        #expect(yes.effects == [.call("1.1")])
        #expect(try yes.when(.beginCall("1.1", shown: Self.shown)) == [.callStarted("1.1")])
    }

    @Test func aResultNobodyWaitsForIsRefused() {
        let done = proposing(read("1.1"), read("1.2")).after([.callFinished("1.1", RecordedOutput(text: "x"))])
        #expect(throws: Refusal.unknownCall("1.1")) {
            try done.when(.finishCall("1.1", RecordedOutput(text: "again")))
        }
    }

    // MARK: - Policy

    private func finishing(
        _ call: ProposedCall,
        _ rule: ToolPolicy.Rule,
        problem: String? = nil,
        human: String = "never"
    ) throws
        -> (RunState, [Event.Payload])
    {
        let pipeline: JSONValue = [
            "name": "p", "goal": "command", "human": ["gate": .string(human), "deadline": "1h"],
        ]
        let intent = ModelIntent(turn: 1, attempt: 1, model: "m", reserved: Spending(tokens: 9), request: Chain.start)
        let state = RunState.given([.started(pipeline), .opened] + Event.Payload.checked(0, LoopTests.no))
            .after([.iterationStarted(1), .modelRequested(intent)])
        let assessed = AssessedCall(call, problem: problem, rule: rule, shown: Self.shown)
        let reply = ModelReply(text: "", calls: [call.call])
        return (state, try state.when(.finishTurn(1, reply, cost: nil, calls: [assessed])))
    }

    @Test func aCallThePolicyDeniesIsRefusedWithAReason() throws {
        let (_, events) = try finishing(write("1.1"), .deny)
        #expect(events.last == .callRefused("1.1", reason: "The pipeline does not allow 'file_write'."))
    }

    @Test func aMalformedCallGoesBackToTheModel() throws {
        let (state, events) = try finishing(write("1.1"), .allow, problem: "The arguments are not JSON.")
        #expect(events.last == .callFinished("1.1", RecordedOutput(text: "The arguments are not JSON.", isError: true)))
        #expect(state.after(events).effects == [.ask(turn: 2, attempt: 1, notBefore: nil)])
    }

    @Test func aCallThatAsksIsHeldAsData() throws {
        let (state, events) = try finishing(write("1.1"), .ask)
        let waiting = state.after(events)
        #expect(waiting.status == .waiting)
        let deadline = Instant.start + .seconds(state.sequence) + .seconds(3600)
        #expect(waiting.effects == [.wake("a1", at: deadline)])
    }

    @Test func aGateBeforeWritesAsksAboutAllowedWritesAndNotAboutReads() throws {
        let (_, write) = try finishing(write("1.1"), .allow, human: "before_writes")
        guard case .approvalRequested = write.last else { throw Refusal.outdated }
        let (_, read) = try finishing(read("1.1"), .allow, human: "before_writes")
        guard case .callProposed = read.last else { throw Refusal.outdated }
    }

    private func read(_ id: CallID) -> ProposedCall { ProposedCall(id, "file_read", reach: [.reads]) }
    private func write(_ id: CallID) -> ProposedCall { ProposedCall(id, "file_write", reach: [.writes]) }
}
