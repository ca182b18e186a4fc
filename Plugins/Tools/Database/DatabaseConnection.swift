import CSQLite
import PipelineKit
import WorkspaceKit

/// One connection to a database of the workspace, used by one thread.
final class DatabaseConnection {
    let handle: OpaquePointer
    let permit: DatabasePermit
    let watch: DatabaseWatch
    private let place: ConfinedPlace
    private let path: String

    /// - Parameter path: The file as the call names it.
    /// - Throws: ``Failure/Kind/invalidInput`` when it is no database.
    init(_ place: ConfinedPlace, named path: String, writes: Bool, _ watch: DatabaseWatch) throws(Failure) {
        self.place = place
        self.path = path
        self.watch = watch
        permit = DatabasePermit(writes: writes)
        handle = try Self.open(place, path, writes: writes)
        confine()
        // What is no database is told as such, and statements find the schema read.
        let code = sqlite3_exec(handle, "SELECT 1 FROM sqlite_schema", nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code) }
        sqlite3_set_authorizer(handle, Self.authorize, Unmanaged.passUnretained(permit).toOpaque())
    }

    deinit { sqlite3_close_v2(handle) }

    private static func open(_ place: ConfinedPlace, _ path: String, writes: Bool) throws(Failure) -> OpaquePointer {
        let plain = try connect(place, path, writes ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY)
        // To read a database that keeps a log, SQLite makes one beside it and leaves it there. Where there is none, all
        // is in the file, which is read as one that nobody changes: a reader leaves no trace.
        guard !writes, keepsLog(plain), !place.hasContent(beside: "-wal") else { return plain }
        sqlite3_close_v2(plain)
        return try connect(place, path, SQLITE_OPEN_READONLY, "&immutable=1")
    }

    private static func connect(
        _ place: ConfinedPlace,
        _ path: String,
        _ flags: Int32,
        _ options: String = ""
    ) throws(Failure) -> OpaquePointer {
        guard HeldFiles.isKnown else { throw Failure(.unavailable, "This SQLite knows no files of Linux.") }
        let name = place.name.utf8.map { "%" + [$0].hexadecimal }.joined()
        let address = "file:\(place.directory)/\(name)?vfs=\(HeldFiles.name)\(options)"
        let all = flags | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE | SQLITE_OPEN_PRIVATECACHE
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(address, &opened, all, nil)
        guard code == SQLITE_OK, let opened else {
            defer { sqlite3_close_v2(opened) }
            throw Failure(.unavailable, "'\(path)' cannot be opened: \(String(cString: sqlite3_errstr(code))).")
        }
        return opened
    }

    /// Whether the header says so; <https://www.sqlite.org/fileformat.html>, 1.3.3. Read with SQLite's own descriptor, as
    /// closing another would drop the locks of all connections of this process.
    private static func keepsLog(_ handle: OpaquePointer) -> Bool {
        var file: UnsafeMutablePointer<sqlite3_file>?
        let code = sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file)
        guard code == SQLITE_OK, let file, let read = file.pointee.pMethods?.pointee.xRead else { return false }
        var versions: [UInt8] = [0, 0]
        return read(file, &versions, 2, 18) == SQLITE_OK && versions[1] == 2
    }

    /// What a file of others needs: <https://www.sqlite.org/security.html>.
    private func confine() {
        let settings = [
            (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0), (SQLITE_DBCONFIG_ENABLE_FKEY, 1),
            (SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0),
        ]
        for (option, on) in settings { _ = sluice_sqlite_configure(handle, Int32(option), Int32(on)) }
        let limits = [
            (SQLITE_LIMIT_ATTACHED, 0), (SQLITE_LIMIT_LENGTH, 20_000_000), (SQLITE_LIMIT_SQL_LENGTH, 1_000_000),
        ]
        for (limit, most) in limits { sqlite3_limit(handle, limit, Int32(most)) }
        sqlite3_busy_timeout(handle, Int32(min(watch.time, .seconds(5)) / .milliseconds(1)))
        sqlite3_progress_handler(handle, 1_000, Self.isOver, Unmanaged.passUnretained(watch).toOpaque())
    }

    private static let isOver: @convention(c) (UnsafeMutableRawPointer?) -> Int32 = { watch in
        guard let watch else { return 1 }
        return Unmanaged<DatabaseWatch>.fromOpaque(watch).takeUnretainedValue().isOver ? 1 : 0
    }

    private static let authorize:
        @convention(c) (
            UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
            UnsafePointer<CChar>?
        ) -> Int32 = { permit, action, first, second, _, _ in
            guard let permit else { return SQLITE_DENY }
            let permits = Unmanaged<DatabasePermit>.fromOpaque(permit).takeUnretainedValue().permits(
                action,
                first.map { String(cString: $0) },
                second.map { String(cString: $0) }
            )
            return permits ? SQLITE_OK : SQLITE_DENY
        }

    /// What a code means: <https://www.sqlite.org/rescode.html>.
    ///
    /// - Parameter sql: The text that was being read, for the place in it.
    func failure(_ code: Int32, in sql: String = "") -> Failure {
        let words = String(cString: sqlite3_errmsg(handle))
        switch code & 0xFF {
        case SQLITE_INTERRUPT where watch.isCancelled:
            return Failure(.cancelled, "The query was ended because the work was cancelled.")
        case SQLITE_INTERRUPT:
            return Failure(.timedOut, "The query was still running after \(watch.time.written) and was ended.")
        // Also where a function or the schema of temporary tables is refused, which SQLite tells as plain errors.
        case SQLITE_AUTH, SQLITE_ERROR, SQLITE_SCHEMA:
            if let refusal = permit.refusal { return Failure(.denied, refusal) }
            let place = SQLPlace(sql, offset: Int(sqlite3_error_offset(handle)))
            return Failure(.invalidInput, "SQLite refuses: \(words).\(place?.text ?? "")")
        case SQLITE_NOTADB: return Failure(.invalidInput, "'\(path)' is no SQLite database.")
        case SQLITE_BUSY, SQLITE_LOCKED:
            return Failure(.unavailable, "'\(path)' is locked by another program. Wait, and try again.")
        case SQLITE_IOERR, SQLITE_CANTOPEN, SQLITE_CORRUPT, SQLITE_READONLY, SQLITE_FULL, SQLITE_NOMEM:
            return Failure(.unavailable, "'\(path)' cannot be read or written: \(words).")
        default: return Failure(.invalidInput, "SQLite refuses: \(words).")
        }
    }
}
