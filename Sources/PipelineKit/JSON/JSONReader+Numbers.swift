extension JSONReader {
    /// Reads a number: whole ones that fit `Int` exactly, others as the nearest `Double`.
    mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        let isNegative = bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        let whole = try wholePart(after: isNegative ? "'-'" : nil)
        let hasFraction = try skipFraction()
        let hasExponent = try skipExponent()
        if let whole, !hasFraction, !hasExponent, !(isNegative && whole == 0) {
            return .int(isNegative ? whole : 0 - whole)
        }
        return .double(try double(start..<position))
    }

    /// The digits before point and exponent, as a number below zero, which reaches further than one above.
    ///
    /// - Returns: `nil` when the number does not fit; that includes 2^63, of which only the negative does.
    private mutating func wholePart(after sign: String?) throws(JSONError) -> Int? {
        let first = position
        var whole: Int? = 0
        while position < bytes.count, let digit = Self.digit(bytes[position]) {
            whole = whole.flatMap { Self.appending(digit, to: $0) }
            position += 1
        }
        guard position > first else { throw expected("a digit after \(sign ?? "the sign")") }
        if bytes[first] == UInt8(ascii: "0"), position - first > 1 {
            throw mistake("a number has no leading zeros", at: first)
        }
        return sign == nil && whole == .min ? nil : whole
    }

    private static func appending(_ digit: Int, to whole: Int) -> Int? {
        let (shifted, overflow) = whole.multipliedReportingOverflow(by: 10)
        let (sum, further) = shifted.subtractingReportingOverflow(digit)
        return overflow || further ? nil : sum
    }

    private mutating func skipFraction() throws(JSONError) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: ".") else { return false }
        position += 1
        try skipDigits(after: "'.'")
        return true
    }

    private mutating func skipExponent() throws(JSONError) -> Bool {
        guard position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") else { return false }
        position += 1
        if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
            position += 1
        }
        try skipDigits(after: "the exponent's 'e'")
        return true
    }

    private mutating func skipDigits(after what: String) throws(JSONError) {
        let first = position
        while position < bytes.count, Self.digit(bytes[position]) != nil { position += 1 }
        guard position > first else { throw expected("a digit after \(what)") }
    }

    private func double(_ range: Range<Int>) throws(JSONError) -> Double {
        let text = String(decoding: bytes[range], as: UTF8.self)
        guard let number = Double(text), number.isFinite else {
            let quoted = text.count > 40 ? text.prefix(40) + "…" : text[...]
            throw mistake("the number \(quoted) is too large for 64-bit floating point", at: range.lowerBound)
        }
        return number
    }

    private static func digit(_ byte: UInt8) -> Int? {
        let value = byte &- UInt8(ascii: "0")
        return value < 10 ? Int(value) : nil
    }
}
