import PipelineKit

/// Failing cases that have one cause, as far as their messages tell.
struct FailureGroup: Sendable {
    /// In the order of the report, one at least.
    var cases: [TestCase]
    /// Whether tests could not run because of it: something could not be collected, built, imported or set up.
    var keepsOthersFromRunning: Bool

    private static let shown = 3

    /// The first case with its message, and the names of the others.
    ///
    /// - Parameter limit: Bytes of the message.
    func text(limit: Int) -> String {
        guard let first = cases.first else { return "" }
        let text = "\(first.id)\n\(first.message.capped(to: limit))\n"
        guard cases.count > 1 else { return text }
        let others = cases.dropFirst().map(\.id)
        let verb = others.count == 1 ? "fails" : "fail"
        return "\(text)\(others.count) more \(verb) the same way: \(others.named(atMost: Self.shown))\n"
    }

    /// The groups of failing cases, the likely causes first.
    ///
    /// What kept tests from running comes first, for nobody knows what they would have said. Then what explains more cases
    /// before what explains fewer, for one change may mend them all; of as many, assertions before what broke in set-up or
    /// tear-down, as they say what the code has to do; then the order of the report.
    static func ranked(_ failing: [TestCase]) -> [FailureGroup] {
        var (groups, places): ([FailureGroup], [FailureCause: Int]) = ([], [:])
        for test in failing {
            let cause = FailureCause(of: test)
            if let cause, let place = places[cause] {
                groups[place].cases.append(test)
                continue
            }
            if let cause { places[cause] = groups.count }
            groups.append(FailureGroup(cases: [test], keepsOthersFromRunning: isInTheWay(test, cause)))
        }
        let ranks = groups.enumerated().map { (index: $0.offset, rank: $0.element.rank) }
        return ranks.sorted { ($0.rank, $0.index) < ($1.rank, $1.index) }.map { groups[$0.index] }
    }

    private static func isInTheWay(_ test: TestCase, _ cause: FailureCause?) -> Bool {
        if cause?.isOfLoading == true { return true }
        guard test.outcome == .error else { return false }
        // A name without a test in it is that of a file, a package, or a program that could not be started.
        return !test.id.contains("::") || ["setUpClass", "setUpModule"].contains { test.message.hasPrefix($0) }
    }

    private var rank: Rank {
        Rank(
            isBehind: keepsOthersFromRunning ? 0 : 1,
            count: -cases.count,
            breaks: cases.first?.outcome == .error ? 1 : 0
        )
    }

    private struct Rank: Comparable {
        var isBehind: Int
        var count: Int
        var breaks: Int

        static func < (one: Rank, other: Rank) -> Bool {
            (one.isBehind, one.count, one.breaks) < (other.isBehind, other.count, other.breaks)
        }
    }
}
