import PipelineKit

/// Rules about tools.
extension LintCheck {
    /// One mention of a tool in a list.
    private struct Mention {
        var list: String
        var name: String
        /// The tool's own name, whatever alias was written.
        var id: ModuleID
        var path: FieldPath
    }

    var tools: [Finding] {
        let lists = [("allow", pipeline.tools.allow), ("ask", pipeline.tools.ask), ("deny", pipeline.tools.deny)]
        let mentions = lists.flatMap { list, names in
            names.enumerated().map { index, name in
                let path = Self.path("tools", list).appending(index)
                return Mention(
                    list: list,
                    name: name,
                    id: registry.tools[ModuleID(name)]?.id ?? ModuleID(name),
                    path: path
                )
            }
        }
        let missing = mentions.filter { registry.tools[ModuleID($0.name)] == nil }.map {
            unknown("tool", ModuleID($0.name), among: registry.tools.keys, at: $0.path)
        }
        return missing + contradictions(mentions) + settings(mentions) + unsettled(mentions)
    }

    /// A tool that two mentions say something about.
    private func contradictions(_ mentions: [Mention]) -> [Finding] {
        var first: [ModuleID: Mention] = [:]
        return mentions.compactMap { mention in
            guard let earlier = first[mention.id] else {
                first[mention.id] = mention
                return nil
            }
            let sameName = earlier.name == mention.name
            let other = sameName ? "" : " (as '\(earlier.name)')"
            let sentence =
                earlier.list == mention.list
                ? "Tool '\(mention.name)' stands twice under '\(mention.list)'\(other)."
                : "Tool '\(mention.name)' stands under '\(earlier.list)'\(other) and under '\(mention.list)': keep one."
            return Finding(FieldProblem(mention.path, sentence))
        }
    }

    /// Settings that are given.
    private func settings(_ mentions: [Mention]) -> [Finding] {
        let offered = Set(mentions.filter { $0.list != "deny" }.map(\.id))
            .subtracting(mentions.filter { $0.list == "deny" }.map(\.id))
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
        return open.flatMap { mention in
            guard let factory = registry.tools[mention.id] else { return [Finding]() }
            return check(Settings(at: mention.path), of: factory.settings) { json throws(FieldProblems) in
                _ = try factory.make(json)
            }
        }
    }
}
