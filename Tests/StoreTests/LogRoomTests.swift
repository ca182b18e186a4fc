import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import SQLiteStore
import Testing

/// The write-ahead log is made longer before commits need it.
struct LogRoomTests {
    /// As long as it gets before SQLite begins anew: a header, and a thousand pages.
    private static let most = 32 + 1_000 * (4_096 + 24)

    @Test func commitsWriteOverBytesThatAreThere() async throws {
        try await withDatabase { path in
            let store = try SQLiteEventStore(path: path)
            var sizes: Set<Int> = []
            for number in 1...100 {
                try await store.append(StoreSamples.batch(number...number, of: "r1"))
                sizes.insert(try size(ofLogOf: path))
            }
            #expect(sizes.count <= 20, "\(sizes.sorted())")
            await store.close()
        }
    }

    @Test func whatIsWrittenAheadIsNoneOfTheHistory() async throws {
        try await withDatabase { path in
            let store = try SQLiteEventStore(path: path)
            for number in 1...20 { try await store.append(StoreSamples.batch(number...number, of: "r1")) }
            let copy = path + ".copy"
            for part in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + part, toPath: copy + part) }
            await store.close()
            let log = try Data(contentsOf: URL(filePath: copy + "-wal"))
            #expect(log.suffix(32_768).allSatisfy { $0 == 0 })

            let recovered = try SQLiteEventStore(path: copy)
            #expect(
                try await recovered.events(of: "r1", after: 0, limit: 99)
                    == (1...20).map { StoreSamples.event($0, of: "r1") }
            )
            try await recovered.append(StoreSamples.batch(21...21, of: "r1"))
            await recovered.close()
            #expect(try sqlite3(copy, "PRAGMA integrity_check") == "b'ok'")
            #expect(try sqlite3(copy, "SELECT count(*) FROM event") == "21")
        }
    }

    @Test func theLogGetsNoLongerThanItWould() async throws {
        try await withDatabase { path in
            let store = try SQLiteEventStore(path: path)
            for number in 1...900 { try await store.append(StoreSamples.batch(number...number, of: "r1")) }
            #expect(try size(ofLogOf: path) < Self.most + 100_000)
            await store.close()
        }
    }

    @Test func twoProcessesMakeRoomWithoutWritingOverEachOther() async throws {
        try await withDatabase { path in
            let (first, second) = (try SQLiteEventStore(path: path), try SQLiteEventStore(path: path))
            for number in 1...300 {
                let store = number.isMultiple(of: 3) ? first : second
                try await store.append(StoreSamples.batch(number...number, of: "r1"))
            }
            await first.close()
            #expect(
                try await second.events(of: "r1", after: 0, limit: 999)
                    == (1...300).map { StoreSamples.event($0, of: "r1") }
            )
            await second.close()
            #expect(try sqlite3(path, "PRAGMA integrity_check") == "b'ok'")
        }
    }

    private func size(ofLogOf path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int ?? 0
    }
}
