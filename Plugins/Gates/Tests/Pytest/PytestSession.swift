import GateKit
import PipelineKit

/// One session of pytest that has ended, and what was written down meanwhile.
///
/// Exit code, the tests that were collected and started, and what became of each must tell one story; where they do not,
/// the code under test has had a hand in it, and the goal does not hold. Exit codes:
/// https://docs.pytest.org/en/stable/reference/exit-codes.html.
struct PytestSession: Sendable {
    /// The exit status, or 128 plus the signal that ended the process.
    var status: Int
    /// Both streams, capped.
    var output: String
    var ledger: PytestLedger
    /// Where tests were looked for, in words: `the workspace`, `'tests/unit'`.
    var place: String
    /// Absolute path of the tree that is judged.
    var root: String

    /// - Throws: `.invalidInput` with pytest's words when it refused its arguments, `.unavailable` when it broke.
    func verdict() throws(Failure) -> Verdict {
        if ledger.started.isEmpty, let verdict = try refusal() { return verdict }
        let tally = Tally(ledger.cases)
        if let problem = ledger.problem { return failed("\(end), but \(problem).", from: tally) }
        guard ledger.status != nil else { return failed("\(end) before all tests had run\(during).", from: tally) }
        if let lie = disagreement(tally) { return failed(lie, from: tally) }
        return judged(tally)
    }

    /// What pytest says instead of running tests, if it does.
    private func refusal() throws(Failure) -> Verdict? {
        let words = PytestWords(output)
        switch status {
        case 4 where words.brokenConftest != nil:
            // A conftest.py imports the code under test, so this is for the model to mend.
            return failed("No test ran: \(words.brokenConftest ?? "").", from: nil)
        case 4:
            guard let error = words.error else { return nil }
            throw Failure(.invalidInput, "pytest refuses its arguments: \(error)")
        case 3:
            guard let error = words.internalError else { return nil }
            // What the project's own code raised where pytest does not expect it is for the model to mend.
            if let source = words.internalErrorSource, source.hasPrefix("\(root)/") {
                return failed("No test ran: '\(source.dropFirst(root.count + 1))' raised \(error).", from: nil)
            }
            throw Failure(.unavailable, "pytest broke with an internal error: \(error)")
        default:
            return nil
        }
    }

    private func judged(_ tally: Tally) -> Verdict {
        switch status {
        case 0 where tally.passed == 0:
            return failed("No test passed\(tally.skips).", from: tally)
        case 0:
            return Verdict(.passed, tally.success, score: tally.score, cases: tally.cases)
        case 1:
            return failed(tally.failure, from: tally)
        case 2 where !tally.failing.isEmpty:
            return failed("No test ran: \(tally.uncollected).", from: tally)
        case 5:
            return failed("No tests were collected in \(place)\(tally.skips).", from: tally)
        default:
            return failed("\(end) before all tests had run\(during).", from: tally)
        }
    }

    /// How the accounts contradict each other.
    private func disagreement(_ tally: Tally) -> String? {
        if let contradiction = ledger.contradiction { return "pytest's report contradicts itself: \(contradiction)." }
        if status == 0, !tally.failing.isEmpty {
            return "pytest exited with 0, although its report has failing tests: "
                + "\(tally.failing.map(\.id).named(atMost: 5))."
        }
        if status == 1, tally.failing.isEmpty {
            return "pytest exited with 1, although no test in its report fails."
        }
        let (unfinished, unheard) = (ledger.unfinished, ledger.unheard)
        if !unfinished.isEmpty {
            return "pytest's report leaves out \(unfinished.count) of the tests that were started: "
                + "\(unfinished.named(atMost: 5))."
        }
        if status == 0, !unheard.isEmpty {
            return "\(unheard.count) of the \(ledger.planned.count) tests that were collected did not run: "
                + "\(unheard.named(atMost: 5))."
        }
        guard let told = ledger.status, told != status else { return nil }
        return "\(end), although pytest came to \(told)."
    }

    private func failed(_ reason: String, from tally: Tally?) -> Verdict {
        // A failing test shows itself; everything else is explained by what pytest printed.
        let shown = tally.map { !$0.failing.isEmpty } ?? false
        let details = shown ? tally?.details ?? "" : output.capped(to: 6_000)
        return Verdict(.failed, reason, score: tally?.score ?? 0, cases: tally?.cases ?? [], details: details)
    }

    /// `pytest exited with 0`, `pytest was ended by SIGSEGV`.
    private var end: String { RunnerEnd.words(of: "pytest", status: status) }

    /// Which test was running when the session ended.
    private var during: String {
        guard let last = ledger.started.last else { return ", while it collected the tests" }
        return ", while '\(last)' ran"
    }
}

/// What pytest prints when it does not come to running tests.
private struct PytestWords {
    private let lines: [Substring]

    init(_ output: String) { lines = output.split(separator: "\n") }

    /// `ERROR: file or directory not found: tsts`; below `ERROR: usage: ...`, `pytest: error: unrecognized arguments`.
    var error: String? {
        let below = lines.lazy.compactMap { line in line.firstRange(of: ": error: ").map { line[$0.upperBound...] } }
            .first
        let told = below ?? lines.first { $0.hasPrefix("ERROR: ") }?.dropFirst("ERROR: ".count)
        return told.map(String.init)
    }

    /// The first line and the reason: `ImportError while loading conftest '/p/conftest.py'. E   NameError: ...`.
    var brokenConftest: String? {
        guard let at = lines.firstIndex(where: { $0.contains("while loading conftest") }) else { return nil }
        let reason = lines[at...].last { $0.hasPrefix("E  ") }
        return "\(lines[at])\(reason.map { " \($0.drop { $0 == "E" || $0 == " " })" } ?? "")"
    }

    var internalError: String? {
        lines.last { $0.hasPrefix("INTERNALERROR> ") }.map { String($0.dropFirst("INTERNALERROR> ".count)) }
    }

    /// The file in which the error arose: the last frame of the traceback, `File "/p/calc.py", line 1, in <module>`.
    var internalErrorSource: String? {
        let frame = lines.last { $0.hasPrefix("INTERNALERROR>   File \"") }
        return frame.flatMap { $0.split(separator: "\"").dropFirst().first }.map(String.init)
    }
}
