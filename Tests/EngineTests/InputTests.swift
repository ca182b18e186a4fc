import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// A call that cannot go on without a person: asked, answered, and made again.
struct InputTests {
    private static let request = InputRequest(
        "Which city?",
        form: InputForm([
            InputField("city", .text()), InputField("days", .integer(1...9), isRequired: false, standard: 3),
        ]),
        state: ["round": 1]
    )
    private static let calling =
        RunState
        .given([.started(LoopTests.pipeline), .opened] + Event.Payload.checked(0, LoopTests.no))
        .after([.iterationStarted(1)] + Event.Payload.replied(1, ""))
    private static let call = ProposedCall("1.1", "file_write", [:], reach: [.writes])
    private let begun = calling.after([.callProposed(Self.call), .callStarted("1.1")])

    private func asking() throws -> RunState { begun.after(try begun.when(.holdCall("1.1", Self.request))) }

    @Test func theQuestionHoldsItsFormAndWhatTheToolNeedsAgain() throws {
        let state = try asking()
        let approval = try #require(state.pendingApprovals.first?.approval)
        #expect(approval.subject == .input("1.1"))
        #expect(approval.question == "Which city?")
        #expect(approval.input == Approval.Input(Self.request.form, state: ["round": 1]))
        #expect(state.status == .waiting)
        #expect(state.effects == [])
    }

    @Test func theCallIsMadeAgainWithTheAnswer() throws {
        let state = try asking()
        let answer = Resolution(.approved, by: "ada", answer: ["city": "Bern"])
        let events = try state.when(.resolve("a1", answer, shown: nil))
        let filled = Resolution(.approved, by: "ada", answer: ["city": "Bern", "days": 3])
        #expect(events == [.approvalResolved("a1", filled)])
        let answered = state.after(events)
        #expect(answered.effects == [.call("1.1")])
        #expect(
            answered.calls["1.1"]?.input
                == InputAnswer(Self.request, .given(["city": "Bern", "days": 3]), by: "ada")
        )
        #expect(try answered.when(.beginCall("1.1", shown: nil)) == [.callStarted("1.1")])
    }

    @Test func aMessageIsTakenForTheOneThingThatIsAskedFor() throws {
        let state = try asking()
        let answer = Resolution(.approved, by: "ada", message: "Bern")
        #expect(
            try state.when(.resolve("a1", answer, shown: nil)) == [
                .approvalResolved("a1", Resolution(.approved, by: "ada", answer: ["city": "Bern", "days": 3]))
            ]
        )
    }

    @Test func aNoIsToldToTheTool() throws {
        let state = try asking()
        let no = Resolution(.rejected, by: "ada", message: "Not yet known.")
        let answered = state.after(try state.when(.resolve("a1", no, shown: nil)))
        #expect(answered.calls["1.1"]?.input == InputAnswer(Self.request, .declined, by: "ada"))
        #expect(answered.effects == [.call("1.1")])
    }

    @Test func aDeadlineThatCountsAsYesSaysNothing() throws {
        let pipeline: JSONValue = [
            "name": "p", "goal": "command", "human": ["deadline": "1h", "on_deadline": "approve"],
        ]
        let begun = RunState.given([.started(pipeline), .opened] + Event.Payload.checked(0, LoopTests.no))
            .after([.iterationStarted(1)] + Event.Payload.replied(1, ""))
            .after([.callProposed(Self.call), .callStarted("1.1")])
        let state = begun.after(try begun.when(.holdCall("1.1", Self.request)))
        let deadline = try #require(state.pendingApprovals.first?.approval.deadline)
        let events = try state.decide(.expire("a1"), at: deadline)
        #expect(state.after(events).calls["1.1"]?.input?.outcome == .expired)
    }

    @Test(
        arguments: [
            ([:], "'city' is missing: text."),
            (["city": "Bern", "days": 12], "'days' must be a whole number from 1 to 9, but is 12."),
            (["city": 4], "'city' must be text, but is 4."),
            (["city": "Bern", "dayz": 2], "'dayz' is not asked for. Did you mean 'days'?"),
            ([1, 2], "The answer must be a mapping with 'city', 'days', but is a list."),
        ] as [(JSONValue, String)]
    )
    func whatDoesNotFitIsRefused(answer: JSONValue, message: String) throws {
        let state = try asking()
        #expect(throws: Refusal.wrongAnswer("a1", message)) {
            try state.when(.resolve("a1", Resolution(.approved, by: "ada", answer: answer), shown: nil))
        }
    }

    @Test func moreThanYesOrNoIsRefusedWhereNothingElseIsAsked() throws {
        let answer = Resolution(.approved, by: "ada", answer: ["city": "Bern"])
        #expect(throws: Refusal.takesNoAnswer("a1")) {
            try ApprovalTests().waiting.when(.resolve("a1", answer, shown: nil))
        }
        let no = Resolution(.rejected, by: "ada", answer: ["city": "Bern"])
        let state = try asking()
        #expect(throws: Refusal.takesNoAnswer("a1")) { try state.when(.resolve("a1", no, shown: nil)) }
    }

    @Test func aCallThatAsksAgainAndAgainEnds() throws {
        var state = begun
        for number in 1...16 {
            state = state.after(try state.when(.holdCall("1.1", Self.request)))
            let answer = Resolution(.approved, by: "ada", answer: ["city": "Bern"])
            state = state.after(try state.when(.resolve(ApprovalID("a\(number)"), answer, shown: nil)))
            state = state.after(try state.when(.beginCall("1.1", shown: nil)))
        }
        let text = "'file_write' has asked 16 times, and is not answered any more."
        #expect(
            try state.when(.holdCall("1.1", Self.request)) == [
                .callFinished("1.1", RecordedOutput(text: text, isError: true))
            ]
        )
    }

    @Test func aCallThatDiedWithItsAnswerIsAskedAboutAndKeepsIt() throws {
        let state = try asking()
        let answer = Resolution(.approved, by: "ada", answer: ["city": "Bern"])
        let answered = state.after(try state.when(.resolve("a1", answer, shown: nil)))
        let died = answered.after(try answered.when(.beginCall("1.1", shown: nil)))
        let asked = died.after(try died.when(.beginCall("1.1", shown: CallTests.shown)))
        #expect(asked.pendingApprovals.map(\.approval.subject) == [.repetition("1.1")])
        let again = asked.after(try asked.when(.resolve("a2", Resolution(.approved, by: "ada"), shown: nil)))
        #expect(again.calls["1.1"]?.input?.outcome == .given(["city": "Bern", "days": 3]))
    }
}

