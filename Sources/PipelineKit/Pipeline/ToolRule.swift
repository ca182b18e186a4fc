/// One entry of a policy: a tool, or some calls of it.
///
/// What it says is matched against the tool's names, the arguments, and what the call may touch. A rule that names a tool
/// and nothing else is written as its name.
public struct ToolRule: FieldValue, Hashable {
    /// A pattern of names of tools.
    public var tool: String
    /// Patterns of arguments, by name. For a command line the pattern is one of each command in it.
    public var with: [String: String]
    /// What the call may touch; `nil` for anything.
    public var reach: Set<Reach>?
    /// The arguments as they must be, all of them; for a command line the line alone will do.
    public var exactly: JSONValue?

    public init(_ tool: String, with: [String: String] = [:], reach: Set<Reach>? = nil, exactly: JSONValue? = nil) {
        self.tool = tool
        self.with = with
        self.reach = reach
        self.exactly = exactly
    }

    /// Whether it holds for all calls of the tools that it names.
    public var isUnconditional: Bool { with.isEmpty && reach == nil && exactly == nil }

    /// Whether it names one of the tools with these names.
    public func names(any names: [String]) -> Bool {
        let pattern = TextPattern(tool)
        return names.contains { pattern.matches($0) }
    }
}

extension ToolRule {
    /// The rule in a line: `bash_exec with command 'git status *'`.
    public var words: String {
        let patterns = with.sorted { $0.key < $1.key }.map { "with \($0.key) '\($0.value)'" }
        let reach = reach.map { "reaching \($0.map(\.rawValue).sorted().joined(separator: ", "))" }
        let exactly = exactly.map { "with exactly \($0.jsonText)" }
        return ([tool] + patterns + [reach, exactly].compactMap(\.self)).joined(separator: " ")
    }
}

extension ToolRule: ExpressibleByStringLiteral {
    public init(stringLiteral tool: String) { self.init(tool) }
}

extension ToolRule {
    private struct Syntax: Fields {
        @Field("Name of a tool; * stands for any characters.") var tool: String
        @Field("Patterns of arguments, by name; in a command line of every command in it.") var with: [String: String] =
            [:]
        @Field("What the call touches: in ask and deny any of these, in allow nothing else.") var reach: [Reach]? = nil
        @Field("The arguments as they must be.") var exactly: JSONValue? = nil
        init() {}

        func check(_ reader: inout FieldReader) {
            if reach == [] { reader.problem(inValueOf: "reach", "must name something, but is empty.") }
            if let exactly, exactly.members.isEmpty {
                reader.problem(inValueOf: "exactly", "must be a mapping of arguments, but is \(exactly).")
            }
            for (name, pattern) in with.sorted(by: { $0.key < $1.key }) where pattern.utf8.count > TextPattern.mostBytes
            {
                reader.problem(inValueOf: "with", "must have patterns of at most 1000 bytes, but '\(name)' has more.")
            }
        }
    }

    public static var schema: ValueSchema { .oneOf([.string, Syntax.schema]) }

    public var json: JSONValue {
        guard !isUnconditional else { return .string(tool) }
        var members: [String: JSONValue] = ["tool": .string(tool)]
        if !with.isEmpty { members["with"] = with.json }
        if let reach { members["reach"] = .array(reach.map(\.rawValue).sorted().map(JSONValue.string)) }
        members["exactly"] = exactly
        return .object(members)
    }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        switch json {
        case .string(let tool): self.init(tool)
        case .object:
            guard let syntax = Syntax(json, &reader) else { return nil }
            self.init(syntax.tool, with: syntax.with, reach: syntax.reach.map(Set.init), exactly: syntax.exactly)
        default:
            reader.expected("a tool, or a mapping of tool, with and reach", of: json)
            return nil
        }
    }
}
