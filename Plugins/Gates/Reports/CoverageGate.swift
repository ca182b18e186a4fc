import GateKit
public import PipelineKit
import WorkspaceKit

/// Holds when tests reach enough of the code, and no less than at the start of the run where `drop` says so.
public struct CoverageGate: Gate {
    public static let id: ModuleID = "coverage"
    public static let summary = "Holds when reports of coverage, of Cobertura, LCOV or coverage.py, show enough of it."
    public static let example: JSONValue = [
        "at_least": 80, "command": "coverage run -m pytest && coverage json -o $SLUICE_REPORT",
    ]
    public static let protection = EditPolicy(
        protect: ["**/.coveragerc", "**/.coveragerc.toml", "**/.lcovrc", "**/.nycrc", "**/.nycrc.*", "**/gcovr.cfg"],
        sections: ["pyproject.toml", "setup.cfg", "tox.ini"].map { ProtectedSection(file: $0, word: "coverage") }
    )

    public struct Settings: Fields {
        @Field("Percent of the lines that must be covered.") var atLeast: Double
        @Field("Percent of the branches that must be covered.") var branchesAtLeast: Double? = nil
        @Field("Percent of the lines that must be covered in every file.") var eachFileAtLeast: Double? = nil
        @Field("How many percentage points less of the lines than at the start may be covered; 0 for no drop.")
        var drop: Double? = nil
        @Field("The command line that writes the reports, by /bin/sh; reports that lie there are read when not given.")
        var command: String? = nil
        @Field("Patterns of the reports in the workspace; what the command writes to $SLUICE_REPORT is read anyway.")
        var report: [String] = []
        @Field("How long the command may take.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings
    private let patterns: [GlobPattern]

    public init(settings: Settings) throws(Failure) {
        patterns = try ReportSettings.patterns(settings.command, settings.report, settings.timeout)
        try Self.check(settings.atLeast, of: "at_least")
        if let percent = settings.branchesAtLeast { try Self.check(percent, of: "branches_at_least") }
        if let percent = settings.eachFileAtLeast { try Self.check(percent, of: "each_file_at_least") }
        if let points = settings.drop { try Self.check(points, of: "drop") }
        self.settings = settings
    }

    private static func check(_ percent: Double, of field: String) throws(Failure) {
        guard !(0...100).contains(percent) else { return }
        throw Failure(.invalidInput, "Field '\(field)' must be from 0 to 100, but is \(Percentage.words(percent)).")
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        var floors = CoverageFloors(
            lines: settings.atLeast,
            branches: settings.branchesAtLeast,
            eachFile: settings.eachFileAtLeast
        )
        if let drop = settings.drop {
            switch try await measured(in: try await context.base(), writingTo: "report-of-start", context) {
            case .coverage(let report, _): floors.start = (report.lines.percent, drop)
            case .nothing(let verdict):
                return .failed("What was covered at the start is not known. \(verdict.reason)", score: 0)
            }
        }
        switch try await measured(in: workspace, writingTo: "report", context) {
        case .coverage(let report, let end): return floors.verdict(on: report, after: end)
        case .nothing(let verdict): return verdict
        }
    }

    private enum Measured {
        case coverage(CoverageReport, RunnerEnd?)
        /// Why there is none.
        case nothing(Verdict)
    }

    private func measured(
        in workspace: Workspace,
        writingTo name: String,
        _ context: GateContext
    ) async throws(Failure) -> Measured {
        let patterns = patterns
        let source = ReportSource(command: settings.command, timeout: settings.timeout) { patterns.matches($0) }
        let reports = try await source.read(in: workspace, writingTo: name, context)
        guard !reports.all.isEmpty else {
            return .nothing(reports.nothing(named: "report of coverage", settings.report))
        }
        let place = FilePlace(root: workspace.path, home: workspace.path)
        var whole = CoverageReport()
        for report in reports.all {
            do throws(Failure) { whole.merge(try CoverageReport.read(report.bytes, at: place)) } catch {
                let reason = "The report '\(report.name)' cannot be taken. \(error.message)"
                let said = reports.end?.output.capped(to: 6_000) ?? ""
                return .nothing(Verdict(.failed, reason, score: 0, details: said))
            }
        }
        return .coverage(whole, reports.end)
    }
}
