import Foundation
import PipelineEngine
import Testing

/// Gives the body a path in a directory of its own, which is removed afterwards.
func withDatabase<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let directory = FileManager.default.temporaryDirectory.appending(path: "store-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    return try await body(directory.appending(path: "sluice.db").path)
}

/// What a program printed, and how it ended.
struct Ended {
    var output: String
    var status: Int32
    var wasKilled: Bool
    var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// Runs programs that end by themselves, all at once, and waits for them.
func run(_ commands: [[String]]) throws -> [Ended] {
    let started = try commands.map { command in
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        return (process, pipe)
    }
    return try started.map { process, pipe in
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Ended(
            output: String(decoding: output, as: UTF8.self),
            status: process.terminationStatus,
            wasKilled: process.terminationReason == .uncaughtSignal
        )
    }
}

/// The program built beside these tests.
let storeWriter = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "StoreWriter")
    .path

/// Changes or reads a database behind the store's back, as another program would.
@discardableResult
func sqlite3(_ path: String, _ sql: String) throws -> String {
    let script =
        "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.text_factory=bytes\n"
        + "for s in sys.argv[2].split(';;'): r=c.execute(s).fetchall()\n"
        + "c.commit(); print(*[x for y in r for x in y], sep='|')"
    let ended = try run([["/usr/bin/env", "python3", "-c", script, path, sql]])[0]
    try #require(ended.status == 0, "\(ended.output)")
    return ended.output.trimmingCharacters(in: .newlines)
}

/// Makes a database what the first version of its schema would have made it.
func takeBackToTheFirstSchema(_ path: String) throws {
    let indices = ["pipeline", "project", "origin", "asking", "owner", "own", "group"].map { "DROP INDEX run_\($0)" }
    let columns = ["project", "origin", "is_asking", "is_led", "run_group"].map { "ALTER TABLE run DROP COLUMN \($0)" }
    let events = [
        "CREATE TABLE old (run INTEGER NOT NULL REFERENCES run ON DELETE CASCADE, sequence INTEGER NOT NULL, "
            + "type TEXT NOT NULL, version INTEGER NOT NULL, body TEXT NOT NULL, occurred_at INTEGER NOT NULL, "
            + "digest BLOB NOT NULL, PRIMARY KEY (run, sequence)) STRICT",
        "INSERT INTO old SELECT run, sequence, name, version, body, occurred_at, digest "
            + "FROM event JOIN event_type ON key = type ORDER BY event.rowid",
        "DROP TABLE event", "ALTER TABLE old RENAME TO event", "DROP TABLE event_type",
    ]
    let rest = ["DROP TABLE record", "DROP TABLE account", "PRAGMA user_version = 1"]
    try sqlite3(path, (indices + columns + events + rest).joined(separator: ";;"))
}

/// The permissions of a file.
func mode(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return try #require(attributes[.posixPermissions] as? Int)
}

/// What an attempt ended with; `nil` when it succeeded.
func outcome(_ attempt: () async throws(StoreError) -> Void) async -> StoreError? {
    do throws(StoreError) {
        try await attempt()
        return nil
    } catch {
        return error
    }
}

/// What that many attempts ended with, made all at once.
func sideBySide(
    _ count: Int,
    _ attempt: @escaping @Sendable (Int) async throws(StoreError) -> Void
) async -> [StoreError?] {
    await withTaskGroup { group in
        for index in 0..<count {
            group.addTask { (index, await outcome { () throws(StoreError) in try await attempt(index) }) }
        }
        return await group.reduce(into: Array(repeating: nil, count: count)) { $0[$1.0] = $1.1 }
    }
}
