import PipelineEngine
import PipelineKit
import Testing

extension StorePromise {
    func lastSummary(_ store: any EventStore) async throws {
        try await store.append(StoreSamples.batch(1...2, of: "r1"))
        var batch = StoreSamples.batch(3...3, of: "r1")
        var row = StoreSamples.summary(of: "r1", at: 3)
        row.status = .waiting
        row.wakeAt = Instant(milliseconds: 5)
        row.details = ["text": "ü 🙂 \"quoted\" \\ \n", "list": [1, true, nil], "cost": 0.25]
        batch.summary = row
        try await store.append(batch)
        #expect(try await store.summary(of: "r1") == row)
        #expect(try await store.summaries(RunQuery()) == [row])
    }

    func keptSummary(_ store: any EventStore) async throws {
        try await store.append(StoreSamples.batch(1...2, of: "r1"))
        var batch = StoreSamples.batch(3...5, of: "r1")
        batch.summary = nil
        try await store.append(batch)
        var row = StoreSamples.summary(of: "r1", at: 2)
        row.sequence = 5
        #expect(try await store.summary(of: "r1") == row)
        #expect(try await store.summaries(RunQuery()) == [row])
        #expect(try await store.sequences(of: ["r1"]) == ["r1": 5])
        batch.events = [StoreSamples.event(5, of: "r1")]
        await #expect(throws: StoreError.conflict(expected: 4, found: 5)) { try await store.append(batch) }
        try await store.append(StoreSamples.batch(6...6, of: "r1"))
        #expect(try await store.summary(of: "r1") == StoreSamples.summary(of: "r1", at: 6))
    }

    func list(_ store: any EventStore) async throws {
        let rows = Self.rows
        for row in rows {
            let event = StoreSamples.event(1, of: row.run)
            try await store.append(Batch(run: row.run, events: [event], summary: row))
        }
        for (query, expected) in Self.queries(rows) {
            #expect(try await store.summaries(query).map(\.run.value).joined() == expected, "\(query)")
        }
    }

    /// Six runs, two of them updated in the same millisecond.
    private static var rows: [RunSummary] {
        let states: [(RunID, RunStatus, Int, Int?)] = [
            ("a", .running, 10, nil), ("b", .waiting, 20, 100), ("c", .achieved, 20, nil), ("d", .failed, 30, nil),
            ("e", .waiting, 40, 50), ("f", .running, 5, 51),
        ]
        return states.map { run, status, updated, wake in
            StoreSamples.summary(
                of: run,
                at: 1,
                status: status,
                updatedAt: Instant(milliseconds: updated),
                wakeAt: wake.map(Instant.init(milliseconds:))
            )
        }
    }

    private static func queries(_ rows: [RunSummary]) -> [(RunQuery, String)] {
        let place = { (index: Int) in RunQuery.Place(of: rows[index]) }
        return [
            (RunQuery(), "edcbaf"),
            (RunQuery(limit: 2), "ed"), (RunQuery(limit: 0), ""), (RunQuery(limit: -1), ""),
            (RunQuery(statuses: [.waiting]), "eb"), (RunQuery(statuses: [.achieved, .failed, .running]), "dcaf"),
            (RunQuery(statuses: []), ""), (RunQuery(statuses: [.aborted]), ""),
            (RunQuery(updatedBefore: Instant(milliseconds: 20)), "af"),
            (RunQuery(dueBy: Instant(milliseconds: 51)), "ef"), (RunQuery(dueBy: Instant(milliseconds: 1)), ""),
            (RunQuery(after: place(2)), "baf"), (RunQuery(after: place(1), limit: 1), "a"),
            (RunQuery(after: place(5)), ""),
            (RunQuery(statuses: [.waiting], updatedBefore: Instant(milliseconds: 40), after: place(3)), "b"),
        ]
    }
}
