import CSQLite
import PipelineEngine
import PipelineKit

/// A value on its way into the database.
enum SQLiteValue {
    case null
    case integer(Int)
    case text(String)
    /// Text that is bytes already: JSON.
    case json([UInt8])
    case blob([UInt8])
    case digest(Digest)

    /// Texts for `json_each`.
    static func list(_ texts: [String]) -> SQLiteValue {
        .json(JSONValue.array(texts.map(JSONValue.string)).encoded())
    }
}

/// One prepared statement; finalized with its last reference.
final class SQLiteStatement {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }
    deinit { sqlite3_finalize(handle) }

    func step() -> Int32 { sqlite3_step(handle) }

    /// Makes it ready to be run again and lets go of the values, which may be large.
    func reset() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    /// Binds the values from the first placeholder on.
    ///
    /// - Returns: SQLite's code.
    func bind(_ values: [SQLiteValue]) -> Int32 {
        for index in values.indices {
            let code = bind(values[index], at: Int32(index) + 1)
            guard code == SQLITE_OK else { return code }
        }
        return SQLITE_OK
    }

    private func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let number): return sqlite3_bind_int64(handle, index, Int64(number))
        case .blob(let bytes): return sluice_sqlite_bind_blob(handle, index, bytes, UInt64(bytes.count))
        case .digest(let digest):
            return digest.withUnsafeBytes { sluice_sqlite_bind_blob(handle, index, $0.baseAddress, UInt64($0.count)) }
        case .json(let bytes): return sluice_sqlite_bind_text(handle, index, bytes, UInt64(bytes.count))
        case .text(var text):
            return text.withUTF8 { sluice_sqlite_bind_text(handle, index, $0.baseAddress, UInt64($0.count)) }
        }
    }
}
