import GateKit
import PipelineKit

/// What a linter found, and what follows from it.
struct LinterReport: Sendable {
    /// What people call the linter.
    var name: String
    var findings: [Verdict.Finding]
    /// How many files were checked, where the linter tells.
    var files: Int?
    /// How many findings comments in the code suppress, where that was counted.
    var suppressed: Int?
    /// What must not be found, and what is worse.
    var level = Threshold.error
    /// How many of them may be.
    var most = 0
    /// Whether the exit status says that nothing is wrong.
    var isClean = true
    /// What else the model should read.
    var words = ""

    var verdict: Verdict {
        let refused = findings.filter { level.refuses($0.level) }
        if files == 0 { return made(.failed, "\(name) checked no file: it found none in the workspace.") }
        guard refused.count <= most else {
            return made(.failed, "\(name) finds \(count(refused))\(allowance)\(ignored).")
        }
        guard isClean || most > 0 else {
            return made(.failed, "\(name) does not pass the project for \(count(findings))\(ignored).")
        }
        let found =
            refused.isEmpty ? (findings.isEmpty ? "nothing" : "no more than \(count(findings))") : count(refused)
        return made(.passed, "\(name) finds \(found)\(refused.isEmpty ? "" : allowance)\(place)\(ignored).")
    }

    private var place: String { files.map { " (\($0) \($0 == 1 ? "file" : "files") checked)" } ?? "" }
    private var allowance: String { most == 0 ? "" : ", where \(most) \(most == 1 ? "is" : "are") allowed" }

    private var ignored: String {
        guard let suppressed, suppressed > 0 else { return "" }
        return "; \(suppressed) more \(suppressed == 1 ? "is" : "are") suppressed by comments"
    }

    /// `3 errors in 2 files`; `finding` for what is not all of one level.
    private func count(_ findings: [Verdict.Finding]) -> String {
        let levels = Set(findings.map(\.level))
        return FindingList(findings).count(levels.count == 1 ? levels.first?.rawValue ?? "finding" : "finding")
    }

    private func made(_ outcome: Verdict.Outcome, _ reason: String) -> Verdict {
        let list = FindingList(findings)
        var verdict = Verdict(outcome, reason, details: list.details + words)
        verdict.findings = list.findings
        verdict.metrics = ["findings": Double(list.total), "errors": Double(list.errors)]
        verdict.metrics["files"] = files.map(Double.init)
        verdict.metrics["suppressed_findings"] = suppressed.map(Double.init)
        return verdict
    }
}

/// What must not be found, and what is worse.
enum Threshold: String, Choice {
    case error
    case warning
    case note

    func refuses(_ level: Verdict.Finding.Level) -> Bool {
        switch self {
        case .error: level == .error
        case .warning: level != .note
        case .note: true
        }
    }
}

/// What becomes of findings that a comment in the code suppresses.
enum Suppressions: String, Choice {
    /// They are counted and allowed.
    case count
    /// They are findings as all others.
    case refuse
}
