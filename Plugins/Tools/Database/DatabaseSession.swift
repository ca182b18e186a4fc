import PipelineKit
import WorkspaceKit

/// One call: a connection of its own, on a thread of its own, for as long as it may take.
struct DatabaseSession: Sendable {
    private let path: String
    private let workspace: Workspace
    private let writes: Bool
    private let watch: DatabaseWatch

    init(path: String, _ workspace: Workspace, writes: Bool, until deadline: ContinuousClock.Instant) {
        self.path = path
        self.workspace = workspace
        self.writes = writes
        watch = DatabaseWatch(until: deadline)
    }

    /// Runs all statements, in one transaction.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` with SQLite's words and the place in the text,
    ///   ``Failure/Kind/timedOut``, ``Failure/Kind/cancelled``; nothing was changed then.
    func run(
        _ sql: String,
        _ parameters: SQLParameters,
        _ limits: ResultLimits
    ) async throws(Failure) -> [StatementResult] {
        try await BlockingThread.run { () throws(Failure) in
            try open(writes: writes).run(sql, parameters, limits)
        } onCancel: {
            watch.cancel()
        }
    }

    /// Whether SQLite knows that no statement writes; nothing is run for that, and nothing is made beside the file.
    func onlyReads(_ sql: String) -> Bool {
        guard let place = try? ConfinedDirectory(workspace).place(of: path) else { return false }
        // To read the log of a database, SQLite makes an index for it.
        guard !place.hasContent(beside: "-wal") || place.hasContent(beside: "-shm") else { return false }
        guard let connection = try? open(writes: false) else { return false }
        return connection.onlyReads(sql)
    }

    private func open(writes: Bool) throws(Failure) -> DatabaseConnection {
        let place = try ConfinedDirectory(workspace).place(of: path)
        return try DatabaseConnection(place, named: path, writes: writes, watch)
    }
}
