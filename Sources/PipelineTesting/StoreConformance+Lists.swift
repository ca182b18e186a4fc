import PipelineEngine
import PipelineKit
import Testing

extension StorePromise {
    func lastSummary(_ store: any EventStore) async throws {
        try await store.append(StoreSamples.batch(1...2, of: "r1"))
        var batch = StoreSamples.batch(3...3, of: "r1")
        batch.summary.status = .waiting
        batch.summary.wakeAt = Instant(milliseconds: 5)
        batch.summary.details = ["text": "ü 🙂 \"quoted\" \\ \n", "list": [1, true, nil], "cost": 0.25]
        try await store.append(batch)
        #expect(try await store.summary(of: "r1") == batch.summary)
        #expect(try await store.summaries(RunQuery()) == [batch.summary])
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
