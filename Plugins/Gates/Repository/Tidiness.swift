import GateKit
import PipelineKit

/// What differs from a commit, and what of it may.
struct Tidiness: Sendable {
    var files: [ChangedFile]
    /// The short name of the commit.
    var commit: String
    var isAllowed: @Sendable (ChangedFile) -> Bool = { _ in false }
    /// Lines added and removed; `nil` for any number.
    var mostLines: Int?
    var mostFiles: Int?

    init(files: [ChangedFile], commit: String) {
        self.files = files
        self.commit = commit
    }

    var verdict: Verdict {
        let wrong = problems
        guard !wrong.isEmpty else { return made(.passed, praise, []) }
        let sentence = wrong.joined(separator: "; ") + "."
        return made(.failed, sentence.prefix(1).uppercased() + sentence.dropFirst(), findings)
    }

    private var lines: Int { files.reduce(0) { $0 + $1.lines } }
    private var refused: [ChangedFile] { files.filter { !isAllowed($0) } }
    private var marked: [ChangedFile] { files.filter { !$0.markers.isEmpty } }

    private var praise: String {
        guard !files.isEmpty else { return "Nothing differs from the last commit, \(commit)." }
        let count = files.count == 1 ? "1 file differs" : "\(files.count) files differ"
        return "\(count) from the last commit, \(commit), by \(lines) \(lines == 1 ? "line" : "lines"), as allowed."
    }

    /// Each as a sentence without its full stop.
    private var problems: [String] {
        var problems: [String] = []
        let changed = refused.filter { $0.kind != .untracked }.map(\.path)
        if !changed.isEmpty {
            let words = changed.count == 1 ? "1 file differs" : "\(changed.count) files differ"
            problems.append("\(words) from the last commit, \(commit), and must not: \(changed.named(atMost: 5))")
        }
        let new = refused.filter { $0.kind == .untracked }.map(\.path)
        if !new.isEmpty {
            let words = new.count == 1 ? "1 file is not tracked" : "\(new.count) files are not tracked"
            problems.append("\(words): \(new.named(atMost: 5))")
        }
        if !marked.isEmpty {
            problems.append("conflict markers are left in \(marked.map(\.path).named(atMost: 5))")
        }
        if let mostLines, lines > mostLines {
            problems.append("\(lines) \(lines == 1 ? "line is" : "lines are") changed, not at most \(mostLines)")
        }
        if let mostFiles, files.count > mostFiles {
            problems.append(
                "\(files.count) \(files.count == 1 ? "file is" : "files are") changed, not at most \(mostFiles)"
            )
        }
        return problems
    }

    /// In the order of the files.
    private var findings: [Verdict.Finding] {
        let isTooMuch = mostLines.map { lines > $0 } ?? false || mostFiles.map { files.count > $0 } ?? false
        return files.flatMap { file in
            var findings: [Verdict.Finding] = []
            if isTooMuch || !isAllowed(file) { findings.append(file.finding) }
            return findings
                + file.markers.map { line in
                    Verdict.Finding(.error, "A conflict marker is left.", rule: "conflict", file: file.path, line: line)
                }
        }
    }

    private func made(_ outcome: Verdict.Outcome, _ reason: String, _ findings: [Verdict.Finding]) -> Verdict {
        let list = FindingList(findings)
        var verdict = Verdict(outcome, reason, score: outcome == .passed ? 1 : 0, details: list.details)
        verdict.findings = list.findings
        verdict.metrics = ["changed_files": Double(files.count), "changed_lines": Double(lines)]
        return verdict
    }
}

extension ChangedFile {
    /// Whether its content differs and it is still a file of the same kind.
    var isModified: Bool { kind == .changed && !isRetyped }

    fileprivate var finding: Verdict.Finding {
        let words =
            switch kind {
            case .changed: "The file differs from the last commit by \(lines) \(lines == 1 ? "line" : "lines")."
            case .deleted: "The file is deleted."
            case .untracked: "The file is not tracked."
            }
        return Verdict.Finding(.error, words, rule: kind.rawValue, file: path, line: first)
    }
}
