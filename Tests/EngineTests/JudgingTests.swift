import PipelineKit
import PipelineTesting
import Synchronization
import Testing

@testable import PipelineEngine

/// Gates that ask models, on the account of their run.
struct JudgingTests {
    private static let goal: JSONValue = ["gate": "opinion", "with": ["model": "votes/judge", "votes": 2]]

    /// A run whose goal is judged by answers that are played.
    private static func bench(
        _ answers: [JSONValue],
        store: any EventStore = MemoryStore(),
        directory: String = Bench.temporary(),
        owner: String = "host:boot:1:1",
        budget: Budget = Budget()
    ) -> Bench {
        var registry = Bench.registry
        registry.add(OpinionGate.self)
        registry.add(VotesProvider.self)
        return Bench(directory, store: store, owner: ProcessName(owner), registry: registry, budget: budget)
    }

    private static func start(_ bench: Bench, _ answers: [JSONValue], _ more: JSONValue = [:]) async throws -> RunID {
        let pipeline: JSONValue = [
            "name": "p", "model": "notes/x", "goal": Self.goal, "tools": ["allow": ["look"]],
            "providers": [
                "notes": ["replies": [["text": "Done."]]],
                "votes": ["answers": .array(answers), "price": "1000 USD"],
            ],
        ]
        let members = pipeline.members.merging(more.members) { $1 }
        return try await bench.services.runs.start(
            RunOrder(
                run: "r1",
                pipeline: try Pipeline(json: .object(members)),
                project: bench.directory,
                origin: "test"
            )
        )
    }

    @Test func anAnswerIsAskedForAndRecordedBetweenTheStartAndTheEndOfTheCheck() async throws {
        let answers: [JSONValue] = ["no", "no", "yes", "yes"]
        let bench = Self.bench(answers)
        defer { bench.remove() }
        let run = try await Self.start(bench, answers)
        let state = try await bench.services.runs.carryOn(run)
        #expect(state.status == .achieved)
        let types = try await bench.types().filter { $0.hasPrefix("check.") || $0.hasPrefix("judge.") }
        let check = ["check.started"] + ["judge.requested", "judge.replied"] * 2 + ["check.finished"]
        #expect(types == check + check)
        // 4 answers of 10 and 5 tokens at a thousand dollars a million, and one reply of 15 tokens without a price.
        #expect(state.spent == Spending(tokens: 75, cost: .usd(0.06)))
        let ledger = CostLedger(try await bench.services.runs.events(of: run))
        #expect(CostLedger.Sum(ledger.entries).spent == state.spent)
        #expect(ledger.entries.map(\.isJudge) == [true, true, false, true, true])
        #expect(TurnCost.all(in: try await bench.services.runs.events(of: run)).map(\.turn) == [1])
    }

    @Test func aDayThatIsSpentStopsAJudgeAsItStopsTheWork() async throws {
        let bench = Self.bench(["yes"], budget: Budget(perDay: .usd(0.001)))
        defer { bench.remove() }
        let run = try await Self.start(bench, ["yes"], ["limits": ["allow_unknown_price": true]])
        let state = try await bench.services.runs.carryOn(run)
        #expect(state.pendingApprovals.map(\.approval.subject) == [.limit(.day)])
        #expect(try await bench.types().last == "approval.requested")
        #expect(state.openCheck == CheckName(iteration: 0))
    }

    @Test func aLimitOfTheRunAsksAPersonAndTheCheckGoesOnAfterwards() async throws {
        let answers: [JSONValue] = ["no", "yes", "yes", "yes"]
        let bench = Self.bench(answers)
        defer { bench.remove() }
        // An answer costs 0.015 USD and may cost up to 0.249: the second one has no room any more.
        let limits: JSONValue = ["cost": "0.26 USD", "allow_unknown_price": true]
        let run = try await Self.start(bench, answers, ["limits": limits])
        let parked = try await bench.services.runs.carryOn(run)
        #expect(parked.status == .waiting)
        #expect(parked.pendingApprovals.map(\.approval.subject) == [.limit(.cost)])
        let words =
            "The run has used 0.015 USD of 0.26 USD and the next reply may take 0.249 USD. Raise the limit to 0.52 USD?"
        let question = parked.pendingApprovals.first?.approval.question ?? ""
        #expect(question == words)
        try await bench.services.approvals.resolve("a1", of: run, with: Resolution(.approved, by: "ada"), shown: nil)
        let state = try await bench.services.runs.carryOn(run)
        #expect(state.status == .achieved)
        // The first answer was not asked for again when the check began anew.
        #expect(try await bench.types().count { $0 == "judge.replied" } == 4)
        #expect(state.baseline?.reason == "One of 2 says no.")
    }

