/// Collects what is wrong while a document is read, so that all mistakes are told at once.
public struct FieldReader: Sendable {
    public private(set) var path: FieldPath
    public private(set) var problems: [FieldProblem] = []

    public init(at path: FieldPath = FieldPath()) { self.path = path }

    /// Reads what stands behind a key.
    public mutating func read<Value: FieldValue>(_ type: Value.Type, _ json: JSONValue, key: String) -> Value? {
        within(path.appending(key)) { Value(json, &$0) }
    }

    /// Reads one element of a list.
    public mutating func read<Value: FieldValue>(_ type: Value.Type, _ json: JSONValue, index: Int) -> Value? {
        within(path.appending(index)) { Value(json, &$0) }
    }

    /// Notes a mistake at the place that is being read.
    public mutating func problem(_ message: String) {
        problems.append(FieldProblem(path, message))
    }

    /// Notes a mistake in a key of the mapping that is being read.
    public mutating func problem(inKey key: String, _ message: String) {
        problems.append(FieldProblem(path.appending(key), message, in: .key))
    }

    /// Notes a mistake in the value behind a key of the mapping that is being read.
    ///
    /// - Parameter message: what follows the field's name: `must be at least 1, but is 0.`
    public mutating func problem(inValueOf key: String, _ message: String) {
        within(path.appending(key)) { $0.problem("\($0.subject) \(message)") }
    }

    /// Notes mistakes that were found otherwise, by paths that begin below a key.
    public mutating func note(_ found: [FieldProblem], below key: String) {
        problems += found.map { FieldProblem(path.appending(key).appending($0.path), $0.message, in: $0.place) }
    }

    /// Notes that the value is not what its field takes.
    ///
    /// - Parameter hint: A sentence to add, with a space before it: ` Did you mean 'worktree'?`
    public mutating func expected(_ what: String, of json: JSONValue, hint: String = "") {
        problem("\(subject) must be \(what), but is \(json).\(hint)")
    }

    /// The place that is being read, as the beginning of a sentence.
    var subject: String { path.parts.isEmpty ? "The value" : "Field '\(path)'" }

    /// Notes a key that nobody declared, with the nearest one that somebody did.
    public mutating func unknown(_ key: String, among known: some Collection<String>) {
        problem(inKey: key, "Unknown field '\(key.shortened(to: 80))'.\(Suggestion.sentence(for: key, among: known))")
    }

    /// Reads what stands behind a key.
    mutating func at(_ key: String, _ body: (inout FieldReader) -> Void) { within(path.appending(key), body) }

    /// Reads one element of a list.
    mutating func at(_ index: Int, _ body: (inout FieldReader) -> Void) { within(path.appending(index), body) }

    private mutating func within<Result>(_ inner: FieldPath, _ body: (inout FieldReader) -> Result) -> Result {
        let outer = path
        path = inner
        defer { path = outer }
        return body(&self)
    }
}
