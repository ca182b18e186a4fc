import PipelineEngine
import PipelineKit
import Testing

extension StorePromise {
    /// Two hundred writers want the next number of one run, and carry on where they learn that the history ends.
    func contendedWriters(_ store: any EventStore) async throws {
        try await withThrowingTaskGroup { group in
            for writer in 0..<200 { group.addTask { try await land(writer, in: store) } }
            try await group.waitForAll()
        }
        let events = try await store.events(of: "r1", after: 0, limit: 1_000)
        #expect(events.map(\.sequence) == Array(1...200))
        #expect(Set(events.map(\.type)).count == 200, "each writer won one number")
        #expect(try await store.summary(of: "r1")?.sequence == 200)
    }

    /// Appends one event that names its writer, after as many conflicts as it takes.
    private func land(_ writer: Int, in store: any EventStore) async throws(StoreError) {
        var last = 0
        while true {
            var batch = StoreSamples.batch(last + 1...last + 1, of: "r1")
            batch.events[0].type = "written.by_\(writer)"
            do throws(StoreError) {
                return try await store.append(batch)
            } catch .conflict(_, let found) {
                last = found
            }
        }
    }

    func parallelRuns(_ store: any EventStore) async throws {
        try await withThrowingTaskGroup { group in
            for run in 0..<50 {
                group.addTask {
                    for sequence in 1...4 {
                        try await store.append(StoreSamples.batch(sequence...sequence, of: RunID("r\(run)")))
                    }
                }
            }
            try await group.waitForAll()
        }
        for run in (0..<50).map({ RunID("r\($0)") }) {
            #expect(try await store.events(of: run, after: 0, limit: 9) == StoreSamples.batch(1...4, of: run).events)
        }
    }
}
