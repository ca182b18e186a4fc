/// A call as the rules of a policy see it.
public struct RuledCall: Sendable, Hashable {
    /// The tool's name and its aliases.
    public var names: [String]
    public var arguments: JSONValue
    public var scope: CallScope
    /// Absolute path of the workspace; paths below it are matched as what they are in it.
    public var directory: String

    public init(names: [String], arguments: JSONValue, scope: CallScope, directory: String) {
        self.names = names
        self.arguments = arguments
        self.scope = scope
        self.directory = directory
    }
}

// MARK: - Deny and ask

extension ToolRule {
    /// Whether a rule that forbids, or asks, holds for a call: for anything in it.
    public func holdsForAny(of call: RuledCall) -> Bool {
        guard names(any: call.names), exactlyHolds(for: call) else { return false }
        let line = call.scope.line
        for (name, pattern) in with where name != line?.argument {
            guard let argument = call.arguments.members[name] else { return false }
            let pattern = TextPattern(pattern)
            guard call.spellings(of: argument).contains(where: { pattern.matches($0) }) else { return false }
        }
        guard let line, let pattern = with[line.argument].map(TextPattern.init) else {
            return touchesAny(call.scope.reach)
        }
        let whole = call.arguments.members[line.argument]?.text ?? ""
        if pattern.matches(whole), touchesAny(call.scope.reach) { return true }
        return line.commands.contains { command in
            touchesAny(command.reach) && command.texts.contains { pattern.matches(command: $0) }
        }
    }

    /// Whether it speaks of commands, and the call's line may have one that nobody sees before it runs.
    public func mayHoldUnseen(in call: RuledCall) -> Bool {
        guard let line = call.scope.line, !line.isKnown else { return false }
        return with[line.argument] != nil && names(any: call.names)
    }

    private func touchesAny(_ found: Set<Reach>) -> Bool { reach.map { !$0.isDisjoint(with: found) } ?? true }

    private func exactlyHolds(for call: RuledCall) -> Bool {
        guard let exactly else { return true }
        if let line = call.scope.line, Array(exactly.members.keys) == [line.argument] {
            return call.arguments.members[line.argument] == exactly.members[line.argument]
        }
        return call.arguments == exactly
    }
}

// MARK: - Allow

extension ToolRule {
    /// Whether a rule that allows speaks of the call at all: of its tool, and of all arguments but a command line.
    fileprivate func mayCover(_ call: RuledCall) -> Bool {
        guard names(any: call.names), exactlyHolds(for: call) else { return false }
        return with.allSatisfy { name, pattern in
            if name == call.scope.line?.argument { return true }
            guard let spelling = call.arguments.members[name].flatMap(call.cleanSpelling) else { return false }
            return TextPattern(pattern).matches(spelling)
        }
    }

    fileprivate func touchesNothingElse(than found: Set<Reach>) -> Bool { reach.map { found.isSubset(of: $0) } ?? true }

    /// Whether it allows one command of a line.
    fileprivate func covers(_ command: ProposedLine.Command, of line: ProposedLine, _ others: Set<Reach>) -> Bool {
        guard touchesNothingElse(than: command.reach.union(others)) else { return false }
        guard let pattern = with[line.argument].map(TextPattern.init) else { return true }
        return pattern.matches(command: command.text) || command.alone.map(pattern.matches(command:)) ?? false
    }
}

extension [ToolRule] {
    /// Whether the rules together allow all of a call.
    ///
    /// One of them may allow it as a whole; of a command line each command may be allowed by another one.
    public func cover(_ call: RuledCall) -> Bool {
        let scope = call.scope
        guard let line = scope.line else {
            return contains { $0.mayCover(call) && $0.touchesNothingElse(than: scope.reach) }
        }
        let rules = filter { $0.mayCover(call) }
        if rules.contains(where: {
            ($0.exactly != nil || $0.with[line.argument] == nil) && $0.touchesNothingElse(than: scope.reach)
        }) {
            return true
        }
        guard line.isKnown, !rules.isEmpty else { return false }
        // What the tool has found beyond the commands, such as a link that leads out, is of each of them.
        let others = scope.reach.subtracting(line.commands.reduce(into: []) { $0.formUnion($1.reach) })
        return line.commands.allSatisfy { command in rules.contains { $0.covers(command, of: line, others) } }
    }
}

extension ProposedLine.Command {
    /// All that a rule which forbids looks at.
    fileprivate var texts: [String] { [text] + [alone].compactMap(\.self) + inner }
}

// MARK: - Spellings of arguments

extension RuledCall {
    /// An argument in all ways that mean the same file, if it is one.
    fileprivate func spellings(of argument: JSONValue) -> [String] {
        guard let text = argument.text else { return [Self.words(of: argument)] }
        return [text, Self.clean(text, directory), Self.resolved(text, directory)]
    }

    /// An argument without what changes nothing in a path; `nil` when `..` is in it, as nobody knows where that leads.
    fileprivate func cleanSpelling(of argument: JSONValue) -> String? {
        guard let text = argument.text else { return Self.words(of: argument) }
        return text.split(separator: "/").contains("..") ? nil : Self.clean(text, directory)
    }

    private static func words(of argument: JSONValue) -> String {
        String(decoding: argument.encoded(.canonical), as: UTF8.self)
    }

    /// Without `./`, double slashes, and the directory before it.
    private static func clean(_ text: String, _ directory: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "/")), !text.utf8.contains(0x0A) else { return text }
        let parts = text.split(separator: "/").filter { $0 != "." }
        let path = (text.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
        guard directory.count > 1, path.hasPrefix(directory + "/") else { return path }
        return String(path.dropFirst(directory.count + 1))
    }

    /// With `..` taken for the directory above, as it is where no link is.
    private static func resolved(_ text: String, _ directory: String) -> String {
        guard text.split(separator: "/").contains("..") else { return text }
        var parts: [Substring] = []
        for part in text.split(separator: "/") where part != "." {
            if part == "..", !parts.isEmpty, parts.last != ".." { parts.removeLast() } else { parts.append(part) }
        }
        return clean((text.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/"), directory)
    }
}
