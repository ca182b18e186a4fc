extension StringProtocol {
    /// The text without white space and line ends at either end; a CR LF is one character.
    public var trimmed: String {
        var text = self[...].drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }
}
