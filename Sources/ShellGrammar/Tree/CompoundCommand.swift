/// A command made of others.
public struct CompoundCommand: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case group
        case subshell
        case conditional = "if"
        case whileLoop = "while"
        case untilLoop = "until"
        case forLoop = "for"
        case countingLoop = "for (("
        case select
        case choice = "case"
        case test = "[["
        case arithmetic = "(("
    }

    public var kind: Kind
    /// What a loop goes through, what a choice looks at and its patterns, the operands of a test.
    public var words: [ShellWord] = []
    /// The commands in it, in the order they are written.
    public var parts: [ShellCommand] = []
    /// The variable of a loop.
    public var variable: String?
    /// Whether a loop says what it goes through, or goes through the parameters of the line.
    public var namesWords = false
    public var redirections: [ShellRedirection] = []
}
