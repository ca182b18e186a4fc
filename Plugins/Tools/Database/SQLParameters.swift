import CSQLite
import PipelineKit

/// Values for placeholders; each statement takes as many of them as it has.
struct SQLParameters: Sendable {
    private let values: [JSONValue]
    private var taken = 0

    /// - Throws: ``Failure/Kind/invalidInput`` for a list or a mapping.
    init(_ values: [JSONValue]) throws(Failure) {
        for (index, value) in values.enumerated() {
            switch value {
            case .null, .bool, .int, .double, .string: continue
            case .array, .object:
                throw Failure(
                    .invalidInput,
                    "Field 'parameters[\(index)]' must be a number, text, true, false or null, but is \(value)."
                )
            }
        }
        self.values = values
    }

    /// - Throws: ``Failure/Kind/invalidInput`` when there are not as many left.
    mutating func bind(to statement: OpaquePointer) throws(Failure) {
        let count = Int(sqlite3_bind_parameter_count(statement))
        guard taken + count <= values.count else {
            throw Failure(
                .invalidInput,
                "The statements have more placeholders than the \(values.count) that 'parameters' has values for."
            )
        }
        for place in 0..<count {
            let code = bind(values[taken + place], to: statement, at: Int32(place) + 1)
            guard code == SQLITE_OK else {
                throw Failure(.invalidInput, "Field 'parameters[\(taken + place)]' is too long for SQLite.")
            }
        }
        taken += count
    }

    /// - Throws: ``Failure/Kind/invalidInput`` when some were not taken.
    func expectNone() throws(Failure) {
        guard taken < values.count else { return }
        let message = "The statements have \(taken) placeholders, but 'parameters' has \(values.count) values."
        throw Failure(.invalidInput, message)
    }

    private func bind(_ value: JSONValue, to statement: OpaquePointer, at place: Int32) -> Int32 {
        switch value {
        case .bool(let value): return sqlite3_bind_int(statement, place, value ? 1 : 0)
        case .int(let number): return sqlite3_bind_int64(statement, place, Int64(number))
        case .double(let number): return sqlite3_bind_double(statement, place, number)
        case .string(var text):
            return text.withUTF8 { sluice_sqlite_bind_text(statement, place, $0.baseAddress, UInt64($0.count)) }
        case .null, .array, .object: return sqlite3_bind_null(statement, place)
        }
    }
}
