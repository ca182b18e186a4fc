extension StringProtocol {
    /// The text without white space and line ends at either end; a CR LF is one character.
    public var trimmed: String {
        var text = self[...].drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}

extension Sequence<UInt8> {
    /// Two lower-case hexadecimal digits for each byte.
    public var hexadecimal: String {
        let digits = StaticString("0123456789abcdef")
        return String(
            decoding: flatMap { [digits.utf8Start[Int($0 >> 4)], digits.utf8Start[Int($0 & 15)]] },
            as: UTF8.self
        )
    }
}
