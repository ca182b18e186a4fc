extension JSONReader {
    /// Reads a string, from its opening quote to behind the closing one.
    mutating func string() throws(JSONError) -> String {
        let start = position + 1
        let (end, hasEscapes) = try endOfString(from: start)
        let text = try text(of: start..<end)
        position = end + 1
        return hasEscapes ? try unescaped(start..<end) : text
    }

    /// Where the closing quote stands.
    private func endOfString(from start: Int) throws(JSONError) -> (offset: Int, hasEscapes: Bool) {
        let bytes = bytes.span
        var offset = start
        var hasEscapes = false
        while offset < bytes.count {
            switch bytes[offset] {
            case UInt8(ascii: "\""): return (offset, hasEscapes)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                offset += 2
            case 0..<0x20: throw unescapedControl(at: offset)
            default: offset += 1
            }
        }
        throw mistake("the string that begins here has no closing quote", at: start - 1)
    }

    /// The bytes as they stand, checked to be UTF-8.
    private func text(of range: Range<Int>) throws(JSONError) -> String {
        do throws(UTF8.ValidationError) {
            return String(copying: try UTF8Span(validating: bytes.span.extracting(range)))
        } catch {
            let offset = range.lowerBound + error.byteOffsets.lowerBound
            throw mistake("the string is not UTF-8 from byte \(JSONError.hexadecimal(bytes[offset])) on", at: offset)
        }
    }

    private func unescapedControl(at offset: Int) -> JSONError {
        let escape =
            switch bytes[offset] {
            case 0x0A: "\\n"
            case 0x0D: "\\r"
            case 0x09: "\\t"
            default: "\\u00" + JSONError.hexadecimal(bytes[offset]).suffix(2)
            }
        return mistake("a control character in a string is written as an escape, here '\(escape)'", at: offset)
    }
}

// Escapes.
extension JSONReader {
    /// The string in a range known to be UTF-8 and to end before an unescaped quote.
    private func unescaped(_ range: Range<Int>) throws(JSONError) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var offset = range.lowerBound
        while offset < range.upperBound {
            let run = bytes[offset..<range.upperBound].prefix { $0 != UInt8(ascii: "\\") }
            text.append(contentsOf: run)
            offset = run.endIndex
            if offset < range.upperBound { offset = try unescape(at: offset, into: &text) }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Decodes the escape that begins at an offset.
    ///
    /// - Returns: the offset behind it.
    private func unescape(at offset: Int, into text: inout [UInt8]) throws(JSONError) -> Int {
        switch bytes[offset + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(bytes[offset + 1])
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            let (scalar, end) = try unicodeEscape(at: offset)
            text.append(contentsOf: String(scalar).utf8)
            return end
        default:
            let found = JSONError.words(for: bytes, at: offset + 1)
            throw mistake("expected one of \" \\ / b f n r t u after '\\', but found \(found)", at: offset + 1)
        }
        return offset + 2
    }

    /// The character of `\uXXXX`, or of two of them that are a surrogate pair (RFC 8259, section 7).
    private func unicodeEscape(at offset: Int) throws(JSONError) -> (UnicodeScalar, end: Int) {
        let unit = try codeUnit(at: offset)
        if let scalar = UnicodeScalar(unit) { return (scalar, offset + 6) }
        guard UTF16.isLeadSurrogate(UInt16(unit)) else {
            throw mistake("'\(source(offset))' is the second half of a character without its first half", at: offset)
        }
        guard bytes[(offset + 6)...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]),
            case let trail = try codeUnit(at: offset + 6), trail & 0xFC00 == 0xDC00,
            let scalar = UnicodeScalar(0x10000 + (unit & 0x3FF) << 10 + trail & 0x3FF)
        else {
            throw mistake("'\(source(offset))' is the first half of a character without its second half", at: offset)
        }
        return (scalar, offset + 12)
    }

    /// The four digits of the escape that begins at an offset.
    private func codeUnit(at offset: Int) throws(JSONError) -> UInt32 {
        var unit: UInt32 = 0
        for place in offset + 2..<offset + 6 {
            guard place < bytes.count, let digit = Self.hexadecimalDigit(bytes[place]) else {
                let found = JSONError.words(for: bytes, at: place)
                throw mistake("expected four hexadecimal digits after '\\u', but found \(found)", at: place)
            }
            unit = unit << 4 | digit
        }
        return unit
    }

    private static func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    private func source(_ offset: Int) -> String {
        String(decoding: bytes[offset..<offset + 6], as: UTF8.self)
    }
}
