import GateKit
import PipelineKit

/// What several reports say together.
struct JUnitSession: Sendable {
    /// `nil` when no command wrote them.
    var end: RunnerEnd?
    private var cases: [TestCase] = []
    private var places: [String: Int] = [:]
    /// What is wrong with a report.
    private var mistake: String?

    init(end: RunnerEnd?) { self.end = end }

    mutating func add(_ report: ReportSource.Report, at place: FilePlace) {
        do throws(Failure) {
            let read = try JUnitReport(xml: report.bytes)
            guard read.suites > 0 else { throw Failure(.invalidInput, "It holds no <testsuite>.") }
            let failing = Tally(read.cases).failing.count
            if failing == 0, read.failures + read.errors > 0 {
                let counted = read.failures + read.errors
                throw Failure(.invalidInput, "It counts \(counted) failures and errors, but shows none.")
            }
            for var test in read.cases {
                test.file = test.file.map(place.shown)
                add(test)
            }
        } catch {
            mistake = mistake ?? "the report '\(report.name)' cannot be taken: \(error.message)"
        }
    }

    /// A case that two reports name is one, with its worse outcome.
    private mutating func add(_ test: TestCase) {
        guard let place = places[test.id] else {
            places[test.id] = cases.count
            return cases.append(test)
        }
        let order: [TestCase.Outcome] = [.passed, .skipped, .error, .failed]
        let isWorse = (order.firstIndex(of: test.outcome) ?? 0) > (order.firstIndex(of: cases[place].outcome) ?? 0)
        if isWorse { cases[place] = test }
    }

    var verdict: Verdict {
        let tally = Tally(cases)
        if let mistake {
            let reason =
                end.map { "\($0.words), but \(mistake)" } ?? mistake.prefix(1).uppercased() + mistake.dropFirst()
            let details = tally.details + (end?.output.capped(to: 6_000) ?? "")
            return Verdict(.failed, reason, score: 0, cases: tally.cases, details: details)
        }
        if let end { return TestSession(end, cases: cases).verdict }
        guard tally.failing.isEmpty else { return made(.failed, tally.failure, tally) }
        guard !cases.isEmpty else { return made(.failed, "No test ran: the reports hold no case.", tally) }
        guard tally.passed > 0 else { return made(.failed, "No test passed\(tally.skips).", tally) }
        return made(.passed, tally.success, tally)
    }

    private func made(_ outcome: Verdict.Outcome, _ reason: String, _ tally: Tally) -> Verdict {
        Verdict(outcome, reason, score: tally.score, cases: tally.cases, details: tally.details)
    }
}
