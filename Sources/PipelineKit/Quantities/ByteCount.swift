/// A number of bytes, written `10 MB`, `512 kB` or `1 GiB`.
public struct ByteCount: Sendable, Hashable, Comparable {
    public var bytes: Int

    public init(bytes: Int) { self.bytes = bytes }

    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }

    /// IEC 80000-13: powers of a thousand, and powers of 1024 with an `i`.
    private static let units: [(name: String, size: Int)] = [
        ("B", 1), ("kB", 1_000), ("KiB", 1 << 10), ("MB", 1_000_000), ("MiB", 1 << 20), ("GB", 1_000_000_000),
        ("GiB", 1 << 30),
    ]
}

extension ByteCount: CustomStringConvertible {
    /// In the unit that takes the fewest digits; a power of a thousand when both kinds take as many.
    public var description: String {
        let written = Self.units.filter { bytes.isMultiple(of: $0.size) }.map { ("\(bytes / $0.size)", $0.name) }
        let shortest = written.min { ($0.0.count, $0.1.count) < ($1.0.count, $1.1.count) }
        return shortest.map { "\($0) \($1)" } ?? "\(bytes) B"
    }

    /// Reads a whole number and a unit, with or without a space between them.
    public init?(_ text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let name = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Int(digits: digits), let unit = Self.units.first(where: { $0.name == name }) else {
            return nil
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.size)
        guard !overflow else { return nil }
        self.init(bytes: bytes)
    }
}

extension ByteCount: FieldValue {
    public static var schema: ValueSchema { .quantity("size", example: "10 MB") }
    public var json: JSONValue { .string(description) }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard let count = json.text.flatMap(ByteCount.init) else {
            reader.expected("a size such as '10 MB'", of: json, hint: Self.hint(for: json))
            return nil
        }
        self = count
    }

    private static func hint(for json: JSONValue) -> String {
        guard let number = json.integer, number >= 0 else { return "" }
        return " Write the unit too: '\(number) B' or '\(number) MB'."
    }
}
