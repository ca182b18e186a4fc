import Glibc
public import PipelineEngine
public import PipelineKit

extension SQLiteEventStore: RecordStore {
    public func put(
        _ body: JSONValue,
        as id: String,
        in collection: String,
        expecting version: Int?
    ) async throws(StoreError) -> Int {
        try await writer.write { connection throws(StoreError) in
            try connection.put(body, as: id, in: collection, expecting: version)
        }
    }

    public func record(_ id: String, in collection: String) async throws(StoreError) -> StoredRecord? {
        try await reader.read { connection throws(StoreError) in try connection.record(id, in: collection) }
    }

    public func records(
        in collection: String,
        after id: String?,
        limit: Int
    ) async throws(StoreError) -> [StoredRecord] {
        try await reader.read { connection throws(StoreError) in
            try connection.records(in: collection, after: id, limit: limit)
        }
    }

    /// The records of a collection, read at once where the caller is, by whoever cannot wait for a task and has the path
    /// of the database only; none when there is no database yet.
    public static func records(in collection: String, of path: String, limit: Int) throws(StoreError) -> [StoredRecord]
    {
        guard access(path, F_OK) == 0 else { return [] }
        let connection = try SQLiteConnection(opening: path, patience: 1_000)
        guard try connection.hasRecords() else { return [] }
        return try connection.records(in: collection, after: nil, limit: limit)
    }

    public func remove(
        _ id: String,
        from collection: String,
        expecting version: Int?
    ) async throws(StoreError) -> Bool {
        try await writer.write { connection throws(StoreError) in
            try connection.remove(id, from: collection, expecting: version)
        }
    }
}
