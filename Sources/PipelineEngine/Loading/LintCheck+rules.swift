import PipelineKit

/// What is wrong with the rules of a policy.
extension LintCheck {
    func ruleFindings(_ mentions: [Mention]) -> [Finding] {
        mentions.flatMap { unknownTool($0) + unknownArguments($0) } + contradictions(mentions)
    }

    private func unknownTool(_ mention: Mention) -> [Finding] {
        guard matched(by: mention.rule).isEmpty, !isOnShelf(mention.rule) else { return [] }
        guard TextPattern(mention.name).isPlain else {
            return [Finding(FieldProblem(place(of: "tool", in: mention), "No tool matches '\(mention.name)'."))]
        }
        return [unknown("tool", ModuleID(mention.name), among: registry.tools.keys, at: place(of: "tool", in: mention))]
    }

    /// The tools that a rule names.
    private func matched(by rule: ToolRule) -> [ToolFactory] {
        registry.tools.filter { $0.key == $0.value.id && rule.names(any: $0.value.names) }.map(\.value)
    }

    /// Arguments that no tool takes of those that the rule names.
    private func unknownArguments(_ mention: Mention) -> [Finding] {
        let tools = matched(by: mention.rule)
        guard !tools.isEmpty, !isOnShelf(mention.rule) else { return [] }
        let known = Set(tools.flatMap { $0.arguments.map(\.name) }).sorted()
        let exactly = mention.rule.exactly.map { Array($0.members.keys) } ?? []
        let named = mention.rule.with.keys.map { ("with", $0) } + exactly.map { ("exactly", $0) }
        return named.filter { !known.contains($0.1) }.sorted { $0.1 < $1.1 }.map { field, name in
            let tool = tools.count == 1 ? "Tool '\(tools[0].id)'" : "No tool that '\(mention.name)' stands for"
            let near = Suggestion.sentence(for: name, among: known)
            let sentence = "\(tool) has \(tools.count == 1 ? "no" : "the") argument '\(name)'.\(near)"
            return Finding(FieldProblem(mention.path.appending(field).appending(name), sentence, in: .key))
        }
    }

    private func place(of field: String, in mention: Mention) -> FieldPath {
        mention.rule.isUnconditional ? mention.path : mention.path.appending(field)
    }

    /// Rules that say the same as another one, or that another one keeps from ever holding.
    private func contradictions(_ mentions: [Mention]) -> [Finding] {
        var first: [ModuleID: Mention] = [:]
        for mention in mentions where mention.rule.isUnconditional && first[mention.id] == nil {
            first[mention.id] = mention
        }
        return mentions.enumerated().compactMap { index, mention in
            if let whole = first[mention.id], whole.path != mention.path {
                return mention.rule.isUnconditional ? contradiction(whole, mention) : hidden(mention, by: whole)
            }
            let earlier = mentions[..<index].first { $0.rule == mention.rule && $0.path != mention.path }
            return mention.rule.isUnconditional ? nil : earlier.map { repeated($0, mention) }
        }
    }

    /// A tool that two rules name without a condition.
    private func contradiction(_ earlier: Mention, _ mention: Mention) -> Finding {
        let sameName = earlier.name == mention.name
        let other = sameName ? "" : " (as '\(earlier.name)')"
        let sentence =
            earlier.list == mention.list
            ? "Tool '\(mention.name)' stands twice under '\(mention.list)'\(other)."
            : "Tool '\(mention.name)' stands under '\(earlier.list)'\(other) and under '\(mention.list)': keep one."
        return Finding(FieldProblem(mention.path, sentence))
    }

    /// A rule with conditions beside one without them, which comes first or says the same.
    private func hidden(_ mention: Mention, by whole: Mention) -> Finding? {
        guard !ToolPolicy.lines.contains(mention.rule) else { return nil }  // nobody wrote it
        guard let rank = Self.ranks[mention.list], let other = Self.ranks[whole.list], other <= rank else { return nil }
        let sentence =
            "This rule can never matter: '\(whole.name)' stands under '\(whole.list)' without a condition."
        return Finding(FieldProblem(mention.path, sentence))
    }

    private func repeated(_ earlier: Mention, _ mention: Mention) -> Finding {
        let sentence =
            earlier.list == mention.list
            ? "This rule stands twice under '\(mention.list)'."
            : "This rule stands under '\(earlier.list)' and under '\(mention.list)': keep one."
        return Finding(FieldProblem(mention.path, sentence))
    }

    private static let ranks = ["deny": 0, "ask": 1, "allow": 2]
}
