import PipelineEngine

/// The numbers that stand for the names of types in the rows of events, as far as they have been asked for.
struct EventTypes {
    fileprivate var keys: [String: Int] = [:]
    fileprivate var names: [Int: String] = [:]
    /// The one that was read last: events of a type often stand together.
    fileprivate var last: (key: Int, name: String)?
}

extension SQLiteConnection {
    /// The number of a type, inside a transaction; a new one for a name that is new.
    func key(ofType name: String) throws(StoreError) -> Int {
        if let known = types.keys[name] { return known }
        let sql = "INSERT INTO event_type (name) VALUES (?) ON CONFLICT DO UPDATE SET name = name RETURNING key"
        let keys = try rows(sql, [.text(name)], of: "type '\(name)'") { row throws(StoreError) in
            try row.integer(0, from: .min)
        }
        guard let key = keys.first else { throw .damaged(path, "type '\(name)' has no number") }
        types.keys[name] = key
        return key
    }

    /// The name of the type whose number stands in a column.
    func type(_ row: SQLiteRow, _ column: Int32) throws(StoreError) -> String {
        let key = try row.integer(column, from: .min)
        if let last = types.last, last.key == key { return last.name }
        let name = try name(ofType: key, row, column)
        types.last = (key, name)
        return name
    }

    private func name(ofType key: Int, _ row: SQLiteRow, _ column: Int32) throws(StoreError) -> String {
        if let known = types.names[key] { return known }
        let names = try rows("SELECT name FROM event_type WHERE key = ?", [.integer(key)], of: "type \(key)") {
            name throws(StoreError) in try name.text(0)
        }
        guard let found = names.first else { throw row.unexpected(column, "the number of a type") }
        let name = EventCodec.uncounted(found)
        types.names[key] = name
        return name
    }
}
