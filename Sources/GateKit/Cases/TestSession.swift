public import PipelineKit

/// A session of a test runner that has ended, and the cases it reported.
///
/// Exit status and report must tell one story; where they do not, the code under test has had a hand in one of them, or
/// something broke that no case shows, and the goal does not hold.
public struct TestSession: Sendable {
    public var end: RunnerEnd
    /// Each test once, in the order of the report.
    public var cases: [TestCase]
    /// The exit statuses with which the runner says that tests failed; any but 0 for most.
    public var failureStatuses: Set<Int>?

    public init(_ end: RunnerEnd, cases: [TestCase], failureStatuses: Set<Int>? = nil) {
        self.end = end
        self.cases = cases
        self.failureStatuses = failureStatuses
    }

    /// What the session says about the goal.
    public var verdict: Verdict {
        let tally = Tally(cases)
        if cases.isEmpty { return failed(end.status == 0 ? "No test ran." : "\(end.words), and no test ran.", tally) }
        if end.status == 0 { return green(tally) }
        guard !tally.failing.isEmpty else {
            return failed("\(end.words), although no test in its report fails.", tally)
        }
        if let failureStatuses, !failureStatuses.contains(end.status) {
            return failed("\(end.words) before all tests had run. \(tally.failure)", tally)
        }
        return failed(tally.failure, tally)
    }

    private func green(_ tally: Tally) -> Verdict {
        guard tally.failing.isEmpty else {
            let names = tally.failing.map(\.id).named(atMost: 5)
            return failed("\(end.words), although its report has failing tests: \(names).", tally)
        }
        guard tally.passed > 0 else { return failed("No test passed\(tally.skips).", tally) }
        return Verdict(.passed, tally.success, score: tally.score, cases: tally.cases)
    }

    /// A failing test shows itself; everything else is explained by what the runner printed.
    private func failed(_ reason: String, _ tally: Tally) -> Verdict {
        let details = tally.failing.isEmpty ? end.output.capped(to: 6_000) : tally.details
        return Verdict(.failed, reason, score: tally.score, cases: tally.cases, details: details)
    }
}
