import PipelineKit

/// What a person wants to be allowed for the rest of a run, besides the call that they are asked about.
public enum GrantRequest: Sendable, Hashable {
    /// The same tool with exactly these arguments; of a command line, exactly this line.
    case same
    /// Calls that a pattern stands for: of commands, or of the tool's first text argument.
    case like(String)

    /// The rule that says so.
    ///
    /// - Parameter fields: The arguments of the tool, in their order.
    /// - Throws: ``Failure/Kind/invalidInput`` for a pattern that does not stand for the call itself.
    func rule(for call: RuledCall, tool: String, fields: [String]) throws(Failure) -> ToolRule {
        switch self {
        case .same:
            guard let line = call.scope.line, let text = call.arguments.members[line.argument] else {
                return ToolRule(tool, exactly: call.arguments)
            }
            return ToolRule(tool, exactly: [line.argument: text])
        case .like(let pattern):
            let first = call.scope.line?.argument ?? fields.first { call.arguments.members[$0]?.text != nil }
            guard let first else {
                throw Failure(
                    .invalidInput,
                    "Tool '\(tool)' has no text among its arguments that '\(pattern)' could stand for."
                )
            }
            guard pattern.utf8.count <= TextPattern.mostBytes else {
                throw Failure(.invalidInput, "A pattern may have \(TextPattern.mostBytes) bytes at most.")
            }
            let rule = ToolRule(tool, with: [first: pattern])
            guard [rule].cover(call) else { throw Failure(.invalidInput, Self.refusal(pattern, first, call)) }
            return rule
        }
    }

    private static func refusal(_ pattern: String, _ argument: String, _ call: RuledCall) -> String {
        guard let line = call.scope.line else {
            return
                "The pattern '\(pattern)' does not stand for the '\(argument)' of this call: \(call.arguments.jsonText)."
        }
        guard line.isKnown else {
            return "Nobody can tell before it runs which commands this line has, so that no pattern stands for it."
        }
        let commands = line.commands.map { "'\($0.text)'" }.joined(separator: ", ")
        return "The pattern '\(pattern)' does not stand for all commands of this line, which are \(commands)."
    }
}
