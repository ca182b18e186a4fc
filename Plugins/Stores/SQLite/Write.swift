import PipelineEngine
import Synchronization

/// A write in line, and what became of it.
final class Write: Sendable {
    /// Whether it is to outlast a loss of power once it is settled.
    let isDurable: Bool
    private let body: @Sendable (SQLiteConnection) throws(StoreError) -> Void
    private let result = Mutex<Result<Void, StoreError>?>(nil)

    init(isDurable: Bool = true, _ body: @escaping @Sendable (SQLiteConnection) throws(StoreError) -> Void) {
        self.isDurable = isDurable
        self.body = body
    }

    /// Works inside the open transaction.
    ///
    /// - Throws: when the transaction has to be taken back. A conflict is an outcome: nothing was written for it.
    func perform(on connection: SQLiteConnection) throws(StoreError) {
        do throws(StoreError) {
            try body(connection)
            result.withLock { $0 = .success(()) }
        } catch {
            guard error.isConflict else { throw error }
            fail(error)
        }
    }

    /// Replaces the outcome, because the transaction came to nothing.
    func fail(_ error: StoreError) { result.withLock { $0 = .failure(error) } }

    /// What became of it; final once its caller goes on.
    var outcome: Result<Void, StoreError>? { result.withLock { $0 } }
}

/// What a write returns to its caller.
final class Written<Value: Sendable>: Sendable {
    private let kept = Mutex<Value?>(nil)

    /// `nil` until the write was carried out; then what it returned the last time.
    var value: Value? {
        get { kept.withLock { $0 } }
        set { kept.withLock { $0 = newValue } }
    }
}

extension StoreError {
    /// Whether somebody else was first: an answer, and nothing that is wrong with the store.
    fileprivate var isConflict: Bool {
        switch self {
        case .conflict, .stale, .overdrawn: true
        case .unavailable, .unreadable: false
        }
    }
}
