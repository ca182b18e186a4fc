import PipelineKit
import PipelineTesting
import SQLiteStore
import Testing

@testable import PipelineEngine

/// What lists show of a run, and which questions they hold.
struct SummaryTests {
    private static let goal: JSONValue = ["all": ["pytest", ["not": "command"], "pytest"]]
    private let state = RunState.given([
        .started(["name": "p", "goal": goal, "model": "m/x", "human": ["gate": "plan", "deadline": "1h"]]), .opened,
    ])

    @Test func aRowTellsWhatARunIsAbout() {
        let row = RunSummary(state.after(Event.Payload.checked(0, LoopTests.no)), run: "r1")
        let expected: JSONValue = [
            "project": "/project", "origin": "test", "goal": "pytest, command", "human_gate": "plan", "iteration": 0,
            "iterations": 20, "tokens": 0, "input_tokens": 0, "output_tokens": 0, "model": "m/x",
            "last_reason": .string(LoopTests.no.reason), "holds": false,
        ]
        #expect(row.details == expected)
        #expect((row.project, row.origin, row.isAsking) == ("/project", "test", false))
        #expect(row.json["goal"] == "pytest, command")
        #expect(row.json["events"] == 4)
        #expect(row.json["started_at"] == "2026-01-01T00:00:00.000Z")
    }

    @Test func aRowHoldsTheQuestionsThatAreOpen() throws {
        let plan = String(repeating: "x", count: 3_000)
        let asked = state.after(Event.Payload.checked(0, LoopTests.no) + [.iterationStarted(1)])
            .after(Event.Payload.replied(1, plan))
        let question = Approval(
            id: "a1",
            subject: .plan(turn: 1),
            question: plan,
            shown: Chain.start,
            deadline: .start + .seconds(60),
            onDeadline: .approve
        )
        let waiting = asked.after([.approvalRequested(question)])
        let row = RunSummary(waiting, run: "r1")
        #expect(row.isAsking)
        #expect(row.details["approvals"] == ["a1"])
        let json: JSONValue = [
            "id": "a1", "subject": ["kind": "plan", "turn": 1], "question": .string(String(plan.prefix(2_000))),
            "shown": .string("\(Chain.start)"), "requested_at": .string("\(waiting.updatedAt)"),
            "deadline": "2026-01-01T00:01:00.000Z", "on_deadline": "approve",
        ]
        #expect(row.details["questions"] == [json])
        let open = try #require(OpenApproval.all(in: row))
        var shortened = question
        shortened.question = String(plan.prefix(2_000))
        #expect(open.map(\.approval) == [shortened])
        #expect(open[0].requestedAt == waiting.updatedAt)
        #expect((open[0].run, open[0].pipeline, open[0].project) == ("r1", "p", "/project"))
        let answered = waiting.after([.approvalResolved("a1", Resolution(.approved, by: "ada"))])
        #expect(RunSummary(answered, run: "r1").details["questions"] == nil)
    }

    @Test(
        arguments: [
            .call("3.1"), .repetition("3.1"), .input("3.1"), .check(CheckName(iteration: 2, round: 3)), .plan(turn: 4),
            .limit(.tokens),
        ] as [Approval.Subject]
    )
    func aSubjectReadsBackToItself(subject: Approval.Subject) {
        #expect(Approval.Subject(json: subject.json) == subject)
        #expect(subject.json["kind"]?.text == subject.kind)
    }

    @Test func whatIsNoSubjectIsNone() {
        for json in [nil, [:], ["kind": "call"], ["kind": "limit", "limit": "time"]] as [JSONValue] {
            #expect(Approval.Subject(json: json) == nil)
        }
    }

    // MARK: - Over all runs

    private func ask(_ run: RunID, in store: any EventStore) async throws {
        let question = Approval(id: "a1", subject: .limit(.cost), question: "\(run)?", shown: Chain.start)
        let payloads: [Event.Payload] = [
            .started(["name": "p", "goal": "command"], run: run), .opened, .approvalRequested(question),
        ]
        let rows = Chain.rows(payloads, after: 0, head: Chain.start, at: .start)
        let summary = RunSummary(RunState.given(payloads), run: run)
        try await store.append(Batch(run: run, events: rows, summary: summary))
    }

