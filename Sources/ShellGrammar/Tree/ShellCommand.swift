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
