extension [UInt8] {
    /// Appends a string in quotes, with the escapes that RFC 8785, section 3.2.2.2 names and no others.
    mutating func appendJSONString(_ text: String) {
        append(UInt8(ascii: "\""))
        if text.utf8Span.span.needsEscapes {
            for byte in text.utf8 { appendEscaped(byte) }
        } else {
            append(contentsOf: text.utf8)
        }
        append(UInt8(ascii: "\""))
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): appendEscape(byte)
        case 0x08: appendEscape(UInt8(ascii: "b"))
        case 0x09: appendEscape(UInt8(ascii: "t"))
        case 0x0A: appendEscape(UInt8(ascii: "n"))
        case 0x0C: appendEscape(UInt8(ascii: "f"))
        case 0x0D: appendEscape(UInt8(ascii: "r"))
        case 0..<0x20:
            append(contentsOf: byte < 16 ? "\\u000".utf8 : "\\u00".utf8)
            append(contentsOf: String(byte, radix: 16).utf8)
        default: append(byte)
        }
    }

    private mutating func appendEscape(_ byte: UInt8) {
        append(UInt8(ascii: "\\"))
        append(byte)
    }
}

extension Span<UInt8> {
    /// Whether any byte must not stand for itself between quotes.
    fileprivate var needsEscapes: Bool {
        for index in indices where self[index] < 0x20 || self[index] == 0x22 || self[index] == 0x5C { return true }
        return false
    }
}
