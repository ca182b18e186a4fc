import PipelineKit

/// What a pipeline brings along.
extension LintCheck {
    /// What its sources found wrong, where values are known that it depends on; and what no rule lets the model use.
    func brought(_ found: BroughtFindings) -> [Finding] {
        let all = found.problems.map { Finding($0) } + found.warnings.map { Finding(.warning, $0) }
        return all.filter { isCertain($0.problem.path) } + unused
    }

    /// Servers whose tools no rule names: whoever wrote them down probably believes that the model has them.
    private var unused: [Finding] {
        let rules = pipeline.tools.allow + pipeline.tools.ask + pipeline.tools.deny
        let shelves = registry.shelves.filter { shelf in !rules.contains(where: shelf.mayBeNamed) }
        guard shelves.count > Self.mostNamed, let first = shelves.first else {
            return shelves.map { Self.warning($0, "No rule names one of its tools") }
        }
        return [Self.warning(first, "No rule names a tool of this one and \(shelves.count - 1) others")]
    }

    /// How many are named one by one: whoever keeps a list of all their servers does not want to hear of each.
    private static let mostNamed = 5

    private static func warning(_ shelf: ToolShelf, _ words: String) -> Finding {
        let sentence = """
            \(words), so the model is told of none. Add '\(shelf.prefix)*' under 'tools.allow' or 'tools.ask'.
            """
        return Finding(.warning, FieldProblem(shelf.path, sentence, in: .key))
    }

    /// Whether a rule names tools that nobody has looked up yet.
    func isOnShelf(_ rule: ToolRule) -> Bool { registry.shelves.contains { $0.mayBeNamed(by: rule) } }
}
