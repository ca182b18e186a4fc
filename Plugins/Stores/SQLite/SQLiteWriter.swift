import Dispatch
import PipelineEngine
import Synchronization

/// The one connection of this process that writes, with group commit.
///
/// Whoever comes while nobody writes leads: they write what they brought and all that has gathered while the last commit
/// waited for the disk, in one transaction, and hand the lead to the first who came meanwhile. The others only wait, and
/// find theirs settled. Nothing is suspended but those calls, and a cancelled task learns the truth.
///
/// A leader writes on a thread that may block, unless that is not worth it: to wake one and to come back takes 30 µs, as
/// long as a fast disk takes to sync. So few writes are committed where the leader is as long as commits are quick.
final class SQLiteWriter: Sendable {
    private let path: String
    /// Held by whoever leads.
    private let connection: Mutex<SQLiteConnection?>
    private let fault: @Sendable (String) -> Void
    private let line = Mutex(WriterLine())
    private let thread = DispatchQueue(label: "sluice.sqlite.write")
    /// How long the last commit that waited for the disk took, in nanoseconds; at first nobody knows.
    private let pace = Atomic(UInt64.max)

    /// A commit that takes longer is none for a thread of the concurrency pool, of which there is one for each core.
    private static let quick: UInt64 = 500_000
    /// More writes than these take longer than to wake a thread for them.
    private static let few = 4

    init(_ connection: sending SQLiteConnection, fault: @escaping @Sendable (String) -> Void) {
        path = connection.path
        self.connection = Mutex(connection)
        self.fault = fault
    }

    /// Runs the body in a transaction, and returns once that is on disk.
    ///
    /// The body may run twice; what it did the first time was taken back then.
    ///
    /// - Parameter isDurable: Whether to wait for the disk; what is not durable outlasts the process and not the machine.
    func write<Value: Sendable>(
        isDurable: Bool = true,
        _ body: @escaping @Sendable (SQLiteConnection) throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let written = Written<Value>()
        try await write(isDurable: isDurable) { connection throws(StoreError) in
            written.value = try body(connection)
        }
        guard let value = written.value else { throw .closed(path) }
        return value
    }

    /// The same for a body that returns nothing, as that of most writes.
    func write(
        isDurable: Bool = true,
        _ body: @escaping @Sendable (SQLiteConnection) throws(StoreError) -> Void
    ) async throws(StoreError) {
        let write = Write(isDurable: isDurable, body)
        if await leads(write) { await lead(write) }
        try (write.outcome ?? .failure(.closed(path))).get()
    }

    /// Writes what has gathered, then refuses everything that comes later.
    func close() async {
        let nothing = Write { _ throws(StoreError) in }
        while await !leads(nothing) {}  // went with somebody else's, who may not know that it was to be the last
        let others = line.withLock { $0.takeAll() }
        await aside {
            self.settle(others.map(\.write))
            self.connection.withLock { $0 = nil }
        }
        handOn(others)
    }

    // MARK: - Who writes

    /// - Returns: whether it is for the caller to write; `false` when another one has written theirs.
    private func leads(_ write: Write) async -> Bool {
        if line.withLock({ $0.takeLead() }) { return true }
        return await withUnsafeContinuation { entry in
            let isFree = line.withLock { line in
                if line.takeLead() { return true }
                line.waiting.append(.init(write: write, entry: entry))
                return false
            }
            if isFree { entry.resume(returning: true) }
        }
    }

    private func lead(_ write: Write) async {
        let others = line.withLock { $0.takeAll() }
        let isQuick = others.count < Self.few && pace.load(ordering: .relaxed) < Self.quick
        // Behind another process's write it is not quick: then nothing was done, and whoever may block waits.
        if isQuick, settle([write] + others.map(\.write), patiently: false) { return handOn(others) }
        _ = await withUnsafeContinuation { entry in
            thread.async { self.settleAll(from: [.init(write: write, entry: entry)] + others) }
        }
    }

    /// Passes the lead on, and tells those whose writes are settled.
    private func handOn(_ others: [WriterLine.Waiting]) {
        line.withLock { $0.passLead() }?.resume(returning: true)
        for other in others { other.entry.resume(returning: false) }
    }

    /// Leads on the thread that may block for as long as anybody waits: a leader among many tasks would wait for a turn
    /// of its own first.
    private func settleAll(from first: [WriterLine.Waiting]) {
        var group = first
        while !group.isEmpty {
            settle(group.map(\.write))
            for waiting in group { waiting.entry.resume(returning: false) }
            group = line.withLock { $0.takeNext() }
        }
    }

    /// Does what blocks on a thread outside of the concurrency pool.
    private func aside(_ work: @escaping @Sendable () -> Void) async {
        await withUnsafeContinuation { done in
            thread.async {
                work()
                done.resume()
            }
        }
    }

    // MARK: - Writing

    /// - Returns: whether each write has its outcome; `false` only for one that was not to wait.
    @discardableResult
    private func settle(_ group: [Write], patiently: Bool = true) -> Bool {
        guard !group.isEmpty else { return true }
        let begin = DispatchTime.now().uptimeNanoseconds
        let isSettled = connection.withLock { connection in
            guard let connection else {
                fail(group, .closed(path))
                return true
            }
            let outcome = commit(group, to: connection, patiently: patiently)
            if outcome == .takenBack { for write in group { _ = commit([write], to: connection, patiently: true) } }
            return outcome != .locked
        }
        // Only a commit that waited for the disk tells how quick it is.
        if isSettled, group.contains(where: \.isDurable) {
            pace.store(DispatchTime.now().uptimeNanoseconds - begin, ordering: .relaxed)
        }
        return isSettled
    }

    private enum Outcome {
        /// Each write has its own.
        case settled
        /// One of several failed, and all were taken back, so that each should be tried alone.
        case takenBack
        /// Another process writes, and this was not to wait.
        case locked
    }

    /// Carries out the writes in one transaction.
    private func commit(
        _ group: [Write],
        to connection: SQLiteConnection,
        patiently: Bool
    ) -> Outcome {
        var isWriting = false
        do throws(StoreError) {
            fault("store.begin")
            try connection.waitForDisk(group.contains(where: \.isDurable))
            guard try connection.beginWriting(patiently: patiently) else { return .locked }
            isWriting = true
            connection.noticeOthers()
            for write in group {
                fault("store.write")
                try write.perform(on: connection)
            }
            try connection.provideRoom()
            isWriting = false
            fault("store.commit")
            try connection.run("COMMIT")
            connection.noteCommit()
            fault("store.committed")
            return .settled
        } catch {
            connection.rollback()
            guard group.count == 1 || !isWriting else { return .takenBack }
            fail(group, error)
            return .settled
        }
    }

    private func fail(_ group: [Write], _ error: StoreError) {
        for write in group { write.fail(error) }
    }
}
