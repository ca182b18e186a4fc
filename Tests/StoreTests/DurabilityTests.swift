import PipelineEngine
import Testing

@testable import SQLiteStore

/// What a commit waits for. Whether the disk keeps its word only a pulled plug would show.
struct DurabilityTests {
    @Test func aCommitWaitsForTheDiskUnlessAllInItMayBeLostWithTheMachine() async throws {
        try await withDatabase { path in
            let store = try SQLiteEventStore(path: path)
            var modes: [Int] = []
            for isDurable in [true, false, false, true] {
                modes += try await store.writer.write(isDurable: isDurable) { connection throws(StoreError) in
                    try connection.rows("PRAGMA synchronous", of: "") { row throws(StoreError) in
                        try row.integer(0, from: 0)
                    }
                }
            }
            let (normal, full) = (1, 2)
            #expect(modes == [full, normal, normal, full])
            await store.close()
        }
    }
}
