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

    /// In pages, the first of 250 and the others of 500 events, which are read and checked beside one another.
    @Test(arguments: [1, 2, 249, 250, 251, 749, 750, 751, 1_250, 5_001])
    func aHistoryOfAnyLengthIsReadWhole(count: Int) async throws {
        let (store, rows) = try await Self.history(of: count)
        let state = try await LiveRun.open("r1", in: store, clock: Bench.clock).state
        #expect(state == RunState(replaying: try rows.map(EventCodec.decode)))
        #expect(state.sequence == count)
    }

    @Test func whatIsRecordedMeanwhileIsReadTheNextTime() async throws {
        let (store, rows) = try await Self.history(of: 2_000)
        let run = try await LiveRun.open("r1", in: store, clock: Bench.clock)
        let elsewhere = try await LiveRun.open("r1", in: store, clock: Bench.clock)
        for number in 1...600 { try await elsewhere.send(.addMessage("More \(number).", by: "ada")) }
        #expect(await run.state.head == rows.last?.digest)
        try await run.catchUp()
        #expect(await run.state == elsewhere.state)
    }

    @Test func anEventThatChangesBetweenTwoLooksIsFound() async throws {
        let (store, _) = try await Self.history(of: 2_000)
        let shifting = FlakyStore(store) { after, rows in
            // Event 750 ends one page, and the next page is read after it.
            guard after == 749, var row = rows.first else { return rows }
            row.digest = Digest(of: [1])
            return [row] + rows.dropFirst()
        }
        let sentence = """
            The history of run 'r1' is damaged. Event 751 ('message.added') was changed after it was recorded: its \
            digest does not match.
            """
        await #expect(throws: ServiceError.store(.unreadable(sentence))) {
            try await LiveRun.open("r1", in: shifting, clock: Bench.clock)
        }
        let forged = FlakyStore(store) { after, rows in
            // A page that is right in itself, and follows another history.
            guard after == 749, let first = rows.first else { return rows }
            let other = Chain.rows(
                rows.dropFirst().map { .messageAdded("\($0.sequence)", by: "eve") },
                after: first.sequence,
                head: Digest(of: [1]),
                at: .start
            )
            var anchor = first
            anchor.digest = Digest(of: [1])
            return [anchor] + other
        }
        let changed = "The history of run 'r1' is damaged. Event 750 was changed while it was read."
        await #expect(throws: ServiceError.store(.unreadable(changed))) {
            try await LiveRun.open("r1", in: forged, clock: Bench.clock)
        }
    }

    private static func history(of count: Int) async throws -> (MemoryStore, [StoredEvent]) {
        let rows = Chain.rows(
            [.started(["name": "p", "goal": "command"], run: "r1")]
                + (2...max(2, count)).map { .messageAdded("\($0)", by: "ada") },
            after: 0,
            head: Chain.start,
            at: .start
        )
        let store = MemoryStore()
        let kept = Array(rows.prefix(count))
        try await store.append(Batch(run: "r1", events: kept, summary: StoreSamples.summary(of: "r1", at: count)))
        return (store, kept)
    }

    @Test(arguments: [3, 249, 250, 251, 750, 751, 2_500]) func aChangeInALongHistoryIsFound(place: Int) async throws {
        var (_, rows) = try await Self.history(of: 2_600)
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
