import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// Says no, and counts how often it was asked.
struct CountingGate: Gate {
    static let id: ModuleID = "counting"
    static let summary = "Says no."

    struct Settings: Fields {
        @Field("Where it leaves a line each time.") var ledger: String
        @Field("Whether it looks at nothing but files.") var alone: Bool = true
        init() {}
    }
    let settings: Settings
    init(settings: Settings) throws(Failure) { self.settings = settings }
    var dependsOnFilesAlone: Bool { settings.alone }

    func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let before = (try? String(contentsOfFile: settings.ledger, encoding: .utf8)) ?? ""
        try? "\(before)x".write(toFile: settings.ledger, atomically: true, encoding: .utf8)
        return Verdict(.failed, "Not yet.")
    }
}

/// A goal is not judged again while nothing was done that could change the answer.
struct UnchangedCheckTests {
    /// Carries out a run of three iterations.
    ///
    /// - Returns: how often the gate was asked, and what the model read of each check.
    private func judged(_ replies: JSONValue, alone: Bool = true, human: JSONValue = [:]) async throws -> (
        asked: Int, since: [Int?], messages: [String]
    ) {
        var registry = Bench.registry
        registry.add(CountingGate.self)
        let bench = Bench(Bench.temporary(), registry: registry)
        let ledger = Bench.temporary() + "/ledger"
        defer { bench.remove() }
        let settings: JSONValue = ["ledger": .string(ledger), "alone": .bool(alone)]
        let goal: JSONValue = ["gate": "counting", "with": settings]
        let run = try await bench.start(replies, human: human, goal: goal, limits: ["iterations": 3])
        var state = try await bench.services.runs.carryOn(run)
        while let question = state.pendingApprovals.first?.approval {
            try await bench.services.approvals.resolve(
                question.id,
                of: run,
                with: Resolution(.approved, by: "ada"),
                shown: nil
            )
            state = try await bench.services.runs.carryOn(run)
        }
        let since = try await bench.services.runs.events(of: run).compactMap { event -> Int?? in
            guard case .checkFinished(_, let result) = event.payload else { return nil }
            return result.unchangedSince
        }
        let messages = state.messages.compactMap { message -> String? in
            if case .user(let text) = message, text.hasPrefix("The goal does not hold") { text } else { nil }
        }
        return ((try? String(contentsOfFile: ledger, encoding: .utf8))?.count ?? 0, since, messages)
    }

    @Test func readingChangesNothing() async throws {
        let seen = try await judged([["calls": [["tool": "look"]]], ["text": "Hm."], ["text": "Hm."], ["text": "Hm."]])
        // Once at the start, and once for the tool that judges.
        #expect(seen.asked == 2)
        #expect(seen.since == [nil, 0, 0, 0])
        let again = "Nothing was done since the check at the start, so it was not judged again."
        #expect(
            seen.messages == [
                "The goal does not hold yet. Not yet.",
                "The goal does not hold after iteration 1 of 3. \(again) Not yet.",
                "The goal does not hold after iteration 2 of 3. \(again) Not yet.",
                "The goal does not hold after iteration 3 of 3. \(again) Not yet.",
            ]
        )
    }

    @Test func whatMayWriteHasTheGoalJudgedAgain() async throws {
        let seen = try await judged([
            ["calls": [RunningTests.write]], ["text": "Hm."], ["text": "Hm."], ["text": "Hm."],
        ])
        #expect(seen.asked == 2)
        #expect(seen.since == [nil, nil, 1, 1])
        #expect(seen.messages.last?.contains("Nothing was done since the check after iteration 1, so") == true)
    }

    @Test func aGateThatLooksElsewhereIsAlwaysAsked() async throws {
        let seen = try await judged([["text": "Hm."], ["text": "Hm."], ["text": "Hm."]], alone: false)
        #expect(seen.asked == 4)
        #expect(seen.since == [nil, nil, nil, nil])
    }

    /// They may have changed something while they were asked.
    @Test func theAnswerOfAPersonHasTheGoalJudgedAgain() async throws {
        let replies: JSONValue = [["text": "Hm."], ["text": "Hm."], ["text": "Hm."]]
        let seen = try await judged(replies, human: ["gate": "after_failed_check"])
        #expect(seen.since == [nil, 0, nil, nil])
        #expect(seen.asked == 3)
    }

    /// Who takes a run up may do so days later, when what was missing has been installed.
    @Test func anotherProcessJudgesForItself() async throws {
        var registry = Bench.registry
        registry.add(CountingGate.self)
        let bench = Bench(registry: registry)
        defer { bench.remove() }
        let goal: JSONValue = ["gate": "counting", "with": ["ledger": .string(Bench.temporary() + "/ledger")]]
        let replies: JSONValue = [["text": "Hm."], ["text": "Hm."], ["text": "Hm."]]
        let run = try await bench.start(replies, goal: goal, limits: ["iterations": 3])
        _ = try await bench.services.runs.carryOn(run)
        let events = try await bench.services.runs.events(of: run)
        let cut = try #require(events.lastIndex { $0.payload.type == "iteration.started" })
        let store = MemoryStore()
        let rows = Chain.rows(events[..<cut].map(\.payload), after: 0, head: Chain.start, at: .start)
        let left = RunState(replaying: events[..<cut])
        try await store.append(Batch(run: run, events: rows, summary: RunSummary(left, run: run)))
        let next = Bench(bench.directory, store: store, owner: ProcessName("host:boot:3:3"), registry: registry)
        let state = try await next.services.runs.carryOn(run)
        #expect(left.lastCheck?.unchangedSince == 0 && state.lastCheck?.unchangedSince == nil)
    }
}
