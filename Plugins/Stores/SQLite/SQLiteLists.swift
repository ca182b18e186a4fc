import PipelineEngine
import PipelineKit

// Lists of runs, each read along an index, so that its cost grows with what it shows and not with what there is.
extension SQLiteConnection {
    func summaries(_ query: RunQuery) throws(StoreError) -> [RunSummary] {
        let filters = SQLiteFilter.all(of: query)
        guard !filters.isEmpty else { return [] }
        let selects = filters.map { "SELECT \(Self.rowColumns) FROM run WHERE \($0.condition)" }
        // What is due is few, and found by its own index; then it is sorted.
        let order = query.dueBy == nil ? "updated_at DESC, id DESC" : "+updated_at DESC, +id DESC"
        let sql = "\(selects.joined(separator: " UNION ALL ")) ORDER BY \(order) LIMIT ?"
        let values = filters.flatMap { $0.values } + [.integer(max(0, query.limit))]
        return try rows(sql, values, of: "a run", read: summary)
    }

    func unclaimed(_ query: UnclaimedQuery) throws(StoreError) -> [RunSummary] {
        var filter = SQLiteFilter()
        filter.add("status = ?", [.text(RunStatus.running.rawValue)])
        filter.add("updated_at < ?", [.integer(query.updatedBefore.milliseconds)])
        filter.add(
            "(owner IS NULL OR lease_until <= ? OR owner IN (SELECT value FROM json_each(?)))",
            [.integer(query.now.milliseconds), .list(query.dead.sorted())]
        )
        if let place = query.after {
            filter.add("(updated_at, id) > (?, ?)", [.integer(place.updatedAt.milliseconds), .text(place.run.value)])
        }
        let sql = "SELECT \(Self.rowColumns) FROM run WHERE \(filter.condition) ORDER BY updated_at, id LIMIT ?"
        return try rows(sql, filter.values + [.integer(max(0, query.limit))], of: "a run", read: summary)
    }

    func sequences(of runs: [RunID]) throws(StoreError) -> [RunID: Int] {
        let sql = "SELECT id, \(Self.last) FROM run WHERE id IN (SELECT value FROM json_each(?))"
        let found = try rows(sql, [.list(runs.map(\.value))], of: "a run") { row throws(StoreError) in
            (RunID(try row.text(0)), try row.integer(1))
        }
        return Dictionary(found) { first, _ in first }
    }

    func owners(at now: Instant) throws(StoreError) -> Set<String> {
        let sql = "SELECT DISTINCT owner FROM run WHERE owner IS NOT NULL AND lease_until > ?"
        return Set(
            try rows(sql, [.integer(now.milliseconds)], of: "a run") { row throws(StoreError) in try row.text(0) }
        )
    }
}

/// Conditions of a `WHERE`, and the values of their placeholders in the same order.
private struct SQLiteFilter {
    private var conditions: [String] = []
    private(set) var values: [SQLiteValue] = []

    var condition: String { conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND ") }

    init() {}

    /// The query in as many parts as are read along one index each, and merged; none for one that shows nothing.
    static func all(of query: RunQuery) -> [SQLiteFilter] {
        guard let statuses = query.statuses, query.dueBy == nil else {
            return [SQLiteFilter(query, statuses: query.statuses)]
        }
        return statuses.map { SQLiteFilter(query, statuses: [$0]) }
    }

    init(_ query: RunQuery, statuses: Set<RunStatus>?) {
        if let statuses {
            let marks = statuses.map { _ in "?" }.joined(separator: ", ")
            add("status IN (\(marks))", statuses.map { .text($0.rawValue) })
        }
        if let time = query.updatedBefore { add("updated_at < ?", [.integer(time.milliseconds)]) }
        if let time = query.dueBy { add("wake_at <= ?", [.integer(time.milliseconds)]) }
        let texts = [
            ("pipeline", query.pipeline), ("project", query.project), ("origin", query.origin),
            ("run_group", query.group),
        ]
        for (column, text) in texts {
            if let text { add("\(column) = ?", [.text(text)]) }
        }
        if query.isAsking { add("is_asking", []) }
        if query.isOwn { add("NOT is_led", []) }
        if let place = query.after {
            add("(updated_at, id) < (?, ?)", [.integer(place.updatedAt.milliseconds), .text(place.run.value)])
        }
    }

    mutating func add(_ condition: String, _ values: [SQLiteValue]) {
        conditions.append(condition)
        self.values += values
    }
}
