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
