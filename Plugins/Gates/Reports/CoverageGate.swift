import GateKit
public import PipelineKit
import WorkspaceKit

/// Holds when tests reach enough of the code.
///
/// The share of now is all that it knows: it does not compare with the start of the run.
public struct CoverageGate: Gate {
    public static let id: ModuleID = "coverage"
    public static let summary = "Holds when reports of coverage, of Cobertura, LCOV or coverage.py, show enough of it."
    public static let protection = EditPolicy(
        protect: ["**/.coveragerc", "**/.coveragerc.toml", "**/.lcovrc", "**/.nycrc", "**/.nycrc.*", "**/gcovr.cfg"],
        sections: ["pyproject.toml", "setup.cfg", "tox.ini"].map { ProtectedSection(file: $0, word: "coverage") }
    )

    public struct Settings: Fields {
        @Field("Percent of the lines that must be covered.") var atLeast: Double
        @Field("Percent of the branches that must be covered.") var branchesAtLeast: Double? = nil
        @Field("Percent of the lines that must be covered in every file.") var eachFileAtLeast: Double? = nil
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
        self.settings = settings
    }

    private static func check(_ percent: Double, of field: String) throws(Failure) {
        guard !(0...100).contains(percent) else { return }
        throw Failure(.invalidInput, "Field '\(field)' must be from 0 to 100, but is \(Percent.words(percent)).")
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let patterns = patterns
        let source = ReportSource(command: settings.command, timeout: settings.timeout) { patterns.matches($0) }
        let reports = try await source.read(in: workspace, context)
        guard !reports.all.isEmpty else { return reports.nothing(named: "report of coverage", settings.report) }
        var whole = CoverageReport()
        for report in reports.all {
            do throws(Failure) {
                whole.merge(
                    try CoverageReport.read(report.bytes, at: FilePlace(root: workspace.path, home: workspace.path))
                )
            } catch {
                let reason = "The report '\(report.name)' cannot be taken. \(error.message)"
                return Verdict(.failed, reason, score: 0, details: reports.end?.output.capped(to: 6_000) ?? "")
            }
        }
        let floors = CoverageFloors(
            lines: settings.atLeast,
            branches: settings.branchesAtLeast,
            eachFile: settings.eachFileAtLeast
        )
        return floors.verdict(on: whole, after: reports.end)
    }
}
