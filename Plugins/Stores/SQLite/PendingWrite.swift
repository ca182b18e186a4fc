import PipelineEngine
import Synchronization

/// A write in the mailbox, whatever it returns.
protocol PendingWrite: Sendable {
    /// Works inside the open transaction, and keeps the outcome for the caller.
    ///
    /// - Throws: when the transaction has to be taken back. A conflict is an outcome: nothing was written for it.
    func perform(on connection: SQLiteConnection) throws(StoreError)
    /// Replaces the outcome, because the transaction came to nothing.
    func fail(_ error: StoreError)
}

final class Write<Value: Sendable>: PendingWrite {
    private let body: @Sendable (SQLiteConnection) throws(StoreError) -> Value
    private let result = Mutex<Result<Value, StoreError>?>(nil)

    init(_ body: @escaping @Sendable (SQLiteConnection) throws(StoreError) -> Value) { self.body = body }

    func perform(on connection: SQLiteConnection) throws(StoreError) {
        do throws(StoreError) {
            let value = try body(connection)
            result.withLock { $0 = .success(value) }
        } catch {
            guard error.isConflict else { throw error }
            result.withLock { $0 = .failure(error) }
        }
    }

    func fail(_ error: StoreError) { result.withLock { $0 = .failure(error) } }

    /// What became of it; final once its caller goes on.
    var outcome: Result<Value, StoreError>? { result.withLock { $0 } }
}

extension StoreError {
    /// Whether somebody else was first: an answer, and nothing that is wrong with the store.
    fileprivate var isConflict: Bool {
        switch self {
        case .conflict, .stale: true
        case .unavailable, .unreadable: false
        }
    }
}
