import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import SQLiteStore
import Testing

/// A process that is killed at any instant of a commit loses nothing that it was told is written.
struct CrashTests {
    private static let runs = ["r1", "r2", "r3"]

    @Test(arguments: ["store.begin", "store.write", "store.commit", "store.committed"], [1, 2, 5])
    func whatWasAcknowledgedOutlivesAKill(at instant: String, time: Int) async throws {
        try await withDatabase { path in
            let ended = try run([[storeWriter, "die", path, "9"] + Self.runs + [instant, "\(time)"]])[0]
            try #require(ended.wasKilled, "\(ended.output)")
            let store = try SQLiteEventStore(path: path)
            var total = 0
            for run in Self.runs.map(RunID.init) {
                let events = try await store.events(of: run, after: 0, limit: 99)
                let acknowledged = ended.lines.count { $0.hasPrefix("\(run) ") }
                #expect(events.count >= acknowledged)
                #expect(events == (0..<events.count).map { StoreSamples.event($0 + 1, of: run) })
                #expect(try await store.summary(of: run)?.sequence ?? 0 == events.count)
                try await store.append(StoreSamples.batch(events.count + 1...events.count + 1, of: run))
                total += events.count
            }
            if instant == "store.committed" { #expect(total > ended.lines.count, "written, but nobody was told") }
            if time == 1, instant != "store.committed" { #expect(total == 0) }
            await store.close()
            #expect(try sqlite3(path, "PRAGMA integrity_check") == "b'ok'")
        }
    }

    @Test func anythingIsThereAfterReopening() async throws {
        try await withDatabase { path in
            let artifact = Artifact(Array("output".utf8))
            let batch = StoreSamples.batch(1...3, of: "r1", artifacts: [artifact])
            let claim = Claim(owner: "a", until: StoreSamples.start + .seconds(1))
            let first = try SQLiteEventStore(path: path)
            try await first.append(batch)
            _ = try await first.claim("r1", for: "a", until: claim.until, now: StoreSamples.start, overriding: nil)
            await first.close()
            #expect(!FileManager.default.fileExists(atPath: path + "-wal"))

            let second = try SQLiteEventStore(path: path)
            #expect(try await second.events(of: "r1", after: 0, limit: 9) == batch.events)
            #expect(try await second.summary(of: "r1") == batch.summary)
            #expect(try await second.artifact(artifact.digest) == artifact.bytes)
            let inForce = try await second.claim(
                "r1",
                for: "b",
                until: claim.until,
                now: StoreSamples.start,
                overriding: nil
            )
            #expect(inForce == claim)
            await second.close()
        }
    }
}

/// Several processes work on one database, which none of them has created yet.
struct ProcessTests {
    @Test func fourProcessesWriteOneHistory() async throws {
        try await withDatabase { path in
            let ended = try run(Array(repeating: [storeWriter, "append", path, "25", "r1", "r2"], count: 4))
            for process in ended { #expect(process.status == 0, "\(process.output)") }
            let acknowledged = ended.flatMap(\.lines)
            #expect(acknowledged.count == 200)
            #expect(Set(acknowledged).count == 200, "no number was won twice")
            let store = try SQLiteEventStore(path: path)
            for run in ["r1", "r2"].map(RunID.init) {
                #expect(try await store.events(of: run, after: 0, limit: 999).map(\.sequence) == Array(1...100))
            }
            await store.close()
        }
    }

    @Test func oneOfSixProcessesClaimsARun() async throws {
        try await withDatabase { path in
            let store = try SQLiteEventStore(path: path)
            try await store.append(StoreSamples.batch(1...1, of: "r1"))
            let ended = try run((0..<6).map { [storeWriter, "claim", path, "r1", "owner \($0)"] })
            let owners = Set(ended.flatMap(\.lines))
            #expect(owners.count == 1)
            #expect(owners.first?.hasPrefix("owner ") == true)
            await store.close()
        }
    }
}
