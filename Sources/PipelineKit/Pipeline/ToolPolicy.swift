/// What the model may call: allow, ask a person first, or deny; by tool, by arguments, and by what a call may touch.
public struct ToolPolicy: FieldValue, Hashable {
    /// What a policy says about one call.
    public enum Rule: String, Choice {
        case allow
        case ask
        case deny
    }

    public var allow: [ToolRule]
    public var ask: [ToolRule]
    public var deny: [ToolRule]
    /// What holds for a call of a tool that some rule names, and that no rule holds for.
    public var otherwise: Rule
    /// Settings by tool name.
    public var with: [String: JSONValue]

    /// The standard coding tools, and command lines that only read; other command lines ask first, as nothing confines
    /// them.
    public init() {
        self.init(allow: Self.standard + [Self.readingLines], ask: [Self.otherLines])
    }

    public init(
        allow: [ToolRule],
        ask: [ToolRule] = [],
        deny: [ToolRule] = [],
        otherwise: Rule = .deny,
        with: [String: JSONValue] = [:]
    ) {
        self.allow = allow
        self.ask = ask
        self.deny = deny
        self.otherwise = otherwise
        self.with = with
    }

    /// The tools that need no question: they stay inside the workspace.
    public static let standard: [ToolRule] = [
        "file_read", "file_list", "file_write", "file_patch", "file_insert", "file_delete", "file_rename",
        "grep_search", "find_files", "git_diff", "git_status", "git_log", "run_tests",
    ]

    /// What is said of command lines where nobody says anything of them.
    public static let lines = [readingLines, otherLines]
    private static let readingLines = ToolRule("bash_exec", reach: [.reads])
    private static let otherLines = ToolRule("bash_exec", reach: [.writes, .runs, .network, .outside])

    /// Deny wins over ask, ask over allow; what no rule holds for is denied, unless ``otherwise`` says that it is asked.
    ///
    /// - Parameter granted: Rules that people have added to the run; they stand before `ask`, and never before `deny`.
    public func rule(for call: RuledCall, granted: [ToolRule] = []) -> Rule {
        if deny.contains(where: { $0.holdsForAny(of: call) }) { return .deny }
        if isGranted(call, by: granted) { return .allow }
        if ask.contains(where: { $0.holdsForAny(of: call) || $0.mayHoldUnseen(in: call) }) { return .ask }
        if deny.contains(where: { $0.mayHoldUnseen(in: call) }) { return .ask }
        if allow.cover(call) { return .allow }
        return (allow + ask).contains { $0.names(any: call.names) } ? otherwise : .deny
    }

    /// Whether people have allowed such calls for the rest of the run; what the policy never offers they cannot allow.
    public func isGranted(_ call: RuledCall, by granted: [ToolRule]) -> Bool {
        !granted.isEmpty && granted.cover(call) && (allow + ask).contains { $0.names(any: call.names) }
    }

    /// The settings of a tool, under whichever of its names they stand.
    public func settings(for names: [String]) -> JSONValue { names.lazy.compactMap { with[$0] }.first ?? [:] }

    /// The tools a model is told of, each once, in the order they were written.
    ///
    /// - Parameter known: All tools there are, sorted; patterns stand for some of them.
    public func offered(among known: [String]) -> [String] {
        var offered: [String] = []
        for rule in allow + ask {
            let pattern = TextPattern(rule.tool)
            let names = pattern.isPlain ? [rule.tool] : known.filter { pattern.matches($0) }
            for name in names where !isDenied([name]) && !offered.contains(name) { offered.append(name) }
        }
        return offered
    }

    /// Whether no call of a tool with these names is ever allowed.
    public func isDenied(_ names: [String]) -> Bool {
        deny.contains { $0.isUnconditional && $0.names(any: names) }
    }

    /// Allows all calls of a tool, whatever was said of it, unless it is denied.
    public mutating func allowAll(of tool: String) {
        ask.removeAll { $0.tool == tool }
        allow.removeAll { $0.tool == tool }
        allow.append(ToolRule(tool))
    }
}

extension ToolPolicy {
    private struct Syntax: Fields {
        @Field("Tools and calls that need no question; the standard coding tools when left out.")
        var allow: [ToolRule]? = nil
        @Field(
            "Tools and calls that a person is asked about, each time; command lines that do more than read when neither this nor allow is given."
        )
        var ask: [ToolRule]? = nil
        @Field("Tools and calls that are refused.") var deny: [ToolRule] = []
        @Field(
            "A file with lists of rules that stand before these, relative to this one; taken in when the run starts."
        )
        var rules: String? = nil
        @Field("What holds for a tool that is named, where no rule holds: deny or ask.") var otherwise: Rule = .deny
        @Field("Settings by tool name.") var with: [String: JSONValue] = [:]
        init() {}

        func check(_ reader: inout FieldReader) {
            if let rules {
                reader.problem(
                    inValueOf: "rules",
                    "names the file '\(rules)', which only a pipeline in a file can take in."
                )
            }
            if otherwise == .allow { reader.problem(inValueOf: "otherwise", "must be deny or ask, but is allow.") }
        }
    }

    public static var schema: ValueSchema { .oneOf([.list(ToolRule.schema), Syntax.schema]) }

    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "allow": allow.json, "ask": ask.json, "deny": deny.json, "with": with.json,
        ]
        // Left out where it says nothing: what older versions recorded reads back to itself.
        if otherwise != .deny { members["otherwise"] = otherwise.json }
        return .object(members)
    }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        if case .array = json {
            guard let names = [ToolRule](json, &reader) else { return nil }
            self.init(allow: names)
        } else {
            guard case .object = json else {
                reader.expected("a list of tools, or a mapping of allow, ask and deny", of: json)
                return nil
            }
            guard let syntax = Syntax(json, &reader) else { return nil }
            self.init(syntax)
        }
    }

    private init(_ syntax: Syntax) {
        // Whoever names the tools that are allowed has named them all; a tool that is named leaves the standard lists.
        let said = (syntax.ask ?? []) + syntax.deny.filter(\.isUnconditional)
        let isOpen = syntax.allow == nil && syntax.ask == nil && !said.contains { $0.names(any: ["bash_exec"]) }
        let standard = Self.standard.filter { rule in !said.contains { $0.names(any: [rule.tool]) } }
        self.init(
            allow: syntax.allow ?? standard + (isOpen ? [Self.readingLines] : []),
            ask: syntax.ask ?? (isOpen ? [Self.otherLines] : []),
            deny: syntax.deny,
            otherwise: syntax.otherwise,
            with: syntax.with
        )
    }
}
