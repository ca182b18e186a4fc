import GateKit
public import PipelineKit
import WorkspaceKit

/// Holds when the reports of a scanner name nothing.
///
/// A report that lies in the workspace without a command that writes it is as trustworthy as whoever may write there.
public struct SARIFGate: Gate {
    public static let id: ModuleID = "sarif"
    public static let summary = "Holds when SARIF reports, as scanners write them, name no finding."
    public static let example: JSONValue = ["report": ["scan.sarif"]]

    public struct Settings: Fields {
        @Field("The command line that writes the reports, by /bin/sh; reports that lie there are read when not given.")
        var command: String? = nil
        @Field("Patterns of the reports in the workspace; what the command writes to $SLUICE_REPORT is read anyway.")
        var report: [String] = []
        @Field("Whether a report that is as it was at the start of the run does not count.") var fresh: Bool = false
        @Field("What must not be found: error; warning stands for errors too, note for all.")
        var level: Threshold = .warning
        @Field("How many findings of that level there may be.") var most: Int = 0
        @Field("What becomes of findings that are suppressed: count tells how many, refuse takes them as findings.")
        var suppressions: Suppressions = .count
        @Field("Statuses with which the command has done its work, so that the findings decide.")
        var exitCodes: [Int] = [0, 1]
        @Field("How long it may take.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings
    private let patterns: [GlobPattern]

    public init(settings: Settings) throws(Failure) {
        try CommandSettings.check(settings.command, settings.timeout, most: settings.most, settings.exitCodes)
        guard settings.command != nil || !settings.report.isEmpty else {
            throw Failure(
                .invalidInput,
                "Field 'report' must name the reports when there is no 'command' to write them."
            )
        }
        patterns = try settings.report.map { text throws(Failure) in try GlobPattern(text) }
        self.settings = settings
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let patterns = patterns
        let source = ReportSource(command: settings.command, timeout: settings.timeout) { patterns.matches($0) }
        var reports = try await source.read(in: workspace, context)
        if let end = reports.end {
            try LinterEnd(name: end.name, status: end.status, finished: end.finished).requireWork(settings.exitCodes)
        }
        guard !reports.all.isEmpty else { return reports.nothing(named: "SARIF report", settings.report) }
        if settings.fresh {
            let old = try await reports.dropStale(since: context)
            guard !reports.all.isEmpty else { return .failed(Self.words(old: old)) }
        }
        let results = try results(reports.all, FilePlace(in: workspace))
        let findings = results.filter { settings.suppressions == .refuse || !$0.isSuppressed }.map(\.finding)
        if let end = reports.end, end.status != 0, results.isEmpty {
            let reason = "\(end.words), although its report names no finding."
            return Verdict(.failed, reason, details: end.output.capped(to: 12_000))
        }
        let suppressed = results.count - findings.count
        var report = LinterReport(name: reports.name, findings: findings, suppressed: suppressed)
        report.level = settings.level
        report.most = settings.most
        return report.verdict
    }

    private static func words(old names: [String]) -> String {
        let names = names.map { "'\($0)'" }.joined(separator: ", ")
        return """
            The report \(names) is what it was at the start of the run, so it does not count. Write it anew; where it would \
            say the same, give its run another 'automationDetails.guid'.
            """
    }

    private func results(
        _ reports: [ReportSource.Report],
        _ place: FilePlace
    ) throws(Failure) -> [SARIFReport.Result] {
        var results: [SARIFReport.Result] = []
        for report in reports {
            do throws(Failure) {
                let read = try SARIFReport(report.bytes, at: place)
                if let words = read.failure {
                    throw Failure(.unavailable, "The tool says that it could not check: \(words)")
                }
                results += read.results
            } catch {
                throw Failure(.unavailable, "The report '\(report.name)' cannot be taken. \(error.message)")
            }
        }
        return results
    }
}

extension LinterEnd {
    fileprivate func requireWork(_ exitCodes: [Int]) throws(Failure) {
        try requireStart()
        guard exitCodes.contains(status) else { throw failure(.unavailable) }
    }
}

extension ReportSource.Reports {
    /// Leaves out those that were there, as they are, when the run began; what a command wrote elsewhere is new.
    ///
    /// - Returns: the names of those left out.
    fileprivate mutating func dropStale(since context: GateContext) async throws(Failure) -> [String] {
        let base = try await context.base()
        let old = all.filter { ReportFile.bytes(at: "\(base.path)/\($0.name)") == $0.bytes }.map(\.name)
        all.removeAll { old.contains($0.name) }
        return old
    }

    /// What the verdict calls what found something.
    fileprivate var name: String { end?.name ?? (all.count == 1 ? "The report '\(all[0].name)'" : "The reports") }
}
