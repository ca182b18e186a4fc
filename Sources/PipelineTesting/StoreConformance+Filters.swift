import PipelineEngine
import PipelineKit
import Testing

private func time(_ milliseconds: Int) -> Instant { Instant(milliseconds: milliseconds) }

extension StorePromise {
    func filters(_ store: any EventStore) async throws {
        try await keep(Self.various, in: store)
        let place = RunQuery.Place(of: Self.various[2])
        let queries: [(RunQuery, String)] = [
            (RunQuery(pipeline: "p"), "dca"), (RunQuery(pipeline: "P"), ""), (RunQuery(pipeline: "p", limit: 1), "d"),
            (RunQuery(project: "/x"), "cba"), (RunQuery(project: ""), "e"), (RunQuery(origin: "cli"), "ca"),
            (RunQuery(pipeline: "p", project: "/x"), "ca"), (RunQuery(statuses: [.waiting], origin: "web"), "db"),
            (RunQuery(isAsking: true), "db"), (RunQuery(origin: "web", isAsking: true), "db"),
            (RunQuery(isAsking: true, after: place), "b"), (RunQuery(project: "/x", after: place), "ba"),
            (RunQuery(statuses: [.waiting, .failed, .aborted], project: "/x"), "b"),
            (RunQuery(statuses: [.waiting, .running, .achieved], limit: 3), "edc"),
            (RunQuery(statuses: [.waiting, .running], after: place), "ba"),
            (RunQuery(statuses: [.waiting], dueBy: time(9), pipeline: "p"), "d"),
            (RunQuery(group: "g"), "dc"), (RunQuery(group: "g", isOwn: true, limit: 1), "d"),
            (RunQuery(group: "h"), ""),
            (RunQuery(isOwn: true), "dcba"), (RunQuery(statuses: [.achieved], isOwn: true), ""),
            (RunQuery(isOwn: true, after: place, limit: 1), "b"),
        ]
        for (query, expected) in queries {
            #expect(try await store.summaries(query).map(\.run.value).joined() == expected, "\(query)")
        }
        // A run that is asked no longer, and has moved on, is found as it is now.
        try await keep([row("b", .running, 60, "q", ["project": "/y"])], in: store, at: 2)
        #expect(try await store.summaries(RunQuery(isAsking: true)).map(\.run) == ["d"])
        #expect(try await store.summaries(RunQuery(project: "/x")).map(\.run) == ["c", "a"])
        #expect(try await store.summaries(RunQuery(project: "/y")).map(\.run) == ["b", "d"])
        #expect(try await store.summaries(RunQuery(origin: "web")).map(\.run) == ["d"])
    }

    func sequences(_ store: any EventStore) async throws {
        try await store.append(StoreSamples.batch(1...3, of: "r1"))
        try await store.append(StoreSamples.batch(1...1, of: "it's \"r2\""))
        #expect(try await store.sequences(of: ["r1", "it's \"r2\"", "r3", "r1"]) == ["r1": 3, "it's \"r2\"": 1])
        #expect(try await store.sequences(of: []).isEmpty)
        try await store.append(StoreSamples.batch(4...5, of: "r1"))
        #expect(try await store.sequences(of: ["r1"]) == ["r1": 5])
    }

    func unclaimed(_ store: any EventStore) async throws {
        try await keep(Self.various.reversed(), in: store)
        try await keep([row("f", .running, 40), row("g", .running, 20), row("h", .running, 41)], in: store)
        let all = { (query: UnclaimedQuery) async throws in
            try await store.unclaimed(query).map(\.run.value).joined()
        }
        let now = time(100)
        #expect(try await all(UnclaimedQuery(now: now, updatedBefore: now)) == "agcfh")
        #expect(try await all(UnclaimedQuery(now: now, updatedBefore: time(41))) == "agcf")
        #expect(try await all(UnclaimedQuery(now: now, updatedBefore: now, limit: 2)) == "ag")
        #expect(try await all(UnclaimedQuery(now: now, updatedBefore: now, limit: -1)) == "")
        let place = RunQuery.Place(of: row("c", .running, 30))
        #expect(try await all(UnclaimedQuery(now: now, updatedBefore: now, after: place)) == "fh")
        let claims: [(RunID, String, Int)] = [("a", "x", 200), ("f", "y", 200), ("h", "x", 100)]
        for (run, owner, until) in claims {
            _ = try await store.claim(run, for: owner, until: time(until), now: time(1), overriding: nil)
        }
        #expect(try await all(UnclaimedQuery(now: now, updatedBefore: now)) == "gch")
        #expect(try await all(UnclaimedQuery(now: time(99), updatedBefore: now)) == "gc")
        #expect(try await all(UnclaimedQuery(now: time(99), dead: ["x", "z"], updatedBefore: now)) == "agch")
        try await store.release("f", by: "y")
        #expect(try await all(UnclaimedQuery(now: now, updatedBefore: now)) == "gcfh")
    }

    func owners(_ store: any EventStore) async throws {
        try await keep(Self.various, in: store)
        #expect(try await store.owners(at: time(0)).isEmpty)
        for (run, owner, until) in [("a", "x", 100), ("b", "x", 200), ("c", "y", 100)] as [(RunID, String, Int)] {
            _ = try await store.claim(run, for: owner, until: time(until), now: time(1), overriding: nil)
        }
        #expect(try await store.owners(at: time(99)) == ["x", "y"])
        #expect(try await store.owners(at: time(100)) == ["x"])
        try await store.release("b", by: "x")
        #expect(try await store.owners(at: time(100)).isEmpty)
    }

    /// Five runs of two pipelines, on two projects and on none, of which two ask something, and one works for another.
    private static var various: [RunSummary] {
        [
            row("a", .running, 10, "p", ["project": "/x", "origin": "cli"]),
            row("b", .waiting, 20, "q", ["project": "/x", "origin": "web", "approvals": ["a1"]]),
            row("c", .running, 30, "p", ["project": "/x", "origin": "cli", "approvals": [], "group": "g"]),
            row(
                "d",
                .waiting,
                40,
                "p",
                ["project": "/y", "origin": "web", "approvals": ["a1", "a2"], "group": "g"],
                wakeAt: 9
            ),
            row("e", .achieved, 50, "q", ["parent": "a"]),
        ]
    }

    private func row(
        _ run: RunID,
        _ status: RunStatus,
        _ updated: Int,
        _ pipeline: String = "p",
        _ details: JSONValue = [:]
    )
        -> RunSummary
    {
        Self.row(run, status, updated, pipeline, details)
    }

    private static func row(
        _ run: RunID,
        _ status: RunStatus,
        _ updated: Int,
        _ pipeline: String,
        _ details: JSONValue,
        wakeAt: Int? = nil
    ) -> RunSummary {
        StoreSamples.summary(
            of: run,
            at: 1,
            status: status,
            updatedAt: time(updated),
            wakeAt: wakeAt.map(time),
            pipeline: pipeline,
            details: details
        )
    }

    private func keep(_ rows: [RunSummary], in store: any EventStore, at sequence: Int = 1) async throws {
        for row in rows {
            let event = StoreSamples.event(sequence, of: row.run)
            try await store.append(Batch(run: row.run, events: [event], summary: row))
        }
    }
}
