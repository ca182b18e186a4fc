import GateKit
import PipelineKit

/// How much must be covered, in percent.
struct CoverageFloors: Sendable {
    var lines: Double
    var branches: Double?
    var eachFile: Double?
    /// Percent of the lines that were covered at the start, and how many points less may be now.
    var start: (percent: Double, drop: Double)?

    /// - Parameter end: How the command ended that wrote the report.
    func verdict(on report: CoverageReport, after end: RunnerEnd?) -> Verdict {
        let findings = findings(in: report)
        let list = FindingList(findings)
        let misses = misses(in: report, files: findings.count { $0.level == .error })
        var verdict = Verdict(.passed, "\(share(report.lines, of: "line")) covered\(notes(report)).")
        if report.lines.total == 0 {
            verdict = .failed("The reports are of no line of code.")
        } else if let end, end.status != 0 {
            verdict = .failed("\(end.words); \(share(report.lines, of: "line")) covered.")
            verdict.details = end.output.capped(to: 6_000)
        } else if !misses.isEmpty {
            verdict = .failed("\(misses.joined(separator: ", and "))\(notes(report)).")
        }
        verdict.score = lines == 0 ? 1 : report.lines.total == 0 ? 0 : min(1, report.lines.percent / lines)
        verdict.details += list.details
        verdict.findings = list.findings
        verdict.metrics = metrics(report)
        return verdict
    }

    private func misses(in report: CoverageReport, files: Int) -> [String] {
        var misses: [String] = []
        if report.lines.percent < lines {
            misses.append(
                "\(share(report.lines, of: "line")) covered, not the \(Percentage.words(lines)) % that must be"
            )
        }
        // What was read with one digit more or less is no drop.
        if let start, report.lines.percent < start.percent - start.drop - 1e-9 {
            let less = Percentage.words(start.percent - report.lines.percent + 0.05)
            misses.append(
                "\(share(report.lines, of: "line")) covered, \(less) points less than the "
                    + "\(Percentage.words(start.percent)) % at the start"
            )
        }
        if let branches, report.branches.total == 0 {
            misses.append("the reports are of no branch, where \(Percentage.words(branches)) % must be covered")
        } else if let branches, report.branches.percent < branches {
            let share = share(report.branches, of: "branch", "branches")
            misses.append("\(share) covered, not the \(Percentage.words(branches)) % that must be")
        }
        if let eachFile, files > 0 {
            misses.append(
                "\(files) \(files == 1 ? "file is" : "files are") covered less than \(Percentage.words(eachFile)) %"
            )
        }
        return misses.enumerated().map {
            $0.offset == 0 ? $0.element.prefix(1).uppercased() + $0.element.dropFirst() : $0.element
        }
    }

    /// `81.2 % of 204 lines are`
    private func share(_ count: CoverageReport.Count, of noun: String, _ plural: String? = nil) -> String {
        let words = count.total == 1 ? "1 \(noun) is" : "\(count.total) \(plural ?? noun + "s") are"
        return "\(Percentage.words(count.percent)) % of \(words)"
    }

    private func notes(_ report: CoverageReport) -> String {
        guard report.excluded > 0 else { return "" }
        return "; \(report.excluded) more \(report.excluded == 1 ? "line is" : "lines are") excluded by comments"
    }

    private func metrics(_ report: CoverageReport) -> [String: Double] {
        guard report.lines.total > 0 else { return [:] }
        var metrics = ["line_percent": report.lines.percent, "excluded_lines": Double(report.excluded)]
        if report.branches.total > 0 { metrics["branch_percent"] = report.branches.percent }
        return metrics
    }

    /// The files below their floor, with the lines that no test reaches.
    private func findings(in report: CoverageReport) -> [Verdict.Finding] {
        report.files.sorted { $0.key < $1.key }.compactMap { path, file in
            let count = file.lineCount
            let isError = count.percent < eachFile ?? 0
            guard isError || count.percent < lines else { return nil }
            let left = file.lines.filter { !$0.value }.keys.sorted()
            return Verdict.Finding(
                isError ? .error : .warning,
                "\(share(count, of: "line")) covered; not \(Self.ranges(left))",
                file: path,
                line: left.first
            )
        }
    }

    /// `3-7, 12 and 2 more`
    static func ranges(_ lines: [Int]) -> String {
        var ranges: [ClosedRange<Int>] = []
        for line in lines {
            if let last = ranges.last, last.upperBound == line - 1 {
                ranges[ranges.count - 1] = last.lowerBound...line
            } else {
                ranges.append(line...line)
            }
        }
        return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }.named(atMost: 10)
    }
}
