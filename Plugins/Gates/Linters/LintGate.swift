import GateKit
public import PipelineKit
import ProcessKit

/// Holds when a linter that is no gate of its own finds nothing.
public struct LintGate: Gate {
    public static let id: ModuleID = "lint"
    public static let summary = "Holds when the project's linter, or one started by a command line, finds nothing."
    public static let example: JSONValue = ["command": "shellcheck scripts/build.sh"]
    public static let protection = ProjectLinter.protection

    /// How a linter tells what it found.
    enum Format: String, Choice {
        /// By its exit status alone.
        case exit
        /// A line for each: `src/a.c:3:5: warning: message [rule]`.
        case unix
        /// SARIF 2.1.0 on standard output.
        case sarif
    }

    public struct Settings: Fields {
        @Field(
            "The command line, run by /bin/sh in the root of the workspace; without one 'make lint', 'npm run lint', ESLint or Ruff, whichever the project has."
        )
        var command: String? = nil
        @Field(
            "What it prints: unix for lines 'file:line:column: message', sarif for SARIF 2.1.0, exit to take its status."
        )
        var format: Format = .exit
        @Field("What must not be found: error; warning stands for errors too, note for all.")
        var level: Threshold = .warning
        @Field("How many findings of that level there may be.") var most: Int = 0
        @Field("Statuses with which the linter has done its work, so that the findings decide.")
        var exitCodes: [Int] = [0, 1]
        @Field("How long it may take.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings

    public init(settings: Settings) throws(Failure) {
        try CommandSettings.check(settings.command, settings.timeout, most: settings.most, settings.exitCodes)
        self.settings = settings
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        if let command = settings.command { return try await judge(command, workspace, context) }
        switch try ProjectLinter(in: workspace.path) {
        case .command(let command): return try await judge(command, workspace, context)
        case .ruff: return try await RuffGate(settings: RuffGate.Settings()).judge(workspace, in: context)
        case .eslint: return try await ESLintGate(settings: ESLintGate.Settings()).judge(workspace, in: context)
        }
    }

    private func judge(
        _ line: String,
        _ workspace: Workspace,
        _ context: GateContext
    ) async throws(Failure) -> Verdict {
        let command = Command(
            "/bin/sh",
            ["-c", line],
            in: workspace,
            timeout: settings.timeout,
            limit: OutputLimit(head: ReportFile.limit, tail: 0),
            output: settings.format == .sarif ? .separate : .merged
        )
        let finished = try await run(command, progress: context.progress)
        let end = LinterEnd(name: "'\(line)'", status: finished.status, finished: finished)
        try end.requireStart()
        switch settings.format {
        case .exit: return exitVerdict(end)
        case .unix: return try verdict(end, UnixReport.findings(end.output, FilePlace(in: workspace)))
        case .sarif: return try verdict(end, sarif(end, FilePlace(in: workspace)))
        }
    }

    private func exitVerdict(_ end: LinterEnd) -> Verdict {
        let details = end.output.capped(to: 12_000)
        return Verdict(end.status == 0 ? .passed : .failed, "\(end.name) exited with \(end.status).", details: details)
    }

    private func sarif(_ end: LinterEnd, _ place: FilePlace) throws(Failure) -> [SARIFReport.Result] {
        guard settings.exitCodes.contains(end.status) else { throw end.failure(.unavailable) }
        let report: SARIFReport
        do throws(Failure) {
            report = try SARIFReport(end.bytes, at: place)
        } catch {
            throw Failure(.unavailable, "What \(end.name) printed cannot be read. \(error.message)")
        }
        if let words = report.failure { throw Failure(.unavailable, "\(end.name) could not check: \(words)") }
        return report.results
    }

    private func verdict(_ end: LinterEnd, _ results: [SARIFReport.Result]) throws(Failure) -> Verdict {
        let findings = results.filter { !$0.isSuppressed }.map(\.finding)
        return try verdict(end, findings, suppressed: results.count - findings.count)
    }

    private func verdict(
        _ end: LinterEnd,
        _ findings: [Verdict.Finding],
        suppressed: Int? = nil
    ) throws(Failure) -> Verdict {
        guard settings.exitCodes.contains(end.status) else { throw end.failure(.unavailable) }
        var report = LinterReport(name: end.name, findings: findings, suppressed: suppressed)
        report.level = settings.level
        report.most = settings.most
        guard end.status == 0 || !findings.isEmpty else {
            let reason = "\(end.name) exited with \(end.status), but tells of no finding."
            return Verdict(.failed, reason, details: end.output.capped(to: 12_000))
        }
        return report.verdict
    }
}
