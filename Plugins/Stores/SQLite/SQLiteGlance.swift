import PipelineEngine
import Synchronization

/// Connections for reading a single row where the caller is: that takes less time than to wake the thread of
/// ``SQLiteReader`` and to come back from it.
///
/// Nobody waits for anything but for others who read a row, and that only when there are more of them than connections.
/// Whatever goes wrong is for the reader to say, which asks again.
final class SQLiteGlance: Sendable {
    /// As many as read a row at the same time on the small machines that Sluice runs on.
    private let seats: [Seat]

    init(path: String, seats: Int = 3) { self.seats = (0..<seats).map { _ in Seat(path: path) } }

    /// - Returns: `nil` when it cannot be read here.
    func read<Value: Sendable>(_ body: @Sendable (SQLiteConnection) throws(StoreError) -> Value) -> Value? {
        for seat in seats {
            if let result = seat.readIfFree(body) { return result }
        }
        return seats[0].read(body)
    }

    func close() { for seat in seats { seat.close() } }
}

/// One connection, opened by the first who asks: most commands never do.
private final class Seat: Sendable {
    private enum State {
        case unopened
        case open(SQLiteConnection)
        case closed
    }

    private let path: String
    private let state = Mutex(State.unopened)

    init(path: String) { self.path = path }

    /// - Returns: `nil` when somebody else reads; the `nil` of ``SQLiteGlance/read(_:)`` inside.
    func readIfFree<Value: Sendable>(_ body: @Sendable (SQLiteConnection) throws(StoreError) -> Value) -> Value?? {
        state.withLockIfAvailable { Self.read(&$0, path, body) }
    }

    func read<Value: Sendable>(_ body: @Sendable (SQLiteConnection) throws(StoreError) -> Value) -> Value? {
        state.withLock { Self.read(&$0, path, body) }
    }

    func close() { state.withLock { $0 = .closed } }

    private static func read<Value>(
        _ state: inout State,
        _ path: String,
        _ body: @Sendable (SQLiteConnection) throws(StoreError) -> Value
    ) -> Value? {
        do throws(StoreError) {
            return try connection(&state, path).map(body)
        } catch {
            return nil
        }
    }

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
