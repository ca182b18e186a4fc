import CSQLite
import PipelineKit

/// What one statement gave.
struct StatementResult: Sendable {
    let columns: [String]
    private(set) var rows: [[SQLCell]] = []
    /// Rows that a statement inserted, changed or deleted; `nil` for one that only reads.
    var changed: Int?
    /// Whether there are rows besides these.
    var hasMore = false
    /// About as they are written.
    private(set) var bytes = 0

    init(_ statement: OpaquePointer) {
        columns = (0..<sqlite3_column_count(statement)).map { column in
            sqlite3_column_name(statement, column).map { String(cString: $0) } ?? ""
        }
    }

    mutating func append(_ statement: OpaquePointer, _ limits: ResultLimits) {
        // A row of very many columns is no longer than others.
        let most = max(Self.least, limits.bytes / max(1, columns.count))
        let row = columns.indices.map { SQLCell(statement, Int32($0), most: most) }
        bytes += row.map { $0.written(as: limits.format).utf8.count + 3 }.reduce(0, +)
        rows.append(row)
    }

    /// Bytes of a value that are read in any case.
    private static let least = 50

    /// `{"columns":["id"],"rows":[[1],[2]]}`, `{"changed":2}`.
    var json: String {
        var members: [String: JSONValue] = changed.map { ["changed": .int($0)] } ?? [:]
        if !columns.isEmpty {
            members["columns"] = .array(columns.map(JSONValue.string))
            members["rows"] = .array(rows.map { .array($0.map(\.json)) })
        }
        if hasMore { members["more"] = true }
        return JSONValue.object(members).jsonText
    }

    /// Columns that are aligned, a line about how many rows there are, and how many were changed.
    ///
    /// - Parameter mostBytes: Of the rows; the last ones are left out.
    func table(mostBytes: Int) -> String {
        var (lines, room) = ([String](), mostBytes)
        let table = SQLTable(columns, rows)
        for line in table.rows {
            room -= line.utf8.count + 1
            guard room >= 0 || lines.isEmpty else { break }
            lines.append(line)
        }
        let more = hasMore || lines.count < rows.count ? "; there are more" : ""
        var ends = columns.isEmpty ? [] : ["[\(lines.count == 1 ? "1 row" : "\(lines.count) rows")\(more).]"]
        if let changed { ends.append("[\(changed == 1 ? "1 row" : "\(changed) rows") changed.]") }
        return ((lines.isEmpty ? [] : table.head) + lines + ends).joined(separator: "\n")
    }
}

/// One value, no longer than can be looked at.
struct SQLCell: Sendable {
    let json: JSONValue
    let isNumber: Bool

    /// Bytes of a text that are read, however few columns there are.
    private static let longest = 4_000
    /// Bytes of a blob that are shown.
    private static let shown = 16

    /// - Parameter most: Bytes of a text that are read.
    init(_ statement: OpaquePointer, _ column: Int32, most: Int) {
        let most = min(most, Self.longest)
        let type = sqlite3_column_type(statement, column)
        isNumber = type == SQLITE_INTEGER || type == SQLITE_FLOAT
        switch type {
        case SQLITE_INTEGER: json = .int(Int(sqlite3_column_int64(statement, column)))
        case SQLITE_FLOAT: json = .double(sqlite3_column_double(statement, column))
        case SQLITE_NULL: json = .null
        case SQLITE_TEXT:
            let (bytes, count) = Self.bytes(UnsafeRawPointer(sqlite3_column_text(statement, column)), statement, column)
            let text = String(decoding: bytes.prefix(most), as: UTF8.self)
            json = .string(count > most ? "\(text)… (\(count) bytes)" : text)
        default:
            let (bytes, count) = Self.bytes(sqlite3_column_blob(statement, column), statement, column)
            let rest = count > Self.shown ? "…" : ""
            json = .string("blob of \(count) bytes: \(bytes.prefix(Self.shown).hexadecimal)\(rest)")
        }
    }

    func written(as format: SQLQueryTool.Format) -> String { format == .table ? text : json.jsonText }

    /// As it stands in a table: on one line, at most 200 characters.
    var text: String {
        switch json {
        case .null: "NULL"
        case .string(let text):
            text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? $0.escaped(asASCII: true) : String($0) }
                .joined().shortened(to: 200)
        default: json.jsonText
        }
    }

    // The pointer must be asked for before the count, because asking may convert the value.
    private static func bytes(_ start: UnsafeRawPointer?, _ statement: OpaquePointer, _ column: Int32) -> ([UInt8], Int)
    {
        let count = Int(sqlite3_column_bytes(statement, column))
        let read = UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : min(count, longest + 4))
        return (Array(read), count)
    }
}

/// Rows with their columns one below the other.
private struct SQLTable {
    let head: [String]
    let rows: [String]

    init(_ columns: [String], _ cells: [[SQLCell]]) {
        let texts = cells.map { $0.map(\.text) }
        let widths = columns.indices.map { column in
            max(columns[column].count, texts.map { $0[column].count }.max() ?? 0)
        }
        func line(_ words: [String], _ right: [Bool]) -> String {
            let padded = zip(zip(words, right), widths).map { pair, width in
                let space = String(repeating: " ", count: max(0, width - pair.0.count))
                return pair.1 ? space + pair.0 : pair.0 + space
            }
            var text = padded.joined(separator: " | ")
            while text.last == " " { text.removeLast() }
            return text
        }
        let rule = widths.map { String(repeating: "-", count: $0) }.joined(separator: "-+-")
        head = [line(columns, columns.map { _ in false }), rule]
        rows = zip(texts, cells).map { line($0, $1.map(\.isNumber)) }
    }
}
