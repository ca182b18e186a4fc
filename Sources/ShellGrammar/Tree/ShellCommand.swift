/// A line as the grammar tells it.
public struct ShellScript: Sendable, Hashable {
    public var commands: [ShellCommand]
    /// The texts of its here-documents, with what is expanded in them.
    public var documents: [ShellWord]
}

/// A command of a shell line, as far as the grammar tells it.
public indirect enum ShellCommand: Sendable, Hashable {
    case simple(SimpleCommand)
    case compound(CompoundCommand)
    /// A function of this name is defined; nothing runs yet.
    case function(name: String, body: ShellCommand)
    /// Commands of which the output of each is the input of the next.
    case pipeline([ShellCommand])
    /// Commands joined by `&&` and `||`.
    case chain([ShellCommand])
    case background(ShellCommand)
    /// A command that runs beside the shell, on pipes of its own.
    case coprocess(ShellCommand)
}

/// A program, a builtin or a function with its words; or nothing but assignments and redirections.
public struct SimpleCommand: Sendable, Hashable {
    public var assignments: [ShellAssignment] = []
    /// The command word first.
    public var words: [ShellWord] = []
    public var redirections: [ShellRedirection] = []
}

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

/// `NAME=value` before a command or alone.
public struct ShellAssignment: Sendable, Hashable {
    public var name: String
    /// The elements of an array, or the one value.
    public var values: [ShellWord]
    /// Whether it is an array, or an element of one, whose number is computed.
    public var isArray: Bool
    public var source: String
}

/// Where a command reads from or writes to.
public struct ShellRedirection: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case input = "<"
        case output = ">"
        case append = ">>"
        case clobber = ">|"
        case both = "&>"
        case appendBoth = "&>>"
        case readWrite = "<>"
        case copyInput = "<&"
        case copyOutput = ">&"
        case document = "<<"
        case string = "<<<"
    }

    public var kind: Kind
    /// The file, the number of a stream, or the end of a document.
    public var target: ShellWord
}
