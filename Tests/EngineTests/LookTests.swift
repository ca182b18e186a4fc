import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// Looking at a run that nobody works on, again and again.
struct LookTests {
    @Test func aSecondLookReadsNoEvents() async throws {
        let store = FlakyStore()
        let bench = Bench(store: store)
        defer { bench.remove() }
        let run = try await bench.start([["calls": [RunningTests.write]], ["text": "Done."]])
        _ = try await bench.services.runs.carryOn(run)
        let first = try await bench.services.runs.state(of: run)
        let before = store.rows
        #expect(try await bench.services.runs.state(of: run) == first)
        #expect(store.rows - before == 1, "only where its history ends")
    }

    @Test func whatWasRecordedElsewhereIsSeen() async throws {
        let store = MemoryStore()
        let (here, elsewhere) = (Bench(store: store), Bench(store: store))
        defer { for bench in [here, elsewhere] { bench.remove() } }
        let run = try await here.start([["calls": [RunningTests.write]]], tools: ["allow": ["look"], "ask": ["write"]])
        _ = try await here.services.runs.carryOn(run)
        #expect(try await here.services.runs.state(of: run).status == .waiting)
        try await elsewhere.services.runs.cancel(run, by: "ada")
        #expect(try await here.services.runs.state(of: run).status == .aborted)
    }

    @Test func aRunThatWasRemovedIsNoMore() async throws {
        let store = MemoryStore()
        let bench = Bench(store: store)
        defer { bench.remove() }
        let run = try await bench.start([["text": "Done."]])
        _ = try await bench.services.runs.state(of: run)
        _ = await store.remove([run])
        await #expect(throws: ServiceError.noSuchRun(run)) { try await bench.services.runs.state(of: run) }
    }

    /// In pages of a thousand, which are checked beside one another.
    @Test(arguments: [3, 999, 1_000, 1_001, 2_500]) func aChangeInALongHistoryIsFound(place: Int) async throws {
        var rows = Chain.rows(
            [.started(["name": "p", "goal": "command"], run: "r1")]
                + (2...2_600).map { .messageAdded("\($0)", by: "ada") },
            after: 0,
            head: Chain.start,
            at: .start
        )
        rows[place - 1].body = Array(#"{"by":"eve","text":"x"}"#.utf8)
        let store = MemoryStore()
        let row = StoreSamples.summary(of: "r1", at: 2_600)
        try await store.append(Batch(run: "r1", events: rows, summary: row))
        let bench = Bench(store: store)
        defer { bench.remove() }
        let sentence = """
            The history of run 'r1' is damaged. Event \(place) ('message.added') was changed after it was recorded: its \
            digest does not match.
            """
        await #expect(throws: ServiceError.store(.unreadable(sentence))) {
            try await bench.services.runs.state(of: "r1")
        }
    }
}
