import CSQLite
import PipelineEngine

/// One connection to a SQLite database, used by one thread at a time.
///
/// Thin: it opens, prepares (once per SQL text), binds, steps, and turns every code into a ``StoreError``.
final class SQLiteConnection {
    let path: String
    private let handle: OpaquePointer
    private let patience: Int32
    private var waits = true
    private var statements: [String: SQLiteStatement] = [:]
    var details = RecentDetails()
    var types = EventTypes()
    var ends = RecentEnds()
    private var log: LogRoom?
    private static let isPrepared = sluice_sqlite_prepare() == SQLITE_OK

    /// Opens an existing file.
    ///
    /// - Parameter patience: how long to wait for another process that is writing, in milliseconds.
    init(opening path: String, patience: Int32 = 10_000) throws(StoreError) {
        self.path = path
        // Never created here, because SQLite would create it readable by everyone; and one thread, so no mutex.
        _ = Self.isPrepared
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let opened else {
            defer { sqlite3_close(opened) }
            throw StoreError(sqlite: code, of: opened, path: path)
        }
        handle = opened
        self.patience = patience
        sqlite3_busy_timeout(handle, patience)
        distrust()
    }

    deinit {
        statements = [:]
        sqlite3_close_v2(handle)
    }

    /// Runs statements without values or rows.
    func execute(_ sql: String) throws(StoreError) {
        try check(sqlite3_exec(handle, sql, nil, nil, nil))
    }

    /// Runs one statement that returns no rows.
    func run(_ sql: String, _ values: [SQLiteValue] = []) throws(StoreError) {
        _ = try rows(sql, values, of: "") { _ throws(StoreError) in }
    }

    /// Reads all rows of one statement.
    ///
    /// - Parameter subject: what a row is, for the sentence about one that cannot be read: `event of run 'r1'`.
    func rows<Value>(
        _ sql: String,
        _ values: [SQLiteValue] = [],
        of subject: @escaping @autoclosure () -> String,
        read: (SQLiteRow) throws(StoreError) -> Value
    ) throws(StoreError) -> [Value] {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try check(statement.bind(values))
        var found: [Value] = []
        while true {
            let code = statement.step()
            guard code != SQLITE_DONE else { return found }
            guard code == SQLITE_ROW else { throw failure(code) }
            found.append(try read(SQLiteRow(statement, path: path, subject: subject)))
        }
    }

    /// Runs the body in a transaction, all or nothing.
    func transaction<Value>(_ begin: String, _ body: () throws(StoreError) -> Value) throws(StoreError) -> Value {
        do throws(StoreError) {
            try execute(begin)
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            rollback()
            throw error
        }
    }

    /// Whether commits wait until they are on disk: <https://www.sqlite.org/pragma.html#pragma_synchronous>. One that does
    /// takes those before it along, as all are in one log.
    func waitForDisk(_ waits: Bool) throws(StoreError) {
        guard waits != self.waits else { return }
        try run("PRAGMA synchronous = \(waits ? "FULL" : "NORMAL")")
        self.waits = waits
    }

    /// Has commits that wait for the disk wait less; to be called inside a transaction that writes.
    func provideRoom() throws(StoreError) {
        if log == nil {
            let mode = try rows("PRAGMA journal_mode", of: "the mode") { row throws(StoreError) in try row.text(0) }
            log = LogRoom(journal: mode.first)
        }
        log?.provide(in: handle)
    }

    /// Begins a transaction that writes.
    ///
    /// - Parameter patiently: Whether to wait for another process that is writing.
    /// - Returns: `false` when another one is, and this was not to wait.
    func beginWriting(patiently: Bool) throws(StoreError) -> Bool {
        if !patiently { sqlite3_busy_timeout(handle, 0) }
        defer { if !patiently { sqlite3_busy_timeout(handle, patience) } }
        do throws(StoreError) {
            try run("BEGIN IMMEDIATE")
            return true
        } catch {
            guard !patiently, error == .locked(path) else { throw error }
            return false
        }
    }

    /// Takes back an open transaction; some errors have done so already.
    func rollback() {
        // What was written in it is not so.
        types = EventTypes()
        ends = RecentEnds()
        guard sqlite3_get_autocommit(handle) == 0 else { return }
        sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
    }

    /// The key of the row that was inserted last.
    var lastKey: Int { Int(sqlite3_last_insert_rowid(handle)) }

    /// A number that changes with every commit to the file, of this connection or another; of another it is learned when a
    /// transaction begins: <https://www.sqlite.org/c3ref/c_fcntl_begin_atomic_write.html>.
    var dataVersion: UInt32 {
        var version: UInt32 = 0
        sqlite3_file_control(handle, "main", SQLITE_FCNTL_DATA_VERSION, &version)
        return version
    }

    /// Whether the file could only be opened for reading, as SQLite does without a word.
    var isReadOnly: Bool { sqlite3_db_readonly(handle, "main") == 1 }

    private func prepared(_ sql: String) throws(StoreError) -> SQLiteStatement {
        if let known = statements[sql] { return known }
        var prepared: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        guard code == SQLITE_OK, let prepared else {
            // The statements are ours and right, so a name that SQLite does not find is missing in the file.
            throw code == SQLITE_ERROR ? .damaged(path, String(cString: sqlite3_errmsg(handle))) : failure(code)
        }
        let statement = SQLiteStatement(prepared)
        statements[sql] = statement
        return statement
    }

    private func check(_ code: Int32) throws(StoreError) {
        if code != SQLITE_OK { throw failure(code) }
    }

    private func failure(_ code: Int32) -> StoreError { StoreError(sqlite: code, of: handle, path: path) }

    /// Lets nothing in the file run code of its own: <https://www.sqlite.org/security.html>.
    private func distrust() {
        let settings = [
            (SQLITE_DBCONFIG_DEFENSIVE, 1), (SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0), (SQLITE_DBCONFIG_ENABLE_TRIGGER, 0),
            (SQLITE_DBCONFIG_ENABLE_VIEW, 0), (SQLITE_DBCONFIG_DQS_DML, 0), (SQLITE_DBCONFIG_DQS_DDL, 0),
            (SQLITE_DBCONFIG_ENABLE_FKEY, 1),
        ]
        for (option, on) in settings { _ = sluice_sqlite_configure(handle, Int32(option), Int32(on)) }
    }
}