    @Test func whatWasAnsweredBeforeACrashIsNotAskedForAgain() async throws {
        let answers: [JSONValue] = ["no", "yes", "yes", "yes"]
        let whole = Self.bench(answers)
        defer { whole.remove() }
        let run = try await Self.start(whole, answers)
        let end = try await whole.services.runs.carryOn(run)
        let events = try await whole.services.runs.events(of: run)
        for place in events.indices where events[place].payload.type.hasPrefix("judge.") {
            let store = MemoryStore()
            let rows = Chain.rows(events[...place].map(\.payload), after: 0, head: Chain.start, at: .start)
            let left = RunState(replaying: events[...place])
            try await store.append(Batch(run: run, events: rows, summary: RunSummary(left, run: run)))
            let next = Self.bench(answers, store: store, directory: whole.directory, owner: "host:boot:3:3")
            let state = try await next.services.runs.carryOn(run)
            #expect(state.status == end.status && state.baseline?.reason == end.baseline?.reason)
            let types = try await next.types()
            #expect(types.count { $0 == "judge.replied" } == 4)
            // A question that was open may have been charged, and counts as if it had been.
            let wasOpen = events[place].payload.type == "judge.requested"
            #expect(types.count { $0 == "judge.failed" } == (wasOpen ? 1 : 0))
            #expect(state.spent.tokens > end.spent.tokens || !wasOpen)
        }
    }

    @Test func aServiceThatIsDownIsAskedAgainAndThenItIsNoAnswer() async throws {
        let answers: [JSONValue] = [["down": 2, "says": "yes"], "yes"]
        let bench = Self.bench(answers)
        defer { bench.remove() }
        let run = try await Self.start(bench, answers)
        #expect(try await bench.services.runs.carryOn(run).baseline?.outcome == .passed)
        #expect(try await bench.types().count { $0 == "judge.failed" } == 2)

        let never: [JSONValue] = [["down": 9, "says": "yes"]]
        let other = Self.bench(never)
        defer { other.remove() }
        let state = try await other.services.runs.carryOn(try await Self.start(other, never))
        #expect(state.status == .failed)
        #expect(state.baseline?.outcome == .unanswered)
        #expect(state.baseline?.reason == "The judge is out.")
    }

    @Test func aRunThatIsCancelledMeanwhileHasPaid() throws {
        let intent = JudgeIntent(
            check: CheckName(iteration: 0),
            number: 1,
            attempt: 1,
            model: "m/x",
            reserved: Spending(tokens: 100, cost: .usd(1)),
            request: Chain.start
        )
        let state = RunState.given([
            .started(["name": "p", "goal": "command"]), .opened,
            .checkStarted(CheckName(iteration: 0), snapshot: "s0"),
        ])
        let asked = state.after(try state.when(.beginJudgement(intent)))
        #expect(asked.effects == [.check(CheckName(iteration: 0))])
        let ended = asked.after(try asked.when(.cancel(by: "ada", reason: "")))
        #expect(ended.status == .aborted && ended.spent == Spending(tokens: 100, cost: .usd(1)))
        #expect(throws: Refusal.outdated) { try state.when(.finishJudgement(Self.reply)) }
    }

    private static let reply = JudgeReply(number: 1, text: "", usage: Usage(), cost: nil, stop: .finished)

