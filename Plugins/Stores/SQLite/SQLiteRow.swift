import CSQLite
import PipelineEngine
import PipelineKit

/// The row a statement stands at, read as something that anyone may have written.
///
/// Columns are numbered from 0. Everything that is not what Sluice writes is a sentence, never a trap.
struct SQLiteRow {
    private let statement: SQLiteStatement
    private let path: String
    /// Put into words only where something is wrong.
    private let subject: () -> String
    private var handle: OpaquePointer { statement.handle }

    init(_ statement: SQLiteStatement, path: String, subject: @escaping () -> String) {
        self.statement = statement
        self.path = path
        self.subject = subject
    }

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    /// A whole number in a range.
    func integer(_ column: Int32, from least: Int = 1) throws(StoreError) -> Int {
        guard sqlite3_column_type(handle, column) == SQLITE_INTEGER else {
            throw unexpected(column, "a whole number")
        }
        let number = Int(sqlite3_column_int64(handle, column))
        guard number >= least else { throw unexpected(column, "a number from \(least)") }
        return number
    }

    /// Milliseconds since 1970, within the years that RFC 3339 can name.
    func instant(_ column: Int32) throws(StoreError) -> Instant {
        let instant = Instant(milliseconds: try integer(column, from: .min))
        guard instant.isStorable else { throw unexpected(column, "a time in milliseconds") }
        return instant
    }

    func text(_ column: Int32) throws(StoreError) -> String {
        guard sqlite3_column_type(handle, column) == SQLITE_TEXT else { throw unexpected(column, "text") }
        let text = bytes(sqlite3_column_text(handle, column), column) { String(validating: $0, as: UTF8.self) }
        guard let text else { throw unexpected(column, "UTF-8 text") }
        return text
    }

    /// Text as its bytes, whatever they are.
    func textBytes(_ column: Int32) throws(StoreError) -> [UInt8] {
        guard sqlite3_column_type(handle, column) == SQLITE_TEXT else { throw unexpected(column, "text") }
        return bytes(sqlite3_column_text(handle, column), column) { Array($0) }
    }

    /// The text, when it is one of those that are there over and over again.
    func word(_ column: Int32, among known: inout KnownWords) throws(StoreError) -> String {
        if sqlite3_column_type(handle, column) == SQLITE_TEXT {
            let word = bytes(sqlite3_column_text(handle, column), column) { known.word($0) }
            if let word { return word }
        }
        let word = try text(column)
        known.learn(word)
        return word
    }

    func digest(_ column: Int32) throws(StoreError) -> Digest {
        guard sqlite3_column_type(handle, column) == SQLITE_BLOB else { throw unexpected(column, "bytes") }
        let digest = bytes(sqlite3_column_blob(handle, column), column) { Digest(stored: $0) }
        guard let digest else { throw unexpected(column, "the 32 bytes of a digest") }
        return digest
    }

    func blob(_ column: Int32) throws(StoreError) -> [UInt8] {
        guard sqlite3_column_type(handle, column) == SQLITE_BLOB else { throw unexpected(column, "bytes") }
        return bytes(sqlite3_column_blob(handle, column), column) { Array($0) }
    }

    /// The complaint about a column that holds something else than what is expected.
    func unexpected(_ column: Int32, _ expected: String) -> StoreError {
        let name = sqlite3_column_name(handle, column).map { String(cString: $0) } ?? "column \(column)"
        return .damaged(path, "'\(name)' of \(subject()) is \(description(of: column)), not \(expected)")
    }

    // The pointer must be asked for before the count, because asking may convert the value.
    private func bytes<Value>(
        _ start: UnsafeRawPointer?,
        _ column: Int32,
        _ read: (UnsafeRawBufferPointer) -> Value
    ) -> Value {
        let count = Int(sqlite3_column_bytes(handle, column))
        return read(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    private func description(of column: Int32) -> String {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_NULL: return "NULL"
        case SQLITE_INTEGER: return "\(sqlite3_column_int64(handle, column))"
        case SQLITE_FLOAT: return "\(sqlite3_column_double(handle, column))"
        case SQLITE_TEXT:
            let bytes = bytes(sqlite3_column_text(handle, column), column) { Array($0) }
            guard let text = String(validating: bytes, as: UTF8.self) else { return "\(bytes.count) bytes of text" }
            return text.count > 40 ? "\"\(text.prefix(40))…\"" : "\"\(text)\""
        default: return "\(sqlite3_column_bytes(handle, column)) bytes"
        }
    }
}

extension Instant {
    /// Within the years 1 to 9999 (RFC 3339, section 1).
    var isStorable: Bool { (-62_135_596_800_000...253_402_300_799_999).contains(milliseconds) }
}
