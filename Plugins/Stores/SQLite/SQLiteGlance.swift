import PipelineEngine
import Synchronization

/// A connection for reading a single row where the caller is: that takes less time than to wake the thread of
/// ``SQLiteReader`` and to come back from it.
///
/// It waits for nobody but others who read a row. Whatever goes wrong is for the reader to say, which asks again.
final class SQLiteGlance: Sendable {
    private enum State {
        case unopened
        case open(SQLiteConnection)
        case closed
    }

    private let path: String
    private let state = Mutex(State.unopened)

    init(path: String) { self.path = path }

    /// - Returns: `nil` when it cannot be read here.
    func read<Value: Sendable>(_ body: @Sendable (SQLiteConnection) throws(StoreError) -> Value) -> Value? {
        state.withLock { state in
            do throws(StoreError) {
                return try Self.connection(&state, path).map(body)
            } catch {
                return nil
            }
        }
    }

    func close() { state.withLock { $0 = .closed } }

    /// Opened by the first who asks: most commands never do.
    private static func connection(_ state: inout State, _ path: String) throws(StoreError) -> SQLiteConnection? {
        switch state {
        case .closed: return nil
        case .open(let connection): return connection
        case .unopened:
            let connection = try SQLiteConnection(opening: path, patience: 0)
            try connection.execute(SQLiteSchema.settings + "PRAGMA query_only = ON;")
            state = .open(connection)
            return connection
        }
    }
}