    @Test func aToolThatChecksTheGoalAsksNoModel() async throws {
        let answers: [JSONValue] = ["no", "no", "yes", "yes"]
        let bench = Self.bench(answers)
        defer { bench.remove() }
        let replies: JSONValue = [["calls": [["tool": "look"]]], ["text": "Done."]]
        let providers: JSONValue = ["notes": ["replies": replies], "votes": ["answers": .array(answers)]]
        let run = try await Self.start(bench, answers, ["providers": providers])
        #expect(try await bench.services.runs.carryOn(run).status == .achieved)
        let outputs = try await bench.services.runs.events(of: run).compactMap { event in
            if case .callFinished(_, let output) = event.payload { output.text } else { nil }
        }
        #expect(outputs == ["No model can be asked here."])
    }

    // MARK: - Who judges

    @Test(arguments: [
        ("notes/big", "notes/large"), ("notes/large", "notes/big"), ("notes/small", "notes/large"),
        ("notes/none", "notes/big"),
    ])
    func anotherModelOfTheSameVendorThatCostsAboutTheSameJudges(author: String, judge: String) throws {
        let registry = Self.registry(["big": 10, "large": 9, "small": 1])
        let pipeline = try Pipeline(json: ["name": "p", "goal": "opinion", "model": .string(author)])
        #expect("\(try registry.judge(besides: ModelName(author), in: pipeline))" == judge)
    }

    @Test func withoutAnotherOneItHasToBeNamed() throws {
        let registry = Self.registry(["x": 1])
        let pipeline = try Pipeline(json: ["name": "p", "goal": "opinion", "model": "notes/x"])
        let words =
            "The goal is judged by a model, which should not be 'notes/x' itself, and no other one is known. Name it: "
            + "'with: { model: provider/name }'."
        #expect(throws: Failure(.missing, words)) { try registry.judge(besides: ModelName("notes/x"), in: pipeline) }
        let readiness = Readiness(registry) { _ in nil }
        #expect(throws: Failure(.missing, words)) { try readiness.check(pipeline) }
    }

    private static func registry(_ prices: [String: Double]) -> Registry {
        var registry = Bench.registry
        registry.add(OpinionGate.self)
        registry.add(VotesProvider.self)
        registry.listPrice = { name in prices[name.model].map { Price(input: .usd($0), output: .usd($0)) } }
        registry.listedModels = { $0 == "notes" ? prices.keys.sorted() : [] }
        return registry
    }
}

private func * (list: [String], times: Int) -> [String] { (0..<times).flatMap { _ in list } }

/// Holds when all models that it asks say yes.
private struct OpinionGate: Gate {
    static let id: ModuleID = "opinion"
    static let summary = "Holds when models say yes."
    static let asksModels = true

    struct Settings: Fields {
        @Field("Who is asked.") var model: ModelName? = nil
        @Field("How often.") var votes: Int = 1
        init() {}
    }

    private let settings: Settings
    init(settings: Settings) throws(Failure) { self.settings = settings }
    var judge: ModelName? { settings.model }

    func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        var says: [String] = []
        for _ in 0..<settings.votes {
            let question = JudgeQuestion(
                model: settings.model,
                system: "Judge.",
                text: "Is it good?",
                maximumOutput: 200
            )
            says.append(try await context.ask(question).reply.text)
        }
        let against = says.count { $0 != "yes" }
        return against == 0
            ? .passed("All say yes.") : .failed("\(against == 1 ? "One" : "\(against)") of \(says.count) says no.")
    }
}

/// Plays answers by their number.
private struct VotesProvider: Provider {
    static let id: ModuleID = "votes"
    static let summary = "Plays answers."

    struct Settings: Fields {
        @Field("The answers.") var answers: [JSONValue] = []
        @Field("Of a million tokens, read or written.") var price: Money? = nil
        init() {}
    }

    let settings: Settings
    init(settings: Settings) throws(Failure) { self.settings = settings }
    func price(of model: String) -> Price? { settings.price.map { Price(input: $0, output: $0) } }

    func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        let number = context.turn ?? 0
        guard number > 0, number <= settings.answers.count else { throw Failure(.invalidInput, "No answer \(number).") }
        let answer = settings.answers[number - 1]
        if let down = answer["down"]?.integer, context.attempt <= down {
            throw Failure(.unavailable, "The judge is out.")
        }
        return ModelReply(text: answer["says"]?.text ?? answer.text ?? "", usage: Usage(input: 10, output: 5))
    }
}
