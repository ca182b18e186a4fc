import PipelineEngine
import PipelineKit
import Testing

extension StorePromise {
    func readAsWritten(_ store: any EventStore) async throws {
        let odd = StoredEvent(
            sequence: 3,
            type: "tool_call.finished",
            version: 7,
            body: Array(#"{"text":"ü \u0000 \n 🙂"}"#.utf8),
            at: Instant(milliseconds: 1),
            digest: Digest(of: Array("chain".utf8))
        )
        var batch = StoreSamples.batch(1...2, of: "r1")
        batch.events.append(odd)
        try await store.append(batch)
        #expect(try await store.events(of: "r1", after: 0, limit: 10) == batch.events)
    }

    func readInPages(_ store: any EventStore) async throws {
        try await store.append(StoreSamples.batch(1...10, of: "r1"))
        for (after, limit, expected) in [
            (0, 4, [1, 2, 3, 4]), (4, 4, [5, 6, 7, 8]), (8, 4, [9, 10]), (10, 4, []), (99, 4, []), (.max, .max, []),
            (0, 0, []), (0, -1, []), (-5, 2, [1, 2]), (.min, .max, Array(1...10)),
        ] {
            let page = try await store.events(of: "r1", after: after, limit: limit).map(\.sequence)
            #expect(page == expected, "after \(after), limit \(limit)")
        }
    }

    func conflict(_ store: any EventStore) async throws {
        try await store.append(StoreSamples.batch(1...3, of: "r1"))
        for (numbers, expected) in [(3...3, 2), (1...1, 0), (5...5, 4), (2...9, 1)] {
            await #expect(throws: StoreError.conflict(expected: expected, found: 3)) {
                try await store.append(StoreSamples.batch(numbers, of: "r1"))
            }
        }
        await #expect(throws: StoreError.conflict(expected: 1, found: 0)) {
            try await store.append(StoreSamples.batch(2...2, of: "unknown"))
        }
        try await store.append(StoreSamples.batch(4...4, of: "r1"))
    }

    func allOrNothing(_ store: any EventStore) async throws {
        try await store.append(StoreSamples.batch(1...1, of: "r1"))
        let artifact = Artifact(Array("of a refused batch".utf8))
        var gapped = StoreSamples.batch(2...4, of: "r1", artifacts: [artifact])
        gapped.events.remove(at: 1)
        await #expect(throws: StoreError.conflict(expected: 3, found: 2)) { try await store.append(gapped) }
        #expect(try await store.events(of: "r1", after: 0, limit: 9).map(\.sequence) == [1])
        #expect(try await store.summary(of: "r1") == StoreSamples.summary(of: "r1", at: 1))
        #expect(try await store.artifact(artifact.digest) == nil)
    }

    func unknownRun(_ store: any EventStore) async throws {
        #expect(try await store.events(of: "nobody", after: 0, limit: 9).isEmpty)
        #expect(try await store.summary(of: "nobody") == nil)
        #expect(try await store.summaries(RunQuery()).isEmpty)
        let now = StoreSamples.start
        #expect(try await store.claim("nobody", for: "a", until: now, now: now, overriding: nil) == nil)
        #expect(try await store.artifact(Digest(of: Array("nothing".utf8))) == nil)
        #expect(try await store.remove(["nobody"]) == 0)
        try await store.release("nobody", by: "a")
    }

    func emptyBatch(_ store: any EventStore) async throws {
        let empty = Batch(run: "r1", events: [], summary: StoreSamples.summary(of: "r1", at: 0))
        try await store.append(empty)
        #expect(try await store.summary(of: "r1") == nil)
    }

    func removal(_ store: any EventStore) async throws {
        for run: RunID in ["r1", "r2", "r3"] { try await store.append(StoreSamples.batch(1...3, of: run)) }
        #expect(try await store.remove(["r1", "r3", "r1", "nobody"]) == 0)
        #expect(try await store.summaries(RunQuery()).map(\.run) == ["r2"])
        #expect(try await store.events(of: "r1", after: 0, limit: 9).isEmpty)
        #expect(try await store.events(of: "r2", after: 0, limit: 9).count == 3)
        try await store.append(StoreSamples.batch(1...1, of: "r1"))  // the name is free again
        #expect(try await store.events(of: "r1", after: 0, limit: 9).map(\.sequence) == [1])
    }
}
