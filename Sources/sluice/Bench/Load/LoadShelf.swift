import PipelineEngine
import PipelineKit
import SQLiteStore

/// A database of its own in which histories are kept for the time of a measurement.
final class LoadShelf {
    /// Events of one commit: as many as a long reply of a model leads to.
    private static let batch = 100

    private let store: SQLiteEventStore
    private var runs = 0

    init(path: String) throws(CommandError) {
        do throws(StoreError) { store = try SQLiteEventStore(path: path) } catch { throw .broken("\(error)") }
    }

    /// Appends the history as that of another run.
    ///
    /// - Returns: how many events are on disk.
    func append(_ history: LoadHistory) async throws(CommandError) -> Int {
        runs += 1
        var summary = history.summary
        summary.run = current
        for begin in stride(from: 0, to: history.rows.count, by: Self.batch) {
            let rows = Array(history.rows[begin..<min(begin + Self.batch, history.rows.count)])
            summary.sequence = rows.last?.sequence ?? begin
            let batch = Batch(run: current, events: rows, summary: summary)
            try await asking { () async throws(StoreError) in try await store.append(batch) }
        }
        return summary.sequence
    }

    /// Reads the history of the run that was appended last, in pages.
    ///
    /// - Returns: how many events there are.
    func read() async throws(CommandError) -> Int {
        var count = 0
        while true {
            let run = current
            let rows = try await asking { () async throws(StoreError) in
                try await store.events(of: run, after: count, limit: 1_000)
            }
            count += rows.count
            if rows.count < 1_000 { return count }
        }
    }

    func close() async { await store.close() }

    private var current: RunID { RunID("load-\(runs)") }

    private func asking<Value>(_ work: () async throws(StoreError) -> Value) async throws(CommandError) -> Value {
        do throws(StoreError) { return try await work() } catch { throw .broken("\(error)") }
    }
}
