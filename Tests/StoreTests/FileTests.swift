import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

@testable import SQLiteStore

/// The file, and what is said about one that cannot be used.
struct FileTests {
    @Test(arguments: ["0", "777"]) func filesAreForTheirOwnerAloneWhateverTheUmask(_ umask: String) async throws {
        try await withDatabase { path in
            let nested = "\(path)/deeper/sluice.db"
            let command = [storeWriter, "die", nested, "1", "r1", "store.committed", "1"].joined(separator: " ")
            try #require(run([["/bin/sh", "-c", "umask \(umask); exec \(command)"]])[0].wasKilled)
            for suffix in ["", "-wal", "-shm"] { #expect(try mode(nested + suffix) == 0o600) }
            for directory in [path, "\(path)/deeper"] { #expect(try mode(directory) == 0o700) }
        }
    }

    @Test func aNewerSchemaIsRefused() async throws {
        try await refusal(after: "PRAGMA user_version = 8") { path in
            .unreadable(
                "The database '\(path)' was written by a newer Sluice (schema 8; this one knows 7). "
                    + "Use that version, or another database with --db."
            )
        }
    }

    @Test func aDatabaseOfTheFirstSchemaIsBroughtUpToDate() async throws {
        try await withDatabase { path in
            let store = try SQLiteEventStore(path: path)
            let details: JSONValue = ["project": "/p", "origin": "web", "approvals": ["a1"], "parent": "r2"]
            for (run, details) in [("r1", details), ("r2", ["project": 5])] as [(RunID, JSONValue)] {
                var batch = StoreSamples.batch(1...1, of: run)
                batch.summary = StoreSamples.summary(of: run, at: 1, details: details)
                try await store.append(batch)
            }
            await store.close()
            try takeBackToTheFirstSchema(path)
            let again = try SQLiteEventStore(path: path)
            for query in [RunQuery(project: "/p"), RunQuery(origin: "web"), RunQuery(isAsking: true)] {
                #expect(try await again.summaries(query).map(\.run) == ["r1"])
            }
            for query in [RunQuery(origin: ""), RunQuery(isOwn: true)] {
                #expect(try await again.summaries(query).map(\.run) == ["r2"])
            }
            let events = StoreSamples.batch(1...1, of: "r1").events
            #expect(try await again.events(of: "r1", after: 0, limit: 9) == events)
            try await again.append(StoreSamples.batch(2...2, of: "r1"))
            #expect(try await again.sequences(of: ["r1"]) == ["r1": 2])
            await again.close()
        }
    }

    @Test func anotherProgramsDatabaseIsRefusedAndNotChanged() async throws {
        try await withDatabase { path in
            try makeDirectory(of: path)
            try sqlite3(path, "CREATE TABLE song (title TEXT)")
            let before = try Data(contentsOf: URL(filePath: path))
            let sentence = "The file '\(path)' is a database of another program. Use another with --db."
            #expect(throws: StoreError.unreadable(sentence)) { try SQLiteEventStore(path: path) }
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
        }
    }

    @Test func aFileThatIsNoDatabaseIsRefused() async throws {
        try await withDatabase { path in
            try makeDirectory(of: path)
            try Data(String(repeating: "These are notes.\n", count: 99).utf8).write(to: URL(filePath: path))
            let sentence =
                "The file '\(path)' is not a database of Sluice: file is not a database. Use another with --db."
            #expect(throws: StoreError.unreadable(sentence)) { try SQLiteEventStore(path: path) }
        }
    }

    @Test func aTruncatedDatabaseIsDamaged() async throws {
        try await withDatabase { path in
            let store = try SQLiteEventStore(path: path)
            try await store.append(StoreSamples.batch(1...500, of: "r1"))
            await store.close()
            let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
            try #require(truncate(path, size / 2) == 0)
            let sentence = damaged(path, "database disk image is malformed")
            #expect(throws: sentence) { try SQLiteEventStore(path: path) }
        }
    }

    @Test func aPageOfRubbishIsDamaged() async throws {
        try await withDatabase { path in
            let store = try SQLiteEventStore(path: path)
            try await store.append(StoreSamples.batch(1...500, of: "r1"))
            await store.close()
            let file = try FileHandle(forUpdating: URL(filePath: path))
            let page = try #require(Int(sqlite3(path, "SELECT rootpage FROM sqlite_schema WHERE name = 'event'")))
            let size = try #require(Int(sqlite3(path, "PRAGMA page_size")))
            try file.seek(toOffset: UInt64((page - 1) * size))
            try file.write(contentsOf: Data(repeating: 0xAB, count: size))
            try file.close()
            let reopened = try SQLiteEventStore(path: path)
            await #expect(throws: damaged(path, "database disk image is malformed")) {
                try await reopened.events(of: "r1", after: 0, limit: 999)
            }
            await reopened.close()
        }
    }

    @Test func aDirectoryIsNoDatabase() async throws {
        try await withDatabase { path in
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            let sentence = "The database '\(path)' cannot be opened: it is a directory. Name a file with --db."
            #expect(throws: StoreError.unavailable(sentence)) { try SQLiteEventStore(path: path) }
        }
    }

    @Test(arguments: ["", "a\0b"]) func somePathsAreNone(_ path: String) {
        let sentence = "The database '\(path)' cannot be opened: this is not a path. Name a file with --db."
        #expect(throws: StoreError.unavailable(sentence)) { try SQLiteEventStore(path: path) }
    }

    @Test func aFileInTheWayOfTheDirectoryIsNamed() async throws {
        try await withDatabase { path in
            try makeDirectory(of: path)
            try Data().write(to: URL(filePath: path))
            let sentence = "'\(path)/sluice.db' cannot be opened: Not a directory. Name another place with --db."
            #expect(throws: StoreError.unavailable(sentence)) { try SQLiteEventStore(path: "\(path)/sluice.db") }
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root can become someone else"))
    func whatIsForbiddenIsASentence() async throws {
        try await withDatabase { path in
            await (try SQLiteEventStore(path: path)).close()
            let directory = URL(filePath: path).deletingLastPathComponent().path
            let command = [
                "/usr/bin/setpriv", "--reuid=65534", "--clear-groups", storeWriter, "claim", path, "r1", "a",
            ]
            let traversal = "'\(path)' cannot be opened: Permission denied. Name another place with --db."
            #expect(try run([command])[0].lines == [traversal])
            try #require(chmod(directory, 0o755) == 0)
            let opening =
                "The database '\(path)' cannot be read or written: Permission denied (SQLite code 14). "
                + "Check the file, its directory and the disk."
            #expect(try run([command])[0].lines == [opening])
            try #require(chmod(path, 0o644) == 0)
            let reading =
                "The database '\(path)' is read-only. "
                + "Make the file and its directory writable, or use another database with --db."
            #expect(try run([command])[0].lines == [reading])
        }
    }

    @Test(
        arguments: [
            (10, "cannot be read or written: disk I/O error (SQLite code 10)."),
            (13, "cannot be written: the disk is full. Nothing was written; make room and try again."),
            (18, "cannot hold a value of more than 1 GB."),
            (7, "refused: out of memory (SQLite code 7)."),
        ] as [(Int32, String)]
    )
    func aCodeOfSQLiteIsASentence(code: Int32, sentence: String) {
        let error = StoreError(sqlite: code, of: nil, path: "/p/sluice.db")
        #expect(error == .unavailable("The database '/p/sluice.db' \(sentence)"))
    }

    @Test func anotherWritersLockIsASentence() async throws {
        try await withDatabase { path in
            await (try SQLiteEventStore(path: path)).close()
            let (holder, other) = (
                try SQLiteConnection(opening: path), try SQLiteConnection(opening: path, patience: 0)
            )
            try holder.execute("BEGIN IMMEDIATE")
            let sentence =
                "The database '\(path)' is locked by another program. End that one, or wait, and try again."
            #expect(throws: StoreError.unavailable(sentence)) { try other.execute("BEGIN IMMEDIATE") }
        }
    }

    @Test func removedRunsGiveTheirRoomBack() async throws {
        try await withDatabase { path in
            let store = try SQLiteEventStore(path: path)
            let artifact = Artifact((0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
            try await store.append(StoreSamples.batch(1...500, of: "r1", artifacts: [artifact]))
            #expect(try await store.remove(["r1"]) == 2_000_000)
            await store.close()
            let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
            #expect(size < 200_000)
        }
    }
}

/// Opens a database that was changed while it was closed, and expects a refusal.
private func refusal(after sql: String, _ expected: (String) -> StoreError) async throws {
    try await withDatabase { path in
        await (try SQLiteEventStore(path: path)).close()
        try sqlite3(path, sql)
        #expect(throws: expected(path)) { try SQLiteEventStore(path: path) }
    }
}

func makeDirectory(of path: String) throws {
    let directory = URL(filePath: path).deletingLastPathComponent()
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
}

func damaged(_ path: String, _ what: String) -> StoreError {
    .unreadable(
        "The database '\(path)' is damaged: \(what). Restore it from a copy, or use another database with --db."
    )
}
