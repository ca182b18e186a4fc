/// Why some bytes are not the JSON document they should be, and where.
public struct JSONError: Error, Sendable, Hashable {
    /// What was expected and what was found, without the place: `expected ',' or ']', but found 'x'`.
    public var problem: String
    /// Bytes before the mistake.
    public var offset: Int
    /// From 1; a line ends with LF.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int

    public init(_ problem: String, offset: Int, line: Int, column: Int) {
        self.problem = problem
        self.offset = offset
        self.line = line
        self.column = column
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        "Not valid JSON at line \(line), column \(column) (byte \(offset)): \(problem)."
    }
}

extension JSONError {
    /// Counts lines and columns up to the mistake.
    init(_ problem: String, at offset: Int, in bytes: [UInt8]) {
        let before = bytes.prefix(offset)
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let isScalarStart = { (byte: UInt8) in byte & 0xC0 != 0x80 }
        self.init(
            problem,
            offset: offset,
            line: 1 + before.count { $0 == 0x0A },
            column: 1 + before[lineStart...].count(where: isScalarStart)
        )
    }

    /// What stands at an offset, in the words of a message: `'x'`, `byte 0x07`, `the end of the document`.
    static func words(for bytes: [UInt8], at offset: Int) -> String {
        guard offset < bytes.count else { return "the end of the document" }
        let rest = bytes[offset...]
        let word = rest.prefix(20).prefix(while: isWord)
        if !word.isEmpty { return "'\(String(decoding: word, as: UTF8.self))'" }
        switch rest[offset] {
        case UInt8(ascii: "'"): return "a single quote"
        case 0x20..<0x7F: return "'\(UnicodeScalar(rest[offset]))'"
        default: return wordsBeyondASCII(for: rest.prefix(4))
        }
    }

    private static func wordsBeyondASCII(for bytes: ArraySlice<UInt8>) -> String {
        let scalar = String(decoding: bytes, as: UTF8.self).unicodeScalars.first
        switch scalar {
        case "\u{FEFF}": return "a byte order mark"
        case let scalar? where scalar.value >= 0xA0 && scalar != "\u{FFFD}": return "'\(scalar)'"
        default: return "byte \(hexadecimal(bytes.first ?? 0))"
        }
    }

    /// `0x0A`
    static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0x0" : "0x") + String(byte, radix: 16, uppercase: true)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
