import PipelineKit

/// Tools, and the rules that name them.
extension LintCheck {
    /// One rule of a list.
    struct Mention {
        var list: String
        var rule: ToolRule
        /// The own name of the tool that it names, whatever alias was written; of a pattern, the pattern.
        var id: ModuleID
        var path: FieldPath

        var name: String { rule.tool }
    }

    var tools: [Finding] {
        let mentions = mentions(at: Self.path("tools"))
        return ruleFindings(mentions) + settings(mentions) + unsettled(mentions)
    }

    /// All rules of the policy.
    private func mentions(at place: FieldPath) -> [Mention] {
        let lists = [("allow", pipeline.tools.allow), ("ask", pipeline.tools.ask), ("deny", pipeline.tools.deny)]
        return lists.flatMap { list, rules in
            rules.enumerated().map { index, rule in
                let id = ModuleID(rule.tool)
                let path = place.appending(list).appending(index)
                return Mention(list: list, rule: rule, id: registry.tools[id]?.id ?? id, path: path)
            }
        }
    }

    /// What is wrong with the rules of a policy that is no pipeline's.
    static func findings(allow: [ToolRule], ask: [ToolRule], deny: [ToolRule], _ registry: Registry) -> [Finding] {
        var pipeline = Pipeline()
        pipeline.tools = ToolPolicy(allow: allow, ask: ask, deny: deny)
        let check = LintCheck(written: pipeline, pipeline: pipeline, uncertain: [], registry: registry)
        return check.ruleFindings(check.mentions(at: FieldPath()))
    }

    /// Settings that are given.
    private func settings(_ mentions: [Mention]) -> [Finding] {
        let tools = pipeline.tools.offered(among: registry.toolNames).compactMap { registry.tools[ModuleID($0)] }
        let offered = Set(tools.filter { !pipeline.tools.isDenied($0.names) }.map(\.id))
        return pipeline.tools.with.sorted { $0.key < $1.key }.flatMap { name, json in
            let path = Self.path("tools", "with", name)
            guard let factory = registry.tools[ModuleID(name)] else {
                return [unknown("tool", ModuleID(name), among: registry.tools.keys, at: path, in: .key)]
            }
            let settings = Settings(written: written.tools.with[name] ?? json, replaced: json, path: path)
            let found = check(settings, of: factory.settings) { json throws(FieldProblems) in _ = try factory.make(json)
            }
            guard !offered.contains(factory.id) else { return found }
            let sentence = "Tool '\(name)' has settings, but is not offered to the model."
            return found + [Finding(.warning, FieldProblem(path, sentence, in: .key))]
        }
    }

    /// Tools that are offered without settings, and may need some.
    private func unsettled(_ mentions: [Mention]) -> [Finding] {
        let settled = Set(pipeline.tools.with.keys.compactMap { registry.tools[ModuleID($0)]?.id })
        let open = mentions.filter { $0.list != "deny" && !settled.contains($0.id) }
        var seen: Set<ModuleID> = []
        return open.flatMap { mention in
            guard seen.insert(mention.id).inserted, let factory = registry.tools[mention.id] else { return [Finding]() }
            return check(Settings(at: mention.path), of: factory.settings) { json throws(FieldProblems) in
                _ = try factory.make(json)
            }
        }
    }
}
