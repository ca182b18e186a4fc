import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// The door through which programs ask and tell that work in the directory of a run.
struct OutsideServiceTests {
    static let question = OutsideQuestionTests.question

    /// A run that nobody works on, with a model that hangs as soon as somebody does.
    static func start(_ bench: Bench, human: JSONValue = [:], run: RunID = "r1") async throws -> RunID {
        try await bench.start([["calls": [["tool": "hang"]]]], human: human, run: run)
    }

    private func requests(_ bench: Bench) async throws -> Int {
        try await bench.types().count { $0 == "approval.requested" }
    }

    // MARK: - Asking

    @Test func theSameKeyIsTheSameQuestionBeforeAndAfterARestartAndAnAnswerAndTheEnd() async throws {
        let store = MemoryStore()
        let bench = Bench(store: store)
        defer { bench.remove() }
        let run = try await Self.start(bench)
        let id = try await bench.services.approvals.ask(Self.question, of: run)
        #expect(id == "a1")
        #expect(try await bench.services.approvals.ask(Self.question, of: run) == id)
        let other = Bench(bench.directory, store: store)
        #expect(try await other.services.approvals.ask(Self.question, of: run) == id)
        let answer = Resolution(.rejected, by: "ada")
        try await other.services.approvals.resolve(id, of: run, with: answer, shown: nil)
        await #expect(throws: ServiceError.refused(.alreadyResolved(id, answer))) {
            try await bench.services.approvals.resolve(id, of: run, with: answer, shown: nil)
        }
        #expect(try await bench.services.approvals.ask(Self.question, of: run) == id)
        try await bench.services.runs.cancel(run, by: "bob")
        #expect(try await bench.services.approvals.ask(Self.question, of: run) == id)
        #expect(try await Bench(bench.directory, store: store).services.approvals.ask(Self.question, of: run) == id)
        #expect(try await requests(bench) == 1)
        let another = OutsideQuestion(key: "k2", tool: "t", text: "?")
        await #expect(throws: ServiceError.refused(.alreadyFinished(.aborted))) {
            try await bench.services.approvals.ask(another, of: run)
        }
    }

    @Test func manyWhoAskTheSameAtOnceAskOneQuestion() async throws {
        let store = MemoryStore()
        let benches = [Bench(store: store), Bench(store: store)]
        defer { for bench in benches { bench.remove() } }
        let run = try await Self.start(benches[0])
        let ids = try await withThrowingTaskGroup(of: ApprovalID.self) { group in
            for number in 0..<50 {
                group.addTask { try await benches[number % 2].services.approvals.ask(Self.question, of: run) }
            }
            return try await group.reduce(into: Set<ApprovalID>()) { $0.insert($1) }
        }
        #expect(ids == ["a1"])
        #expect(try await requests(benches[0]) == 1)
        let open = try await benches[1].services.approvals.pending(of: run)
        #expect(open.map(\.about) == [Self.question.about])
    }

    @Test func aRunThatAsksIsListedThoughItGoesOn() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await Self.start(bench)
        #expect(try await bench.services.approvals.waiting().isEmpty)
        let id = try await bench.services.approvals.ask(Self.question, of: run)
        #expect(try await bench.services.approvals.waiting().map(\.status) == [.running])
        #expect(try await bench.services.approvals.open(after: nil, limit: 10).map(\.approval.id) == [id])
    }

    @Test func aRunThatWorksForAnotherIsNotAsked() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let pipeline = try Pipeline(json: [
            "name": "p", "goal": ["gate": "telling"], "model": "notes/x", "tools": ["allow": ["look"]],
        ])
        var order = RunOrder(run: "r1-1", pipeline: pipeline, project: bench.directory, origin: "test")
        order.parent = ParentWork(run: "r1", call: "1.1")
        let led = order
        _ = try await bench.services.runs.start(led)
        let words = "Run 'r1-1' works for run 'r1', and nobody answers there: ask in run 'r1'."
        await #expect(throws: ServiceError.invalid(words)) {
            try await bench.services.approvals.ask(Self.question, of: "r1-1")
        }
        try await bench.services.runs.report([OutsideReportTests.begun], of: "r1-1")
    }

    @Test func aRunThatIsNotThereIsAskedNothing() async throws {
        let bench = Bench()
        defer { bench.remove() }
        await #expect(throws: ServiceError.noSuchRun("r9")) {
            try await bench.services.approvals.ask(Self.question, of: "r9")
        }
    }

    // MARK: - Bounds

    @Test func allThatIsWrongWithAQuestionIsTold() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await Self.start(bench)
        let long = String(repeating: "x", count: 201)
        let deep = (0...100).reduce(JSONValue.null) { value, _ in [value] }
        let words = """
            The question cannot be asked. The key has 1 to 200 bytes, and this one is empty. The name of the tool has 1 to \
            200 bytes, and 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' has 201. There is no text: say what the person is \
            asked. What it is about nests more than 100 deep.
            """
        await #expect(throws: ServiceError.invalid(words)) {
            let wrong = OutsideQuestion(key: "", tool: long, text: "", about: deep)
            return try await bench.services.approvals.ask(wrong, of: run)
        }
        let big = String(repeating: "x", count: 262_144)
        let sentence = """
            The question cannot be asked. It has a question of 8001 characters, and 8000 are the most. What it is about has \
            262146 bytes of JSON, and 262144 are the most.
            """
        await #expect(throws: ServiceError.invalid(sentence)) {
            let text = String(repeating: "?", count: 8_001)
            let wrong = OutsideQuestion(key: "k", tool: "t", text: text, about: .string(big))
            return try await bench.services.approvals.ask(wrong, of: run)
        }
        #expect(try await bench.types() == ["run.started"])
        let allowed = OutsideQuestion(
            key: String(repeating: "k", count: 200),
            tool: String(repeating: "t", count: 200),
            text: String(repeating: "?", count: 8_000),
            about: [(1...99).reduce(JSONValue.null) { value, _ in [value] }, .string(String(big.dropLast(207)))]
        )
        #expect(try await bench.services.approvals.ask(allowed, of: run) == "a1")
        let read = try await Bench(bench.directory, store: bench.store).services.approvals.pending(of: run)
        #expect(read.map(\.about) == [allowed.about])
    }

    @Test func oneQuestionTooManyIsInvalid() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await Self.start(bench)
        for number in 1...100 {
            let question = OutsideQuestion(key: "k\(number)", tool: "t", text: "?")
            #expect(try await bench.services.approvals.ask(question, of: run) == ApprovalID(number: number))
        }
        let words = "100 questions from outside are open in this run, which are the most. Answer some."
        await #expect(throws: ServiceError.invalid(words)) {
            try await bench.services.approvals.ask(OutsideQuestion(key: "another", tool: "t", text: "?"), of: run)
        }
    }

    @Test func allThatIsWrongWithReportsIsTold() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await Self.start(bench)
        let text = String(repeating: "x", count: 65_537)
        let deep = (0...100).reduce(JSONValue.null) { value, _ in [value] }
        let words = """
            Report 1: The output has 65537 bytes, and 65536 are the most. Report 2: The id of a call has 1 to 200 bytes, \
            and this one is empty. Report 2: The input of the call nests more than 100 deep. Report 3: The call lasted -1.0 \
            seconds, which is less than nothing. Report 3: The error has 65537 bytes, and 65536 are the most. Report 4: The \
            call lasted 31622401.0 seconds, and 31622400.0 seconds are the most.
            """
        await #expect(throws: ServiceError.invalid(words)) {
            try await bench.services.runs.report(
                [
                    .output(.stdout, text), .callBegun(id: "", tool: "t", input: deep),
                    .callEnded(id: "c", tool: "t", isError: true, duration: .seconds(-1), error: text),
                    .callEnded(id: "c", tool: "t", isError: false, duration: .seconds(31_622_401), error: nil),
                ],
                of: run
            )
        }
        let many = Array(repeating: OutsideReport.output(.stdout, "x"), count: 101)
        await #expect(throws: ServiceError.invalid("101 reports are too many at once: send at most 100.")) {
            try await bench.services.runs.report(many, of: run)
        }
        await #expect(throws: ServiceError.invalid("Report 1: The call 'c1' has not begun, or has ended already.")) {
            try await bench.services.runs.report([OutsideReportTests.ended], of: run)
        }
        #expect(try await bench.types() == ["run.started"])
        try await bench.services.runs.report([], of: run)
        try await bench.services.runs.report(Array(many.dropLast()), of: run)
        #expect(try await bench.types().count { $0 == "outside.reported" } == 100)
    }

    @Test func aReportAfterTheEndIsRefused() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await Self.start(bench)
        try await bench.services.runs.cancel(run, by: "ada")
        await #expect(throws: ServiceError.refused(.alreadyFinished(.aborted))) {
            try await bench.services.runs.report([.output(.stdout, "x")], of: run)
        }
    }

    // MARK: - What is recorded

    @Test func noSecretIsRecorded() async throws {
        let key = RedactorTests.key
        let bench = Bench(secrets: { $0.name == "NOTES_KEY" ? key : nil })
        defer { bench.remove() }
        let run = try await Self.start(bench)
        let about: JSONValue = ["url": .string("https://\(key)@x"), key: [.string(key), 1]]
        _ = try await bench.services.approvals.ask(
            OutsideQuestion(key: "k1", tool: "Bash", text: "May '\(key)' go?", about: about),
            of: run
        )
        let half = key.count / 2
        try await bench.services.runs.report(
            [
                .output(.stdout, "a \(key.prefix(half))"), .output(.stderr, "b \(key)"),
                .callBegun(id: "c1", tool: "Bash", input: ["command": .string("echo \(key)")]),
                .output(.stdout, "\(key.dropFirst(half)) c"),
                .callEnded(id: "c1", tool: "Bash", isError: true, duration: .microseconds(1_499), error: key),
            ],
            of: run
        )
        let events = try await bench.services.runs.events(of: run).map(\.payload).dropFirst()
        #expect(!events.contains { "\($0)".contains("Zq9x") })
        guard case .approvalRequested(let approval)? = events.first else { throw Refusal.outdated }
        #expect(approval.question == "May '[secret NOTES_KEY]' go?")
        #expect(approval.about["url"] == "https://[secret NOTES_KEY]@x")
        #expect(approval.about["[secret NOTES_KEY]"] == ["[secret NOTES_KEY]", 1])
        let reports: [OutsideReport] = [
            .output(.stdout, "a "), .output(.stderr, "b [secret NOTES_KEY]"),
            .callBegun(id: "c1", tool: "Bash", input: ["command": "echo [secret NOTES_KEY]"]),
            .output(.stdout, "[secret NOTES_KEY] c"),
            .callEnded(
                id: "c1",
                tool: "Bash",
                isError: true,
                duration: .milliseconds(1),
                error: "[secret NOTES_KEY]"
            ),
        ]
        #expect(events.dropFirst() == ArraySlice(reports.map(Event.Payload.reported)))
    }

    @Test func aNameWithASecretInItIsRefused() async throws {
        let key = RedactorTests.key
        let bench = Bench(secrets: { $0.name == "NOTES_KEY" ? key : nil })
        defer { bench.remove() }
        let run = try await Self.start(bench)
        let form = InputForm([InputField("a", .text(), help: key)])
        let words = "The question cannot be asked. The key has a secret in it. The form has a secret in it."
        await #expect(throws: ServiceError.invalid(words)) {
            let question = OutsideQuestion(key: key, tool: "t", text: "?", form: form)
            return try await bench.services.approvals.ask(question, of: run)
        }
        await #expect(throws: ServiceError.invalid("Report 1: The name of the tool has a secret in it.")) {
            try await bench.services.runs.report([.callBegun(id: "c", tool: key, input: .null)], of: run)
        }
    }

    @Test func whatIsRecordedIsReadAsItWasTaken() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await Self.start(bench)
        let about: JSONValue = ["n": .double(.nan), "i": .double(1), "t": "\u{0}é🙂", "l": [nil, true, [:]]]
        let form = InputForm([
            InputField("b", .text(), isRequired: false), InputField("a", .text(), isRequired: false),
        ])
        let question = OutsideQuestion(key: "k1", tool: "t", text: "?", about: about, form: form)
        _ = try await bench.services.approvals.ask(question, of: run)
        try await bench.services.runs.report([.callBegun(id: "c", tool: "t", input: about)], of: run)
        let state = try await bench.services.runs.state(of: run)
        let read = try await Bench(bench.directory, store: bench.store).services.runs.state(of: run)
        #expect(read == state)
        #expect(state.pendingApprovals.first?.approval.about["n"] == "NaN")
    }

    // MARK: - Beside the work

    @Test func aRunThatWorksGoesOnAndItsFilesAreJudgedAgain() async throws {
        let bench = Bench()
        defer { bench.remove() }
        let run = try await bench.start([["text": "I stop."], ["calls": [RunningTests.write]], ["text": "Done."]])
        _ = try await bench.services.approvals.ask(Self.question, of: run)
        try await bench.services.runs.report([OutsideReportTests.begun], of: run)
        let state = try await bench.services.runs.carryOn(run)
        #expect(state.status == .achieved)
        #expect(state.approvals["a1"]?.resolution == .endOfRun)
    }

    @Test func aDeadlineComesTrueWhereNobodyWorksOnTheRun() async throws {
        let clock = ManualClock()
        let bench = Bench(clock: clock.clock)
        defer { bench.remove() }
        let run = try await Self.start(bench, human: ["deadline": "1m"])
        _ = try await bench.services.approvals.ask(Self.question, of: run)
        let early = try await bench.services.wakeUps.sweep()
        #expect(early.isEmpty)
        clock.advance(by: .seconds(60))
        let woken = try await bench.services.wakeUps.sweep()
        #expect(woken.map(\.run) == [run])
        let reason = "Nobody answered 'a1' in time: May it run?"
        #expect(try await bench.services.runs.state(of: run).phase == .finished(.aborted, reason: reason))
    }

    /// Each question has one outcome, and the run one end, whoever is first.
    @Test(arguments: 0..<8) func manyWhoAnswerAndEndAtOnceEndItOnce(round: Int) async throws {
        let store = MemoryStore()
        let benches = [Bench(store: store), Bench(store: store)]
        defer { for bench in benches { bench.remove() } }
        let run = try await Self.start(benches[0])
        for number in 1...10 {
            let question = OutsideQuestion(key: "k\(number)", tool: "t", text: "?")
            _ = try await benches[0].services.approvals.ask(question, of: run)
        }
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<200 {
                let services = benches[number % 2].services
                group.addTask {
                    if number % 40 == round * 5 {
                        try? await services.runs.cancel(run, by: "p\(number)")
                    } else {
                        let answer = Resolution(number % 3 == 0 ? .rejected : .approved, by: "p\(number)")
                        let id = ApprovalID(number: number % 10 + 1)
                        try? await services.approvals.resolve(id, of: run, with: answer, shown: nil)
                    }
                }
            }
        }
        let events = try await benches[0].services.runs.events(of: run).map(\.payload)
        #expect(events.count { if case .runFinished = $0 { true } else { false } } == 1)
        let answered = events.compactMap { if case .approvalResolved(let id, _) = $0 { id } else { nil } }
        #expect(Set(answered).count == answered.count)
        let state = try await benches[1].services.runs.state(of: run)
        #expect(state.status == .aborted)
        for number in 1...10 {
            let id = ApprovalID(number: number)
            let resolution = try #require(state.approvals[id]?.resolution)
            #expect((resolution == .endOfRun) == !answered.contains(id))
        }
    }
}
