import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import SQLiteStore
import Synchronization
import Testing

/// A small disk of our own: a tmpfs, which only root may mount.
private enum Disk {
    static let isAllowed: Bool = (try? withDisk { _ in true }) ?? false

    static func with<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        try await withDatabase { path in
            try makeDirectory(of: path)
            let directory = URL(filePath: path).deletingLastPathComponent().path
            try #require(mount("none", directory, "tmpfs", 0, "size=1m") == 0)
            defer { umount2(directory, Int32(MNT_DETACH)) }
            return try await body(path)
        }
    }

    /// Changes the disk that a database is on.
    static func remount(_ path: String, _ flags: Int, _ options: String) throws {
        let directory = URL(filePath: path).deletingLastPathComponent().path
        // A process that another test has forked meanwhile to watch over a command has the pages of the log's index mapped
        // for as long as that command lives.
        for _ in 0..<9000 {
            if mount("none", directory, "tmpfs", UInt(flags), options) == 0 { return }
            try #require(errno == EBUSY)
            usleep(10_000)
        }
        Issue.record("The disk stays busy.")
    }

    private static func withDisk<Value>(_ body: (String) throws -> Value) throws -> Value {
        let directory = FileManager.default.temporaryDirectory.appending(path: "disk-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { rmdir(directory) }
        guard mount("none", directory, "tmpfs", 0, "size=1m") == 0 else { throw CocoaError(.fileWriteNoPermission) }
        defer { umount(directory) }
        return try body(directory)
    }
}

/// Takes what room there is, at one instant of the store's work.
private final class Filler: Sendable {
    private let path: String
    private let isWanted = Mutex(false)

    init(beside database: String) { path = database + ".filler" }

    func fillBeforeNextCommit() { isWanted.withLock { $0 = true } }
    func remove() { unlink(path) }

    func reached(_ instant: String) {
        guard instant == "store.begin",
            isWanted.withLock({ wanted in
                defer { wanted = false }
                return wanted
            })
        else {
            return
        }
        let file = open(path, O_CREAT | O_WRONLY, 0o600)
        let block = [UInt8](repeating: 0, count: 4_096)
        while write(file, block, block.count) > 0 {}
        close(file)
    }
}

@Suite(.enabled(if: Disk.isAllowed, "a tmpfs cannot be mounted here"))
struct DiskTests {
    @Test func aFullDiskIsASentenceAndCostsNothingThatWasWritten() async throws {
        try await Disk.with { path in
            let store = try SQLiteEventStore(path: path)
            var (landed, refusal) = (0, StoreError?.none)
            while refusal == nil {
                let bytes = (0..<50_000).map { UInt8(truncatingIfNeeded: $0 &+ landed) }
                let batch = StoreSamples.batch(landed + 1...landed + 1, of: "r1", artifacts: [Artifact(bytes)])
                refusal = await outcome { () throws(StoreError) in try await store.append(batch) }
                landed += refusal == nil ? 1 : 0
            }
            #expect(refusal == .unavailable(full(path)))
            #expect(landed > 3)
            #expect(try await store.events(of: "r1", after: 0, limit: 99).count == landed)
            await store.close()
            try Disk.remount(path, MS_REMOUNT, "size=2m")
            let reopened = try SQLiteEventStore(path: path)
            #expect(try await reopened.summary(of: "r1")?.sequence == landed)
            try await reopened.append(StoreSamples.batch(landed + 1...landed + 1, of: "r1"))
            await reopened.close()
        }
    }

    @Test func aCommitThatFailsFailsForAllItsWritersAndTheNextOneWorks() async throws {
        try await Disk.with { path in
            let (gate, filler) = (Gate(), Filler(beside: path))
            let store = try SQLiteEventStore(path: path) { instant in
                gate.reached(instant)
                filler.reached(instant)
            }
            filler.fillBeforeNextCommit()
            let batches = (0..<100).map { StoreSamples.batch(1...1, of: RunID("r\($0)")) }
            let outcomes = await append(batches, to: store, through: gate)
            #expect(outcomes == Array(repeating: .unavailable(full(path)), count: 100))
            #expect(gate.count("store.committed") == 0)
            #expect(gate.count("store.write") == 100, "a commit that failed is not tried again")
            #expect(try await store.summaries(RunQuery()).isEmpty)
            filler.remove()
            for batch in batches.prefix(5) { try await store.append(batch) }
            #expect(try await store.summaries(RunQuery()).count == 5)
            await store.close()
        }
    }

    @Test func aReadOnlyDiskIsASentence() async throws {
        try await Disk.with { path in
            await (try SQLiteEventStore(path: path)).close()
            // A mount of its own over the disk: a process that another test has forked meanwhile to watch over a command may
            // have the log's index mapped for as long as that command lives, which keeps the disk itself busy.
            let directory = URL(filePath: path).deletingLastPathComponent().path
            try #require(mount(directory, directory, nil, UInt(MS_BIND), nil) == 0)
            defer { umount2(directory, Int32(MNT_DETACH)) }
            try #require(mount(nil, directory, nil, UInt(MS_REMOUNT | MS_BIND | MS_RDONLY), nil) == 0)
            let sentence =
                "The database '\(path)' is read-only. "
                + "Make the file and its directory writable, or use another database with --db."
            #expect(throws: StoreError.unavailable(sentence)) { try SQLiteEventStore(path: path) }
            let other = "'\(path)2' cannot be created: Read-only file system. Name another place with --db."
            #expect(throws: StoreError.unavailable(other)) { try SQLiteEventStore(path: path + "2") }
        }
    }

    private func full(_ path: String) -> String {
        "The database '\(path)' cannot be written: the disk is full. Nothing was written; make room and try again."
    }
}
