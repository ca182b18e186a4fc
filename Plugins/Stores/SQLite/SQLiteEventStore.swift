import Dispatch
public import PipelineEngine
public import PipelineKit

/// Histories and records in a SQLite database: one file, shared by any number of processes on one machine.
///
/// What an append reported is on disk (WAL, `synchronous = FULL`); appends that come together share one commit.
public final class SQLiteEventStore: EventStore {
    let reader: SQLiteReader
    private let glance: SQLiteGlance
    let writer: SQLiteWriter
    /// Of pages of histories.
    private let pace = ReadingPace()

    /// Opens the database, and creates it (mode 0600, its directories 0700) when there is none.
    ///
    /// - Parameter fault: called at named instants of a commit, so that tests can end the process there: `store.begin`,
    ///   `store.write` before each batch, `store.commit`, and `store.committed` before the writers are told.
    /// - Throws: ``StoreError/unavailable(_:)`` when the file cannot be opened, ``StoreError/unreadable(_:)`` when it is
    ///   not a database, another program's, damaged, or written by a newer version.
    public init(path: String, fault: @escaping @Sendable (String) -> Void = { _ in }) throws(StoreError) {
        let path = try SQLiteFile.prepare(path)
        // Whoever reads or writes histories will need it; meanwhile the database is opened.
        DispatchQueue.global().async { Digest.prepare() }
        let writing = try SQLiteConnection(opening: path)
        try SQLiteSchema.prepare(writing)
        try writing.execute(SQLiteSchema.settings)
        let reading = try SQLiteConnection(opening: path)
        try reading.execute(SQLiteSchema.readingSettings)
        writer = SQLiteWriter(writing, fault: fault)
        reader = SQLiteReader(reading)
        glance = SQLiteGlance(path: path)
    }

    /// Finishes what was asked for and closes the file; everything later is ``StoreError/unavailable(_:)``.
    public func close() async {
        await reader.close()
        glance.close()
        await writer.close()  // last, because the last connection folds the write-ahead log into the file
    }

    public func append(_ batch: Batch) async throws(StoreError) {
        try await writer.write { connection throws(StoreError) in try connection.append(batch) }
    }

    public func events(of run: RunID, after sequence: Int, limit: Int) async throws(StoreError) -> [StoredEvent] {
        let read: @Sendable (SQLiteConnection) throws(StoreError) -> [StoredEvent] = {
            [pace] connection throws(StoreError) in
            try pace.timing { () throws(StoreError) in
                try connection.events(of: run, after: sequence, limit: limit)
            }
        }
        if pace.isQuick, let found = glance.read(read) { return found }
        return try await reader.read(read)
    }

    public func summary(of run: RunID) async throws(StoreError) -> RunSummary? {
        if let known = glance.read({ connection throws(StoreError) in try connection.summary(of: run) }) {
            return known
        }
        return try await reader.read { connection throws(StoreError) in try connection.summary(of: run) }
    }

    public func summaries(_ query: RunQuery) async throws(StoreError) -> [RunSummary] {
        try await reader.read { connection throws(StoreError) in try connection.summaries(query) }
    }

    public func sequences(of runs: [RunID]) async throws(StoreError) -> [RunID: Int] {
        try await reader.read { connection throws(StoreError) in try connection.sequences(of: runs) }
    }

    public func unclaimed(_ query: UnclaimedQuery) async throws(StoreError) -> [RunSummary] {
        try await reader.read { connection throws(StoreError) in try connection.unclaimed(query) }
    }

    public func owners(at now: Instant) async throws(StoreError) -> Set<String> {
        try await reader.read { connection throws(StoreError) in try connection.owners(at: now) }
    }

    public func claim(
        _ run: RunID,
        for owner: String,
        until deadline: Instant,
        now: Instant,
        overriding dead: String?
    ) async throws(StoreError) -> Claim? {
        let wanted = Claim(owner: owner, until: deadline)
        // An owner that loses its machine has lost its claims as well: they are no more than who works on what by now.
        return try await writer.write(isDurable: false) { connection throws(StoreError) in
            try connection.claim(run, for: wanted, now: now, overriding: dead)
        }
    }

    public func release(_ run: RunID, by owner: String) async throws(StoreError) {
        try await writer.write(isDurable: false) { connection throws(StoreError) in
            try connection.release(run, by: owner)
        }
    }

    public func balance(of account: Account) async throws(StoreError) -> Balance {
        try await reader.read { connection throws(StoreError) in try connection.balance(of: account) }
    }

    public func artifact(_ digest: Digest) async throws(StoreError) -> [UInt8]? {
        try await reader.read { connection throws(StoreError) in try connection.artifact(digest) }
    }

    public func remove(_ runs: [RunID]) async throws(StoreError) -> Int {
        try await writer.write { connection throws(StoreError) in try connection.remove(runs) }
    }
}
