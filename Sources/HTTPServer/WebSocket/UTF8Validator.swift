/// Checks UTF-8 that comes in pieces, and tells of the first byte that cannot belong to any valid text.
///
/// Overlong forms, surrogates and what lies above U+10FFFF are refused; RFC 3629, section 4, and table 3-7 of Unicode.
public struct UTF8Validator: Sendable {
    /// How many bytes the character lacks.
    private var missing = 0
    /// What the next of them may be.
    private var allowed = Self.continuation

    private static let continuation: ClosedRange<UInt8> = 0x80...0xBF

    public init() {}

    /// Whether the text may end here.
    public var isComplete: Bool { missing == 0 }

    /// Reads on.
    ///
    /// - Returns: Where in these bytes the first stands that cannot be, after which nothing more is to be read; `nil`
    ///   when all of them can.
    public mutating func firstInvalid(in bytes: UnsafeRawBufferPointer) -> Int? {
        var index = 0
        while index < bytes.count {
            if missing == 0 { index = Self.endOfASCII(in: bytes, from: index) }
            guard index < bytes.count else { break }
            guard accepts(bytes[index]) else { return index }
            index += 1
        }
        return nil
    }

    private mutating func accepts(_ byte: UInt8) -> Bool {
        guard missing == 0 else {
            guard allowed.contains(byte) else { return false }
            missing -= 1
            allowed = Self.continuation
            return true
        }
        return begins(byte)
    }

    /// The second byte of four first bytes is narrower than others: there lie the overlong forms, the surrogates, and
    /// what is beyond Unicode.
    private mutating func begins(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x00...0x7F: break
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, allowed) = (2, 0xA0...0xBF)
        case 0xED: (missing, allowed) = (2, 0x80...0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, allowed) = (3, 0x90...0xBF)
        case 0xF4: (missing, allowed) = (3, 0x80...0x8F)
        case 0xF1...0xF3: missing = 3
        default: return false
        }
        return true
    }

    /// Eight bytes at a time, since most of what is sent is ASCII.
    private static func endOfASCII(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var index = start
        while index + 8 <= bytes.count,
            bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
        {
            index += 8
        }
        while index < bytes.count, bytes[index] < 0x80 { index += 1 }
        return index
    }
}
