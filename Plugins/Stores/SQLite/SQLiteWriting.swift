import PipelineEngine
import PipelineKit

// What is written, inside a transaction that the caller has opened.
extension SQLiteConnection {
    func append(_ batch: Batch) throws(StoreError) {
        guard !batch.events.isEmpty else { return }
        let known = try end(of: batch.run)
        try batch.check(after: known?.sequence ?? 0)
        if !batch.charges.isEmpty { try charge(batch.charges) }
        let key = try batch.row.map { row throws(StoreError) in try keep(row, as: known?.key) } ?? known?.key
        guard let key else { return }
        for event in batch.events { try insert(event, of: key) }
        if let last = batch.events.last { ends[batch.run] = RecentEnds.End(key: key, sequence: last.sequence) }
        for artifact in batch.artifacts { try keep(artifact, for: key) }
        for digest in batch.references { try keep(digest, for: key) }
    }

    func claim(_ run: RunID, for wanted: Claim, now: Instant, overriding dead: String?) throws(StoreError) -> Claim? {
        guard try end(of: run) != nil else { return nil }
        if let held = try claim(of: run), held.holds(against: wanted.owner, at: now, overriding: dead) { return held }
        try self.run(
            "UPDATE run SET owner = ?, lease_until = ? WHERE id = ?",
            [.text(wanted.owner), value(wanted.until), .text(run.value)]
        )
        return wanted
    }

    func release(_ run: RunID, by owner: String) throws(StoreError) {
        try self.run(
            "UPDATE run SET owner = NULL, lease_until = NULL WHERE id = ? AND owner = ?",
            [.text(run.value), .text(owner)]
        )
    }

    /// Events and references go with their run, by the schema.
    func remove(_ runs: [RunID]) throws(StoreError) -> Int {
        for run in runs {
            try self.run("DELETE FROM run WHERE id = ?", [.text(run.value)])
            try self.run("DELETE FROM account WHERE name = ?", [.text(Account.run(run).name)])
            ends[run] = nil
        }
        let orphans = "DELETE FROM artifact WHERE key NOT IN (SELECT artifact FROM artifact_ref) RETURNING size"
        let freed = try rows(orphans, of: "an artifact") { row throws(StoreError) in try row.integer(0, from: 0) }
        try execute("PRAGMA incremental_vacuum")  // gives the pages back to the disk
        return freed.reduce(0) { $0.addingReportingOverflow($1).partialValue }
    }

    private func claim(of run: RunID) throws(StoreError) -> Claim? {
        let sql = "SELECT owner, lease_until FROM run WHERE id = ? AND owner IS NOT NULL"
        return try rows(sql, [.text(run.value)], of: "run '\(run)'") { row throws(StoreError) in
            Claim(owner: try row.text(0), until: try row.instant(1))
        }.first
    }

    /// What is kept of a row besides its run, with what lists are filtered by.
    private static let keptColumns = [
        "pipeline", "status", "sequence", "started_at", "updated_at", "wake_at", "details", "project", "origin",
        "is_asking", "is_led", "run_group",
    ]
    private static let insertion = """
        INSERT INTO run (\(keptColumns.joined(separator: ", ")), id) VALUES (\(marks(keptColumns.count + 1)))
        """
    private static let replacement = """
        UPDATE run SET (\(keptColumns.joined(separator: ", "))) = (\(marks(keptColumns.count))) WHERE id = ?
        """

    private static func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }

    /// - Returns: the key of the row.
    private func keep(_ row: RunSummary, as key: Int?) throws(StoreError) -> Int {
        let values: [SQLiteValue] = [
            .text(row.pipeline), .text(row.status.rawValue), .integer(row.sequence), try value(row.startedAt),
            try value(row.updatedAt), try row.wakeAt.map(value) ?? .null, .json(row.details.encoded()),
            .text(row.project), .text(row.origin), .integer(row.isAsking ? 1 : 0),
            .integer(row.parent == nil ? 0 : 1), .text(row.group), .text(row.run.value),
        ]
        guard let key else {
            try run(Self.insertion, values)
            return lastKey
        }
        try run(Self.replacement, values)
        return key
    }

    private func insert(_ event: StoredEvent, of run: Int) throws(StoreError) {
        let values: [SQLiteValue] = [
            .integer(run), .integer(event.sequence), .integer(try key(ofType: event.type)), .integer(event.version),
            .json(event.body), try value(event.at), .digest(event.digest),
        ]
        try self.run("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?)", values)
    }

    private func keep(_ artifact: Artifact, for run: Int) throws(StoreError) {
        let digest = SQLiteValue.digest(artifact.digest)
        let known = try rows("SELECT key FROM artifact WHERE digest = ?", [digest], of: "artifact \(artifact.digest)") {
            row throws(StoreError) in try row.integer(0, from: .min)
        }
        if known.isEmpty {
            try self.run(
                "INSERT INTO artifact (digest, size, bytes) VALUES (?, ?, ?)",
                [digest, .integer(artifact.bytes.count), .blob(artifact.bytes)]
            )
        }
        let key = known.first ?? lastKey
        try self.run("INSERT OR IGNORE INTO artifact_ref VALUES (?, ?)", [.integer(run), .integer(key)])
    }

    /// Refers to an artifact that another run gave; nothing happens when it is gone.
    private func keep(_ digest: Digest, for run: Int) throws(StoreError) {
        let sql = "INSERT OR IGNORE INTO artifact_ref SELECT ?, key FROM artifact WHERE digest = ?"
        try self.run(sql, [.integer(run), .digest(digest)])
    }

    private func value(_ instant: Instant) throws(StoreError) -> SQLiteValue {
        guard instant.isStorable else {
            throw .unavailable(
                "The time \(instant.milliseconds) ms after 1970 cannot be stored: its year has not four digits."
            )
        }
        return .integer(instant.milliseconds)
    }
}
