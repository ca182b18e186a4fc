import PipelineKit

/// What the model reads about a check that did not hold.
enum Report {
    /// The most bytes of failing cases and output in one message.
    static let mostBytes = 12_000

    /// - Parameters:
    ///   - hasGoal: Whether gates judge, and not only whether the work has come to its end.
    ///   - best: Of a goal that seeks the best, this check counted too.
    static func words(
        _ result: CheckResult,
        after name: CheckName,
        of limits: Limits,
        hasGoal: Bool,
        best: BestScore? = nil
    ) -> String {
        let opening = hasGoal ? opening(result, after: name, of: limits, best: best) : ""
        let again = result.unchangedSince.map { "Nothing was done since \(moment($0)), so it was not judged again." }
        let parts = [
            [opening, again ?? "", result.reason].filter { !$0.isEmpty }.joined(separator: " "),
            refused(result.refused),
            result.details.isEmpty ? cases(result.failing) : result.details,
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    /// How far the run is from its goal: `The goal does not hold yet.`
    ///
    /// - Parameter limits: `nil` not to tell how many iterations there are.
    static func opening(
        _ result: CheckResult,
        after name: CheckName,
        of limits: Limits?,
        best: BestScore?
    ) -> String {
        let place = limits.flatMap {
            name.iteration == 0 ? nil : " after iteration \(name.iteration) of \($0.iterations)"
        }
        guard let best else { return "The goal does not hold\(place ?? " yet")." }
        let score = result.score.map { "The score\(place ?? "") is \(BestScore.written($0)), of at most 1." }
        let mine = best.iteration == name.iteration
        let other = mine ? "" : " The best so far is \(BestScore.written(best.score)), \(moment(of: best.iteration))."
        return (score ?? "There is no score that counts\(place ?? ""), as not all else holds.") + other
    }

    private static func moment(of iteration: Int) -> String {
        iteration == 0 ? "at the start" : "after iteration \(iteration)"
    }

    private static func moment(_ iteration: Int) -> String {
        iteration == 0 ? "the check at the start" : "the check after iteration \(iteration)"
    }

    private static func refused(_ changes: [FileChange]) -> String {
        guard !changes.isEmpty else { return "" }
        let names = changes.prefix(20).map { "- \($0.path) (\($0.kind.rawValue))" }.joined(separator: "\n")
        let more = changes.count > 20 ? "\n- and \(changes.count - 20) more" : ""
        return "These changes did not count, because the goal protects the files:\n\(names)\(more)"
    }

    private static func cases(_ failing: [TestCase]) -> String {
        var text = ""
        for (index, test) in failing.enumerated() {
            let line = "\(test.id): \(test.outcome.rawValue)\n\(test.message)\n"
            guard text.utf8.count + line.utf8.count <= mostBytes else {
                return text + "[\(failing.count - index) more are left out]"
            }
            text += line
        }
        return text
    }
}
