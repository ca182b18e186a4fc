import FoundationEssentials
import PipelineKit

/// Values of C as JSON, in both directions.
extension CType {
    /// What a model may give for it.
    var schema: ValueSchema {
        switch self {
        case .void: .any
        case .bool: .boolean
        case .integer(bytes: 8, isSigned: false): .oneOf([.integer, .string])
        case .integer: .integer
        case .float, .double: .number
        case .string: .string
        case .bytes: .oneOf([.string, Self.base64])
        case .structure(let fields):
            .group(fields.map { FieldSchema(name: $0.name, value: $0.type.schema, help: $0.type.words, standard: nil) })
        }
    }

    private static let base64 = ValueSchema.group([
        FieldSchema(name: "base64", value: .string, help: "Bytes that are no text.", standard: nil)
    ])

    /// The type as C writes it, for people.
    var words: String {
        switch self {
        case .void: "void"
        case .bool: "bool"
        case .integer(let bytes, let isSigned): "\(isSigned ? "" : "u")int\(bytes * 8)_t"
        case .float: "float"
        case .double: "double"
        case .string: "const char *"
        case .bytes: "const void *"
        case .structure(let fields):
            "struct { \(fields.map { "\($0.type.words) \($0.name);" }.joined(separator: " ")) }"
        }
    }

    /// What is wrong with a value of the right kind of JSON: out of its range, or not to be told to C; `nil` for nothing.
    func problem(with json: JSONValue) -> String? {
        switch self {
        case .integer(let bytes, let isSigned):
            guard integer(of: json) == nil else { return nil }
            let (least, most) = Self.range(bytes, isSigned)
            return "must be a whole number from \(least) to \(most), but is \(json)."
        case .string:
            return json.text?.utf8.contains(0) == true ? "holds a NUL, at which C would end it." : nil
        case .bytes:
            return bytes(of: json) == nil ? "must be base64 of some bytes, but is \(json)." : nil
        case .structure(let fields):
            return fields.lazy.compactMap { field in
                json[field.name].flatMap { field.type.problem(with: $0) }.map {
                    "has a member '\(field.name)' that \($0)"
                }
            }.first
        case .void, .bool, .float, .double: return nil
        }
    }

    private static func range(_ bytes: Int, _ isSigned: Bool) -> (Int, UInt) {
        let most = UInt.max >> UInt(64 - bytes * 8)
        return isSigned ? (-Int(most / 2) - 1, most / 2) : (0, most)
    }

    /// The bits of an integer; `nil` for what is none, or is out of range.
    func integer(of json: JSONValue) -> UInt64? {
        guard case .integer(let bytes, let isSigned) = self else { return nil }
        let (least, most) = Self.range(bytes, isSigned)
        if let number = json.integer {
            guard number >= least, number < 0 || UInt(number) <= most else { return nil }
            return UInt64(bitPattern: Int64(number))
        }
        guard !isSigned, bytes == 8 else { return nil }
        return json.text.flatMap { UInt64($0) }
    }

    /// Whether it is an integer of which a number is one.
    func holds(_ number: Int) -> Bool { integer(of: .int(number)) != nil }

    /// The bytes of a text, or of base64.
    func bytes(of json: JSONValue) -> [UInt8]? {
        if let text = json.text { return Array(text.utf8) }
        return json["base64"]?.text.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
    }

    /// Bytes as a model reads them.
    static func json(of bytes: [UInt8]) -> JSONValue {
        ["base64": .string(Data(bytes).base64EncodedString())]
    }

    /// A number as JSON, which knows no infinity.
    static func json(of number: Double) -> JSONValue {
        if number.isNaN { return "NaN" }
        return number.isInfinite ? .string(number < 0 ? "-Infinity" : "Infinity") : .double(number)
    }

    /// The bits of an integer as JSON.
    func json(ofBits bits: UInt64) -> JSONValue {
        guard case .integer(let bytes, let isSigned) = self else { return .null }
        let unused = UInt64(64 - bytes * 8)
        if isSigned { return .int(Int(Int64(bitPattern: bits << unused) >> Int64(unused))) }
        let number = (bits << unused) >> unused
        return Int(exactly: number).map(JSONValue.int) ?? .string("\(number)")
    }
}
