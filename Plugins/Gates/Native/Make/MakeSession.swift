import GateKit
import PipelineKit
import ProcessKit

/// One run of make that has ended.
struct MakeSession: Sendable {
    var end: RunnerEnd
    var target: String

    /// - Parameter path: Makes a path relative to the workspace.
    func verdict(path: (String) -> String) -> Verdict {
        if let words = nothingDone { return end.explained("No test ran: \(words).") }
        if end.finished.output.isCut { return byStatus(path) }
        guard let report = TAPReport(output: end.output) else { return byStatus(path) }
        if let lie = report.disagreement { return end.explained(lie, cases: report.cases) }
        if report.cases.isEmpty { return end.explained("No test ran.") }
        return TestSession(end, cases: report.cases).verdict
    }

    /// What make says when it runs no recipe.
    private var nothingDone: String? {
        let lines = end.output.split(separator: "\n").filter { $0.hasPrefix("make: ") || $0.hasPrefix("gmake: ") }
        let words = lines.map { String($0.drop { $0 != " " }.dropFirst()) }
        if words.contains("'\(target)' is up to date.") {
            return "make says that '\(target)' is up to date. Declare it with .PHONY: \(target)"
        }
        if words.contains("Nothing to be done for '\(target)'.") { return "the target '\(target)' has no recipe" }
        if words.contains("*** No rule to make target '\(target)'.  Stop.") {
            return "there is no Makefile with the target '\(target)'"
        }
        return nil
    }

    private func byStatus(_ path: (String) -> String) -> Verdict {
        guard end.status != 0 else {
            var verdict = Verdict.passed("'make \(target)' exited with 0.", score: 1)
            verdict.details = end.output.capped(to: 6_000)
            return verdict
        }
        let errors = CompilerOutput.errors(in: end.output, path: path)
        guard errors.isEmpty else { return .broken(errors, end: end) }
        return end.explained("\(end.words)\(problem.map { ": \($0)" } ?? "").")
    }

    /// `[Makefile:2: test] Segmentation fault`, without its full stop.
    private var problem: String? {
        let line = end.output.split(separator: "\n").last { $0.contains("make: *** ") }
        let words = line.flatMap { line in line.firstRange(of: "*** ").map { line[$0.upperBound...] } }
        return words.map { String($0.hasSuffix(".") ? $0.dropLast() : $0) }
    }
}
