import PipelineEngine
import PipelineKit

extension SQLiteConnection {
    /// What a ``RunSummary`` is read from.
    static let rowColumns = "id, pipeline, status, \(last) AS sequence, started_at, updated_at, wake_at, details"
    /// A row is not written with every event, and its own sequence may be behind.
    static let last = "(SELECT max(sequence) FROM event WHERE run = key)"

    func events(of run: RunID, after sequence: Int, limit: Int) throws(StoreError) -> [StoredEvent] {
        let sql = """
            SELECT sequence, type, version, body, occurred_at, digest FROM event
            WHERE run = (SELECT key FROM run WHERE id = ?) AND sequence > ? ORDER BY sequence LIMIT ?
            """
        var next = max(0, sequence)
        let values: [SQLiteValue] = [.text(run.value), .integer(next), .integer(max(0, limit))]
        return try rows(sql, values, of: "event \(next) of run '\(run)'") { row throws(StoreError) in
            next += 1
            let event = try event(row)
            guard event.sequence == next else { throw .damaged(path, "event \(next) of run '\(run)' is missing") }
            return event
        }
    }

    func summary(of run: RunID) throws(StoreError) -> RunSummary? {
        let sql = "SELECT \(Self.rowColumns) FROM run WHERE id = ?"
        return try rows(sql, [.text(run.value)], of: "run '\(run)'", read: summary).first
    }

    func artifact(_ digest: Digest) throws(StoreError) -> [UInt8]? {
        let sql = "SELECT bytes FROM artifact WHERE digest = ?"
        return try rows(sql, [.digest(digest)], of: "artifact \(digest)") { row throws(StoreError) in
            let bytes = try row.blob(0)
            guard Digest(of: bytes) == digest else { throw row.unexpected(0, "the bytes of that digest") }
            return bytes
        }.first
    }

    private func event(_ row: SQLiteRow) throws(StoreError) -> StoredEvent {
        StoredEvent(
            sequence: try row.integer(0),
            type: try type(row, 1),
            version: try row.integer(2),
            body: try row.textBytes(3),
            at: try row.instant(4),
            digest: try row.digest(5)
        )
    }

    func summary(_ row: SQLiteRow) throws(StoreError) -> RunSummary {
        guard let status = RunStatus(rawValue: try row.text(2)) else { throw row.unexpected(2, "a status") }
        let run = RunID(try row.text(0))
        guard let details = details.value(of: try row.textBytes(7), for: run) else { throw row.unexpected(7, "JSON") }
        return RunSummary(
            run: run,
            pipeline: try row.text(1),
            status: status,
            sequence: try row.integer(3),
            startedAt: try row.instant(4),
            updatedAt: try row.instant(5),
            wakeAt: row.isNull(6) ? nil : try row.instant(6),
            details: details
        )
    }
}
