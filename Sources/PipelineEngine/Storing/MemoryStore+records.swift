public import PipelineKit

extension MemoryStore: RecordStore {
    public func put(
        _ body: JSONValue,
        as id: String,
        in collection: String,
        expecting version: Int?
    ) throws(StoreError) -> Int {
        let found = records[collection]?[id]?.version ?? 0
        try StoredRecord.check(id, in: collection, at: found, expecting: version)
        records[collection, default: [:]][id] = StoredRecord(id: id, version: found + 1, body: body)
        return found + 1
    }

    public func record(_ id: String, in collection: String) -> StoredRecord? { records[collection]?[id] }

    public func records(in collection: String, after id: String?, limit: Int) -> [StoredRecord] {
        let all = (records[collection] ?? [:]).values
        let later = all.filter { record in id.map { $0.utf8.lexicographicallyPrecedes(record.id.utf8) } ?? true }
        return Array(later.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) }.prefix(max(0, limit)))
    }

    public func remove(_ id: String, from collection: String, expecting version: Int?) throws(StoreError) -> Bool {
        let found = records[collection]?[id]?.version ?? 0
        try StoredRecord.check(id, in: collection, at: found, expecting: version)
        return records[collection]?.removeValue(forKey: id) != nil
    }
}
