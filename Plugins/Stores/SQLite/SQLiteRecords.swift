import PipelineEngine
import PipelineKit

extension SQLiteConnection {
    func record(_ id: String, in collection: String) throws(StoreError) -> StoredRecord? {
        let sql = "SELECT id, version, body FROM record WHERE collection = ? AND id = ?"
        let values: [SQLiteValue] = [.text(collection), .text(id)]
        return try rows(sql, values, of: "record '\(id)' of '\(collection)'", read: storedRecord).first
    }

    func records(in collection: String, after id: String?, limit: Int) throws(StoreError) -> [StoredRecord] {
        let sql = """
            SELECT id, version, body FROM record WHERE collection = ? AND (? IS NULL OR id > ?) ORDER BY id LIMIT ?
            """
        let place = id.map(SQLiteValue.text) ?? .null
        let values: [SQLiteValue] = [.text(collection), place, place, .integer(max(0, limit))]
        return try rows(sql, values, of: "a record of '\(collection)'", read: storedRecord)
    }

    /// Whether this is a database that was prepared for records.
    func hasRecords() throws(StoreError) -> Bool {
        let sql = "SELECT count(*) FROM sqlite_schema WHERE name = 'record'"
        let counts = try rows(sql, of: "the schema") { row throws(StoreError) in try row.integer(0) }
        return counts.first ?? 0 > 0
    }

    /// Inside a transaction that the caller has opened, as ``remove(_:from:expecting:)`` is.
    func put(
        _ body: JSONValue,
        as id: String,
        in collection: String,
        expecting version: Int?
    ) throws(StoreError) -> Int {
        let found = try self.version(of: id, in: collection)
        try StoredRecord.check(id, in: collection, at: found, expecting: version)
        try run(
            "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?)",
            [.text(collection), .text(id), .integer(found + 1), .json(body.encoded())]
        )
        return found + 1
    }

    func remove(_ id: String, from collection: String, expecting version: Int?) throws(StoreError) -> Bool {
        let found = try self.version(of: id, in: collection)
        try StoredRecord.check(id, in: collection, at: found, expecting: version)
        try run("DELETE FROM record WHERE collection = ? AND id = ?", [.text(collection), .text(id)])
        return found > 0
    }

    /// 0 for a record that is not there.
    private func version(of id: String, in collection: String) throws(StoreError) -> Int {
        let sql = "SELECT version FROM record WHERE collection = ? AND id = ?"
        let values: [SQLiteValue] = [.text(collection), .text(id)]
        return try rows(sql, values, of: "record '\(id)' of '\(collection)'") { row throws(StoreError) in
            let version = try row.integer(0)
            guard version < .max else { throw row.unexpected(0, "a number that can be counted on from") }
            return version
        }.first ?? 0
    }

    private func storedRecord(_ row: SQLiteRow) throws(StoreError) -> StoredRecord {
        let json = try row.textBytes(2)
        guard let body = try? JSONValue(parsing: json) else { throw row.unexpected(2, "JSON") }
        return StoredRecord(id: try row.text(0), version: try row.integer(1), body: body)
    }
}
