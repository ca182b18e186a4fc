/// A word of a command, before the shell expands it.
public struct ShellWord: Sendable, Hashable {
    /// A part of a word.
    public indirect enum Piece: Sendable, Hashable {
        /// Text that stands for itself.
        case text(String, isQuoted: Bool)
        /// `*`, `?` or `[`, without quotes.
        case glob(String)
        /// `~` at the beginning.
        case tilde
        /// `{a,b}` of plain characters.
        case braces(String)
        /// A variable. ``isPlain`` is false where its expansion evaluates more than its value: `${!x}`, `${x[i]}`, `${x@P}`.
        case parameter(name: String, isPlain: Bool, isQuoted: Bool, inner: [Piece])
        /// The output of commands.
        case command([ShellCommand], isQuoted: Bool)
        /// A name under which the output or the input of commands is: `<(...)`.
        case process([ShellCommand])
        /// The result of a computation; ``isPlain`` when there is nothing but numbers in it.
        case arithmetic(isPlain: Bool, inner: [Piece])
        /// What is expanded in a way that the grammar does not tell.
        case unknown
    }

    public var pieces: [Piece]
    /// As it was written.
    public var source: String

    /// The text that the word stands for; `nil` where that is not known before it runs.
    public var literal: String? {
        var whole = ""
        for piece in pieces {
            guard case .text(let text, _) = piece else { return nil }
            whole += text
        }
        return whole
    }

    /// Whether any of it stands in quotes.
    var hasQuotes: Bool {
        pieces.contains { piece in
            if case .text(_, isQuoted: true) = piece { true } else { false }
        }
    }
}
