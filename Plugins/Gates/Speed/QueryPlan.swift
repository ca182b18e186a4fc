/// How SQLite goes about a query; https://www.sqlite.org/eqp.html.
struct QueryPlan: Sendable, Hashable {
    /// As sqlite3 prints it; empty where it is not known.
    let text: String

    /// Whether it looks at anything but at what the query itself says; unknown is yes.
    var readsSomething: Bool {
        let lines = text.split(separator: "\n").map { $0.drop { !$0.isLetter } }
        let looks = lines.filter { $0.hasPrefix("SCAN ") || $0.hasPrefix("SEARCH ") }
        return text.isEmpty || looks.contains { !$0.hasSuffix("CONSTANT ROW") && !$0.hasSuffix("CONSTANT ROWS") }
    }
}
