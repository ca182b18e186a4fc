import PipelineEngine
import Synchronization

/// Connections for reading a row, or a page of a history, where the caller is: that takes less time than to wake the
/// thread of ``SQLiteReader`` and to come back from it, and pages are read side by side.
///
/// Nobody waits here: when all connections are in use, or something goes wrong, it is for the reader to say.
final class SQLiteGlance: Sendable {
    /// As many as read at the same time on the small machines that Sluice runs on.
    private let seats: [Seat]

    init(path: String, seats: Int = 4) { self.seats = (0..<seats).map { _ in Seat(path: path) } }

    /// - Returns: `nil` when it cannot be read here.
    func read<Value: Sendable>(_ body: @Sendable (SQLiteConnection) throws(StoreError) -> Value) -> Value? {
        for seat in seats {
            if let result = seat.readIfFree(body) { return result }
        }
        return nil
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
    /// Says the same as trying the lock, which asks the system when it is held.
    private let isTaken = Atomic(false)

    init(path: String) { self.path = path }

    /// - Returns: `nil` when somebody else reads; the `nil` of ``SQLiteGlance/read(_:)`` inside.
    func readIfFree<Value: Sendable>(_ body: @Sendable (SQLiteConnection) throws(StoreError) -> Value) -> Value?? {
        guard !isTaken.exchange(true, ordering: .acquiring) else { return nil }
        defer { isTaken.store(false, ordering: .releasing) }
        return .some(state.withLock { Self.read(&$0, path, body) })
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
            try connection.execute(SQLiteSchema.readingSettings)
            state = .open(connection)
            return connection
        }
    }
}
