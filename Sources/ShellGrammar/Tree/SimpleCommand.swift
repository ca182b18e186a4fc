/// A program, a builtin or a function with its words; or nothing but assignments and redirections.
public struct SimpleCommand: Sendable, Hashable {
    public var assignments: [ShellAssignment] = []
    /// The command word first.
    public var words: [ShellWord] = []
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
