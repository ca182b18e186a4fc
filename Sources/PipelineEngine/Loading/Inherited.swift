import PipelineKit
import YAML

/// How a pipeline is laid over the one it extends: deeper keys win, lists replace.
enum Inherited {
    /// Keys of a goal of which one stands for the whole judgement.
    private static let judges = ["gate", "all", "any", "not", "best"]

    static func merge(_ child: YAMLNode, over parent: YAMLNode) -> YAMLNode {
        laid(child, on: withoutReplaced(parent, by: child))
    }

    private static func laid(_ child: YAMLNode, on parent: YAMLNode) -> YAMLNode {
        guard case .mapping(let own) = child.content, case .mapping(let inherited) = parent.content else {
            return child
        }
        let ownKeys = Set(own.compactMap(\.key.text))
        let kept = inherited.filter { !ownKeys.contains($0.key.text ?? "") }
        let merged = own.map { pair in
            guard let key = pair.key.text, let below = parent[key] else { return pair }
            return YAMLPair(pair.key, laid(pair.value, on: below))
        }
        var node = child
        node.content = .mapping(merged + kept)
        return node
    }

    /// The parent without those parts of its goal that the child's goal excludes: naming a gate replaces `all` and the
    /// settings of another gate, `protect` replaces `editable`.
    private static func withoutReplaced(_ parent: YAMLNode, by child: YAMLNode) -> YAMLNode {
        guard let goal = child["goal"], case .mapping = goal.content, let old = parent["goal"] else { return parent }
        let named = goal.pairs.compactMap(\.key.text)
        let keepsGate = goal["gate"]?.text == old["gate"]?.text
        var replaced = named.contains(where: judges.contains) && !keepsGate ? judges + ["with"] : []
        if named.contains("editable") || named.contains("protect") { replaced += ["editable", "protect"] }
        return parent.mapping("goal") { goal in replaced.reduce(goal) { $0.without($1) } }
    }

    /// The pipeline with the lists of a file of rules before its own.
    static func withRules(_ rules: YAMLNode?, in root: YAMLNode, _ problems: inout [YAMLError]) -> YAMLNode {
        for pair in rules?.pairs ?? [] where !["allow", "ask", "deny"].contains(pair.key.text) {
            let sentence = "A file of rules has the lists 'allow', 'ask' and 'deny', and no '\(pair.key.text ?? "")'."
            problems.append(YAMLError(sentence, from: pair.key.start, to: pair.key.end))
        }
        if let rules, case .mapping = rules.content {
        } else if let rules {
            let sentence = "A file of rules is a mapping of 'allow', 'ask' and 'deny'; this is none."
            problems.append(YAMLError(sentence, from: rules.start, to: rules.end))
        }
        return root.mapping("tools") { tools in
            var tools = tools.without("rules")
            for pair in rules?.pairs ?? [] {
                guard let key = pair.key.text, ["allow", "ask", "deny"].contains(key) else { continue }
                var list = pair.value
                if let own = tools[key] { list.content = .sequence(list.elements + own.elements) }
                tools = tools.without(key)
                tools.content = .mapping(tools.pairs + [YAMLPair(pair.key, list)])
            }
            return tools
        }
    }

    /// The tree with the short forms `goal: pytest` and `tools: [...]` written out, so that there is one way to merge
    /// them and one path to every part.
    static func longForms(_ root: YAMLNode) -> YAMLNode {
        root.mapping("goal") { goal in
            var ignored: [YAMLError] = []
            guard case .string = JSONValue(goal, &ignored) else { return goal }
            return YAMLNode(goal, keys: [("gate", goal)])
        }.mapping("tools") { tools in
            guard case .sequence = tools.content else { return tools }
            let none = YAMLNode(.sequence([]), start: tools.end, end: tools.end)
            return YAMLNode(tools, keys: [("allow", tools), ("ask", none)])
        }
    }
}

extension YAMLNode {
    /// A mapping nobody wrote, at the place of the short form that stands for it.
    fileprivate init(_ short: YAMLNode, keys: [(String, YAMLNode)]) {
        let pairs = keys.map { name, value in
            YAMLPair(YAMLNode(.scalar(name, isPlain: true), start: short.start, end: short.end), value)
        }
        self.init(.mapping(pairs), start: short.start, end: short.end, isFlow: true)
    }

    /// The mapping without a key.
    func without(_ key: String) -> YAMLNode {
        guard case .mapping(let pairs) = content else { return self }
        var node = self
        node.content = .mapping(pairs.filter { $0.key.text != key })
        return node
    }

    /// The mapping with the value behind a key changed.
    func mapping(_ key: String, _ change: (YAMLNode) -> YAMLNode) -> YAMLNode {
        guard case .mapping(let pairs) = content else { return self }
        var node = self
        node.content = .mapping(pairs.map { $0.key.text == key ? YAMLPair($0.key, change($0.value)) : $0 })
        return node
    }
}
