/// What the model may call: allow, ask a person first, or deny; by tool.
public struct ToolPolicy: FieldValue, Hashable {
    /// What a policy says about one tool.
    public enum Rule: String, Sendable, Hashable {
        case allow
        case ask
        case deny
    }

    public var allow: [String]
    public var ask: [String]
    public var deny: [String]
    /// Settings by tool name.
    public var with: [String: JSONValue]

    /// The standard coding tools; a command line asks first, as nothing confines it.
    public init() {
        self.init(allow: Self.standard, ask: ["bash_exec"])
    }

    public init(allow: [String], ask: [String] = [], deny: [String] = [], with: [String: JSONValue] = [:]) {
        self.allow = allow
        self.ask = ask
        self.deny = deny
        self.with = with
    }

    /// The tools that need no question: they stay inside the workspace.
    public static let standard = [
        "file_read", "file_list", "file_write", "file_patch", "file_insert", "file_delete", "file_rename",
        "grep_search", "find_files", "git_diff", "git_status", "git_log", "run_tests",
    ]

    /// Deny wins over ask, ask over allow; a tool that is not named is denied.
    ///
    /// - Parameter names: The tool's name and its aliases; the policy may use any of them.
    public func rule(for names: [String]) -> Rule {
        if names.contains(where: deny.contains) { return .deny }
        if names.contains(where: ask.contains) { return .ask }
        return names.contains(where: allow.contains) ? .allow : .deny
    }

    /// The settings of a tool, under whichever of its names they stand.
    public func settings(for names: [String]) -> JSONValue { names.lazy.compactMap { with[$0] }.first ?? [:] }

    /// The tools a model is told of, each once, in the order they were written.
    public var offered: [String] {
        (allow + ask).reduce(into: []) { if !deny.contains($1), !$0.contains($1) { $0.append($1) } }
    }
}

extension ToolPolicy {
    private struct Syntax: Fields {
        @Field("Tools that may be called without a question; the standard coding tools when left out.")
        var allow: [String]? = nil
        @Field("Tools that a person is asked about, each time; bash_exec when neither this nor allow is given.")
        var ask: [String]? = nil
        @Field("Tools that may not be called.") var deny: [String] = []
        @Field("Settings by tool name.") var with: [String: JSONValue] = [:]
        init() {}
    }

    public static var schema: ValueSchema { .oneOf([.list(.string), Syntax.schema]) }

    public var json: JSONValue {
        ["allow": allow.json, "ask": ask.json, "deny": deny.json, "with": with.json]
    }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        if case .array = json {
            guard let names = [String](json, &reader) else { return nil }
            self.init(allow: names)
        } else {
            guard case .object = json else {
                reader.expected("a list of tools, or a mapping of allow, ask and deny", of: json)
                return nil
            }
            guard let syntax = Syntax(json, &reader) else { return nil }
            // Whoever names the tools that are allowed has named them all; a tool that is named leaves the standard lists.
            let ask = syntax.ask ?? (syntax.allow == nil ? ["bash_exec"].filter { !syntax.deny.contains($0) } : [])
            let allow = syntax.allow ?? Self.standard.filter { !(ask + syntax.deny).contains($0) }
            self.init(allow: allow, ask: ask, deny: syntax.deny, with: syntax.with)
        }
    }
}