    @Test(arguments: WakeUpTests.Kind.allCases)
    func openQuestionsAreListedOverAllRunsInPages(kind: WakeUpTests.Kind) async throws {
        let bench = try Bench(kind)
        defer { bench.remove() }
        for run in ["r1", "r2", "r3"] as [RunID] { try await ask(run, in: bench.store) }
        try await bench.services.runs.cancel("r2", by: "ada")
        let first = try await bench.services.approvals.open(after: nil, limit: 1)
        #expect(first.map(\.approval.question) == ["r3?"])
        let second = try await bench.services.approvals.open(after: first[0].place, limit: 9)
        #expect(second.map(\.approval.question) == ["r1?"])
        #expect(try await bench.services.approvals.open(after: second[0].place, limit: 9).isEmpty)
    }

    @Test func aRowOfAnEarlierVersionIsReadFromItsHistory() async throws {
        let bench = Bench()
        defer { bench.remove() }
        try await ask("r1", in: bench.store)
        let state = try await bench.services.runs.state(of: "r1")
        var row = RunSummary(state, run: "r1")
        row.details = ["approvals": ["a1"]]
        let said = Chain.rows(
            [.messageAdded("m", by: "ada")],
            after: state.sequence,
            head: state.head,
            at: state.updatedAt
        )
        try await bench.store.append(Batch(run: "r1", events: said, summary: row))
        #expect(try await bench.services.approvals.open(after: nil, limit: 9).map(\.approval.question) == ["r1?"])
    }

    // MARK: - Costs

    @Test func costsAreAddedUpTurnByTurn() {
        let usage = Usage(input: 30, cached: 5, output: 6)
        let failed = ModelIntent(
            turn: 2,
            attempt: 1,
            model: "m",
            reserved: Spending(tokens: 100, cost: .usd(1)),
            request: Chain.start
        )
        let lost = Failure(.unavailable, "Gone.", mayHaveCost: true)
        let payloads: [Event.Payload] =
            [.started(["name": "p", "goal": "command"]), .opened, .iterationStarted(1)] + Event.Payload.replied(1, "a")
            + [.modelRequested(failed), .modelFailed(turn: 2, attempt: 1, lost, retryAt: .start), .iterationStarted(2)]
            + [.modelReplied(RecordedReply(turn: 2, text: "b", usage: usage, cost: .usd(0.5), stop: .finished))]
        let rows = Chain.rows(payloads, after: 0, head: Chain.start, at: .start)
        let events = zip(rows, payloads).map {
            Event(sequence: $0.sequence, at: .start, payload: $1, digest: $0.digest)
        }
        let expected = [
            TurnCost(
                turn: 1,
                iteration: 1,
                at: .start,
                usage: Usage(input: 10, output: 5),
                spent: Spending(tokens: 15)
            ),
            TurnCost(turn: 2, iteration: 2, at: .start, usage: usage, spent: Spending(tokens: 151, cost: .usd(1.5))),
        ]
        #expect(TurnCost.all(in: events) == expected)
    }

    @Test func aPageOfEventsBeginsWhereTheLastOneEnded() async throws {
        let bench = Bench()
        defer { bench.remove() }
        try await ask("r1", in: bench.store)
        let runs = bench.services.runs
        let all = try await runs.events(of: "r1")
        #expect(try await runs.page(of: "r1", after: 0, limit: 2) == Array(all[0..<2]))
        #expect(try await runs.page(of: "r1", after: 2, limit: 2) == Array(all[2...]))
        #expect(try await runs.page(of: "r1", after: 3, limit: 2).isEmpty)
        #expect(try await runs.page(of: "r9", after: 0, limit: 2).isEmpty)
        #expect(try await runs.costs(of: "r1").isEmpty)
    }
}
