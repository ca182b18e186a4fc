import PipelineEngine
import Synchronization

/// The one connection of this process that writes, with group commit.
///
/// A write is left in the mailbox, and then its caller asks the actor to settle it. The first to be heard takes all that
/// has gathered (while the last commit waited for the disk) into one transaction; the others find theirs settled.
/// Nothing is suspended but those calls, so no writer can be forgotten, and a cancelled task learns the truth.
actor SQLiteWriter {
    private let thread = SerialThread("sluice.sqlite.write")
    private let path: String
    private var connection: SQLiteConnection?
    private let fault: @Sendable (String) -> Void
    private let mailbox = Mutex<[any PendingWrite]>([])

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ connection: sending SQLiteConnection, fault: @escaping @Sendable (String) -> Void) {
        path = connection.path
        self.connection = connection
        self.fault = fault
    }

    /// Runs the body in a transaction, and returns once that is on disk.
    ///
    /// The body may run twice; what it did the first time was taken back then.
    nonisolated func write<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteConnection) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let write = Write(body)
        mailbox.withLock { $0.append(write) }
        await settle(write)
        return try (write.outcome ?? .failure(.closed(path))).get()
    }

    /// Writes what has gathered, then refuses everything that comes later.
    func close() {
        drain()
        connection = nil
    }

    /// A write that went with an earlier group drains nothing: it would commit what has only begun to gather.
    private func settle(_ write: any PendingWrite) {
        if !write.isSettled { drain() }
    }

    private func drain() {
        let group = mailbox.withLock { mailbox in
            defer { mailbox = [] }
            return mailbox
        }
        guard !group.isEmpty else { return }
        guard let connection else { return fail(group, .closed(path)) }
        guard !commit(group, to: connection) else { return }
        for write in group { _ = commit([write], to: connection) }
    }

    /// Carries out the writes in one transaction.
    ///
    /// - Returns: whether each write has its outcome; `false` when one of several failed and all were taken back, so
    ///   that each should be tried alone.
    private func commit(_ group: [any PendingWrite], to connection: SQLiteConnection) -> Bool {
        var isWriting = false
        do throws(StoreError) {
            fault("store.begin")
            try connection.execute("BEGIN IMMEDIATE")
            isWriting = true
            for write in group {
                fault("store.write")
                try write.perform(on: connection)
            }
            isWriting = false
            fault("store.commit")
            try connection.execute("COMMIT")
            fault("store.committed")
            return true
        } catch {
            connection.rollback()
            guard group.count == 1 || !isWriting else { return false }
            fail(group, error)
            return true
        }
    }

    private func fail(_ group: [any PendingWrite], _ error: StoreError) {
        for write in group { write.fail(error) }
    }
}
