import PipelineEngine
import PipelineKit
import PipelineTesting
import SQLiteStore
import Testing

/// Documents beside the histories.
struct RecordTests {
    @Test(arguments: RecordPromise.allCases)
    func memoryKeeps(_ promise: RecordPromise) async throws {
        try await expectConformance(to: promise, of: MemoryStore())
    }

    @Test(arguments: RecordPromise.allCases)
    func sqliteKeeps(_ promise: RecordPromise) async throws {
        try await withDatabase { path in
            let store = try SQLiteEventStore(path: path)
            try await expectConformance(to: promise, of: store)
            await store.close()
        }
    }

    @Test func recordsOutliveTheProcess() async throws {
        try await withDatabase { path in
            let first = try SQLiteEventStore(path: path)
            _ = try await first.put(["name": "ci"], as: "k1", in: "keys", expecting: 0)
            await first.close()
            let second = try SQLiteEventStore(path: path)
            #expect(try await second.record("k1", in: "keys")?.body == ["name": "ci"])
            await second.close()
        }
    }

    @Test func aDatabaseOfTheFirstSchemaGetsTheTable() async throws {
        try await withDatabase { path in
            let first = try SQLiteEventStore(path: path)
            try await first.append(StoreSamples.batch(1...3, of: "r1"))
            await first.close()
            try takeBackToTheFirstSchema(path)
            let second = try SQLiteEventStore(path: path)
            #expect(try await second.put(1, as: "a", in: "c", expecting: 0) == 1)
            #expect(try await second.events(of: "r1", after: 0, limit: 9).count == 3)
            await second.close()
        }
    }

    @Test(arguments: [
        ("body = '{'", "'body' of record 'a' of 'c' is \"{\", not JSON"),
        ("body = x'31'", "'body' of record 'a' of 'c' is 1 bytes, not text"),
        ("version = 0", "'version' of record 'a' of 'c' is 0, not a number from 1"),
        ("version = 'x'", "'version' of record 'a' of 'c' is \"x\", not a whole number"),
    ])
    func aHostileRowIsNamed(update: String, complaint: String) async throws {
        try await withDatabase { path in
            let first = try SQLiteEventStore(path: path)
            _ = try await first.put(1, as: "a", in: "c", expecting: 0)
            await first.close()
            try sqlite3(
                path,
                "DROP TABLE record;;CREATE TABLE record (collection, id, version, body)"
                    + ";;INSERT INTO record VALUES ('c', 'a', 1, '1');;UPDATE record SET \(update)"
            )
            let store = try SQLiteEventStore(path: path)
            await #expect(throws: damaged(path, complaint)) { try await store.record("a", in: "c") }
            await store.close()
        }
    }

    @Test(arguments: [
        (0, 2, "Record 'a' of 'c' is there already."), (2, 0, "Record 'a' of 'c' is not there any more."),
        (2, 3, "Record 'a' of 'c' was expected at version 2, but is at version 3."),
    ])
    func aStaleVersionIsASentence(expected: Int, found: Int, sentence: String) {
        #expect("\(StoreError.stale("Record 'a' of 'c'", expected: expected, found: found))" == sentence)
    }
}
