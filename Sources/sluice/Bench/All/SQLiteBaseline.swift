import CSQLite
import Glibc
import PipelineKit

/// What the disk and SQLite alone take: one row a commit, as a loop in C would write it.
///
/// The table, the page size, the log and `synchronous = FULL` are those that histories are kept with. What stands
/// above the bare row in the engine's figures of the same run is the engine's.
struct SQLiteBaseline: ~Copyable {
    private let database: OpaquePointer
    private let insert: OpaquePointer
    private var written = 0

    private static let schema = """
        PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
        CREATE TABLE event (
            run INTEGER NOT NULL, sequence INTEGER NOT NULL, type INTEGER NOT NULL, version INTEGER NOT NULL,
            body TEXT NOT NULL, occurred_at INTEGER NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (run, sequence)
        ) STRICT;
        """

    /// - Parameter path: A file that is not there yet.
    init(path: String) throws(CommandError) {
        var (opened, prepared): (OpaquePointer?, OpaquePointer?)
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let sql = "INSERT INTO event VALUES (1, ?, 7, 1, ?, 1700000000000, zeroblob(32))"
        guard sqlite3_open_v2(path, &opened, flags, nil) == SQLITE_OK, let opened,
            sqlite3_exec(opened, Self.schema, nil, nil, nil) == SQLITE_OK,
            sqlite3_prepare_v2(opened, sql, -1, &prepared, nil) == SQLITE_OK, let prepared
        else {
            let reason = opened.map { String(cString: sqlite3_errmsg($0)) } ?? "no memory"
            sqlite3_close_v2(opened)
            throw .broken("The database '\(path)' cannot be opened: \(reason).")
        }
        (database, insert) = (opened, prepared)
    }

    deinit {
        sqlite3_finalize(insert)
        sqlite3_close_v2(database)
    }

    /// Writes rows, each in a commit of its own.
    ///
    /// - Parameter bytes: Of each row's body.
    /// - Returns: how long each took, in order.
    mutating func commits(_ count: Int, bytes: Int) throws(CommandError) -> [Duration] {
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: bytes)
        var times: [Duration] = []
        for _ in 0..<count {
            written += 1
            let began = ContinuousClock.now
            sqlite3_bind_int64(insert, 1, Int64(written))
            _ = sluice_sqlite_bind_text(insert, 2, body, UInt64(body.count))
            let code = sqlite3_step(insert)
            sqlite3_reset(insert)
            guard code == SQLITE_DONE else {
                throw .broken("The row could not be written: \(String(cString: sqlite3_errmsg(database))).")
            }
            times.append(.now - began)
        }
        return times
    }
}
