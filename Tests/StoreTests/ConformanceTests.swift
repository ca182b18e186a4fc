import PipelineEngine
import PipelineTesting
import SQLiteStore
import Testing

/// One body for every store.
struct ConformanceTests {
    @Test(arguments: StorePromise.allCases)
    func memoryKeeps(_ promise: StorePromise) async throws {
        try await expectConformance(to: promise, of: MemoryStore())
    }

    @Test(arguments: StorePromise.allCases)
    func sqliteKeeps(_ promise: StorePromise) async throws {
        try await withDatabase { path in
            let store = try SQLiteEventStore(path: path)
            try await expectConformance(to: promise, of: store)
            await store.close()
        }
    }
}
