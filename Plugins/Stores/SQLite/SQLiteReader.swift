import PipelineEngine

/// The connection that reads, on a thread of its own so that no reader waits for a writer's fsync.
actor SQLiteReader {
    private let thread = SerialThread("sluice.sqlite.read")
    private let path: String
    private var connection: SQLiteConnection?

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ connection: sending SQLiteConnection) {
        path = connection.path
        self.connection = connection
    }

    func read<Value: Sendable>(
        _ body: @Sendable (SQLiteConnection) throws(StoreError) -> Value
    ) throws(StoreError) -> Value {
        guard let connection else { throw .closed(path) }
        return try body(connection)
    }

    func close() { connection = nil }
}
