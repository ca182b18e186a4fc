import CSQLite

/// What statements may do: SQLite asks for each thing as it reads them; <https://www.sqlite.org/c3ref/set_authorizer.html>.
final class DatabasePermit {
    let writes: Bool
    /// Whether the statement is one of ours, such as BEGIN.
    var isOwn = false
    /// Why something was not permitted, in a sentence.
    var refusal: String?

    init(writes: Bool) { self.writes = writes }

    static let onlyReading =
        "The statement writes, and 'sql_query' only reads here; the setting 'writes: true' permits more."

    /// - Parameters:
    ///   - action: SQLITE_SELECT and its like: <https://www.sqlite.org/c3ref/c_alter_table.html>.
    ///   - first: What the action is about, and `second` what is done to it; other things with each action.
    func permits(_ action: Int32, _ first: String?, _ second: String?) -> Bool {
        guard !isOwn, let reason = reason(against: action, first ?? "", second) else { return true }
        refusal = refusal ?? reason
        return false
    }

    private func reason(against action: Int32, _ first: String, _ second: String?) -> String? {
        switch action {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: nil
        case SQLITE_FUNCTION: second?.lowercased() == "load_extension" ? "Extensions are not loaded." : nil
        case SQLITE_PRAGMA: reason(againstPragma: first.lowercased(), second)
        case SQLITE_ATTACH, SQLITE_DETACH: "Databases are neither attached nor copied. Query each by itself."
        case SQLITE_TRANSACTION, SQLITE_SAVEPOINT:
            "Transactions are neither begun nor ended by statements: all statements of a call are one."
        // What SQLite asks when it declares the columns of a table such as `pragma_table_info`; a statement that would
        // really write there is refused as any other that writes.
        case SQLITE_UPDATE where first == "sqlite_master": nil
        default: writes ? nil : Self.onlyReading
        }
    }

    private func reason(againstPragma name: String, _ value: String?) -> String? {
        if Self.about.contains(name) { return nil }
        guard Self.plain.contains(name) else {
            let known = (Self.about.union(Self.plain)).sorted().joined(separator: ", ")
            return "The pragma '\(name)' is none of those that only read: \(known)."
        }
        return value == nil ? nil : "The pragma '\(name)' can be read here, and not set."
    }

    /// Those that read, whatever stands behind them: <https://www.sqlite.org/pragma.html>.
    private static let about: Set = [
        "foreign_key_check", "foreign_key_list", "index_info", "index_list", "index_xinfo", "integrity_check",
        "quick_check", "table_info", "table_list", "table_xinfo",
    ]
    /// Those that read as long as nothing stands behind them.
    private static let plain: Set = [
        "application_id", "auto_vacuum", "collation_list", "compile_options", "encoding", "foreign_keys",
        "freelist_count",
        "function_list", "journal_mode", "module_list", "page_count", "page_size", "schema_version", "user_version",
    ]
}
