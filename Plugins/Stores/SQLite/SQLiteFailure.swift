import CSQLite
import FoundationEssentials
import Glibc
import PipelineEngine

/// What a person does about a file that cannot be used.
private let remedy = "Restore it from a copy, or use another database with --db."

extension StoreError {
    /// What SQLite's code means for a person: <https://www.sqlite.org/rescode.html>.
    ///
    /// - Parameter connection: where the code came from; it knows the words and the system's error number.
    init(sqlite code: Int32, of connection: OpaquePointer?, path: String) {
        let words = String(cString: connection.map { sqlite3_errmsg($0) } ?? sqlite3_errstr(code))
        let system = connection.map { sqlite3_system_errno($0) } ?? 0
        self =
            switch code & 0xFF {
            case SQLITE_NOTADB: .notADatabase(path, words)
            case SQLITE_CORRUPT, SQLITE_FORMAT: .damaged(path, words)
            case SQLITE_FULL: .full(path)
            case SQLITE_IOERR, SQLITE_CANTOPEN: .unavailable(path, code, words, system)
            case SQLITE_READONLY: .readOnly(path)
            case SQLITE_BUSY, SQLITE_LOCKED: .locked(path)
            case SQLITE_TOOBIG: .tooBig(path)
            default: .unavailable("The database '\(path)' refused: \(words) (SQLite code \(code)).")
            }
    }

    static func notADatabase(_ path: String, _ words: String) -> StoreError {
        .unreadable("The file '\(path)' is not a database of Sluice: \(words). Use another with --db.")
    }

    static func damaged(_ path: String, _ what: String) -> StoreError {
        .unreadable("The database '\(path)' is damaged: \(what). \(remedy)")
    }

    static func closed(_ path: String) -> StoreError { .unavailable("The database '\(path)' is closed.") }

    static func full(_ path: String) -> StoreError {
        .unavailable(
            "The database '\(path)' cannot be written: the disk is full. Nothing was written; make room and try again."
        )
    }

    static func readOnly(_ path: String) -> StoreError {
        .unavailable(
            "The database '\(path)' is read-only. "
                + "Make the file and its directory writable, or use another database with --db."
        )
    }

    static func locked(_ path: String) -> StoreError {
        .unavailable("The database '\(path)' is locked by another program. End that one, or wait, and try again.")
    }

    private static func tooBig(_ path: String) -> StoreError {
        .unavailable("The database '\(path)' cannot hold a value of more than 1 GB.")
    }

    private static func unavailable(_ path: String, _ code: Int32, _ words: String, _ system: Int32) -> StoreError {
        switch system {
        case ENOSPC, EDQUOT: .full(path)
        case EROFS: .readOnly(path)
        case 0: .unavailable("The database '\(path)' cannot be read or written: \(words) (SQLite code \(code)).")
        default:
            .unavailable(
                "The database '\(path)' cannot be read or written: \(String(cString: strerror(system))) "
                    + "(SQLite code \(code)). Check the file, its directory and the disk."
            )
        }
    }
}
