/// A mistake in a document as text, before anyone asks what it means.
public struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// One sentence for a person.
    public var problem: String
    public var mark: YAMLMark
    /// How many characters of the line are meant; at least 1.
    public var length: Int

    public init(_ problem: String, at mark: YAMLMark, length: Int = 1) {
        self.problem = problem
        self.mark = mark
        self.length = max(1, length)
    }

    public var description: String { "\(mark.line):\(mark.column): \(problem)" }
}

extension YAMLError {
    /// A mistake in the text between two places; when that goes on in further lines, at its first character.
    public init(_ problem: String, from start: YAMLMark, to end: YAMLMark) {
        self.init(problem, at: start, length: start.line == end.line ? end.column - start.column : 1)
    }
}