/// The same with an engine, and over the end of a process.
struct InputRunTests {
    private static func bench(_ store: any EventStore, _ owner: String, _ directory: String = Bench.temporary())
        -> Bench
    {
        var registry = Bench.registry
        registry.add(TwoQuestionsTool.self)
        return Bench(directory, store: store, owner: ProcessName("host:boot:\(owner):1"), registry: registry)
    }

    private static func outputs(_ bench: Bench) async throws -> [RecordedOutput] {
        try await bench.services.runs.events(of: "r1").compactMap { event in
            if case .callFinished(_, let output) = event.payload { output } else { nil }
        }
    }

    @Test func anotherProcessGoesOnWithTheAnswers() async throws {
        let store = MemoryStore()
        let first = Self.bench(store, "1")
        defer { first.remove() }
        let run = try await first.start([["calls": [["tool": "questions"]]]], tools: ["allow": ["questions"]])
        #expect(try await first.services.runs.carryOn(run).status == .waiting)
        try await first.services.approvals.resolve(
            "a1",
            of: run,
            with: Resolution(.approved, by: "ada", answer: "Bern"),
            shown: nil
        )

        let second = Self.bench(store, "2", first.directory)
        let waiting = try await second.services.runs.carryOn(run)
        #expect(waiting.pendingApprovals.map(\.approval.question) == ["And when, after Bern?"])
        try await second.services.approvals.resolve("a2", of: run, with: Resolution(.rejected, by: "bob"), shown: nil)

        let third = Self.bench(store, "3", first.directory)
        _ = try await third.services.runs.carryOn(run)
        #expect(try await Self.outputs(third).map(\.text) == ["Bern, bob will not say when."])
    }

    @Test func whatIsTooLongOrHoldsASecretFailsTheCall() async throws {
        let store = MemoryStore()
        var registry = Bench.registry
        registry.add(LeakingTool.self)
        let bench = Bench(
            store: store,
            registry: registry,
            secrets: { $0.name == "K" ? "sk-ant-Zq9x-0123456789" : nil }
        )
        defer { bench.remove() }
        let run = try await bench.start(
            [["calls": [["tool": "leaking"], ["tool": "leaking", "arguments": ["long": true]]]]],
            tools: ["allow": ["leaking"]]
        )
        _ = try await bench.services.runs.carryOn(run)
        let outputs = try await Self.outputs(bench)
        #expect(
            outputs.map(\.text) == [
                "The call asks a person with a secret in what would be recorded.",
                "The call asks a person with a question of 8001 characters, and 8000 are the most.",
            ]
        )
        #expect(outputs.map(\.isError) == [true, true])
    }
}

/// Asks for a place, and then for a day.
private struct TwoQuestionsTool: Tool {
    static let id: ModuleID = "questions"
    static let summary = "Asks."
    static let reach: Set<Reach> = [.reads]
    init(settings: NoFields) throws(Failure) {}

    func call(_ arguments: NoFields, in context: ToolContext) async throws(Failure) -> ToolOutput {
        guard let answer = context.answer else { return .asking(InputRequest("Where?", state: "where")) }
        let said = if case .given(let content) = answer.outcome { content["answer"]?.text } else { String?.none }
        guard answer.request.state == "where" else {
            return ToolOutput("\(answer.request.state.text ?? ""), \(said ?? "\(answer.by) will not say when").")
        }
        return .asking(InputRequest("And when, after \(said ?? "nowhere")?", state: .string(said ?? "")))
    }
}

private struct LeakingTool: Tool {
    static let id: ModuleID = "leaking"
    static let summary = "Asks."
    static let reach: Set<Reach> = [.reads]
    struct Arguments: Fields {
        @Field("Whether the question is too long.") var long: Bool = false
        init() {}
    }
    init(settings: NoFields) throws(Failure) {}

    func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        let key = context.secrets(Secret(variable: "K")) ?? ""
        let question = arguments.long ? String(repeating: "?", count: 8_001) : "Where?"
        return .asking(InputRequest(question, state: arguments.long ? .null : .string(key)))
    }
}
