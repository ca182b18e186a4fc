import GateKit
import PipelineKit

/// A run of a script that has ended.
struct NpmSession: Sendable {
    var end: RunnerEnd
    var script: String

    /// What the script says about the goal.
    var verdict: Verdict {
        let counts = RunnerCounts(output: end.output)
        guard end.status == 0 else {
            return end.explained(
                "'npm run \(script)' exited with \(end.status)\(counts.map { ": \($0.words)" } ?? "")."
            )
        }
        if let counts, counts.failed > 0 {
            return end.explained("'npm run \(script)' exited with 0, although \(counts.words).")
        }
        if let counts, counts.passed == 0 {
            return end.explained("'npm run \(script)' exited with 0, and no test passed.")
        }
        let words = counts.map { ": \($0.words)" } ?? ""
        var verdict = Verdict.passed("'npm run \(script)' exited with 0\(words).", score: 1)
        verdict.details = end.output.capped(to: 6_000)
        return verdict
    }
}

/// How many tests a runner says that it ran, in the last lines of its output.
struct RunnerCounts: Sendable, Hashable {
    var passed = 0
    var failed = 0

    /// `2 tests pass and 1 fails`.
    var words: String {
        let pass = "\(passed) \(passed == 1 ? "test passes" : "tests pass")"
        return failed == 0 ? pass : "\(pass) and \(failed) \(failed == 1 ? "fails" : "fail")"
    }

    /// Knows the summaries of `node --test` (`# pass 2` or `ℹ pass 2`), Jest (`Tests:       1 failed, 2 passed, 3 total`),
    /// Vitest (`Tests  1 failed | 2 passed (3)`) and Mocha (`2 passing (5ms)`, `1 failing`); `nil` without one.
    init?(output: String) {
        var isKnown = false
        for line in output.split(separator: "\n") {
            let words = line.split(whereSeparator: { " ,|:\t".contains($0) })
            guard words.count >= 2 else { continue }
            if words[0] == "#" || words[0] == "ℹ", words.count == 3, let number = Int(words[2]) {
                if words[1] == "pass" { (passed, isKnown) = (number, true) }
                if words[1] == "fail" { (failed, isKnown) = (number, true) }
            } else if words[0] == "Tests" {
                for (count, word) in zip(words.dropFirst(), words.dropFirst(2)) {
                    guard let number = Int(count) else { continue }
                    if word == "passed" { (passed, isKnown) = (number, true) }
                    if word == "failed" { (failed, isKnown) = (number, true) }
                }
            } else if let number = Int(words[0]) {
                if words[1] == "passing" { (passed, isKnown) = (number, true) }
                if words[1] == "failing", words.count == 2 { (failed, isKnown) = (number, true) }
            }
        }
        guard isKnown else { return nil }
    }
}
