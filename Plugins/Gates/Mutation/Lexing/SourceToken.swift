/// A piece of code that is neither blank nor a comment.
struct SourceToken: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case word
        case number
        /// A text, a character or a regular expression; the token is where it begins.
        case text
        case sign
    }

    var kind: Kind
    /// Offsets of bytes.
    var range: Range<Int>
    /// Whether it belongs to something that must stay: an import, a directive, an attribute.
    var isMuted: Bool
}
