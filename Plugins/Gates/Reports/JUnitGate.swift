import GateKit
public import PipelineKit
import WorkspaceKit

/// Holds when all cases of JUnit reports pass, whatever runner writes them.
///
/// A report that lies in the workspace without a command that writes it is as trustworthy as whoever may write there.
public struct JUnitGate: Gate {
    public static let id: ModuleID = "junit"
    public static let summary =
        "Holds when all test cases of JUnit reports pass, as nearly every test runner writes them."
    public static let example: JSONValue = ["command": "make check", "report": ["build/reports/*.xml"]]
    public static let protection = EditPolicy(
        protect: [
            "**/test/**", "**/tests/**", "**/spec/**", "**/__tests__/**", "**/*_test.*", "**/*.test.*", "**/*.spec.*",
        ]
            + ["**/test_*", "**/*Test.*", "**/*Tests.*"]
    )

    public struct Settings: Fields {
        @Field("The command line that runs the tests, by /bin/sh; reports that lie there are read when not given.")
        var command: String? = nil
        @Field("Patterns of the reports in the workspace; what the command writes to $SLUICE_REPORT is read anyway.")
        var report: [String] = []
        @Field("How long the tests may take altogether.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings
    private let patterns: [GlobPattern]

    public init(settings: Settings) throws(Failure) {
        patterns = try ReportSettings.patterns(settings.command, settings.report, settings.timeout)
        self.settings = settings
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let patterns = patterns
        let source = ReportSource(command: settings.command, timeout: settings.timeout) { patterns.matches($0) }
        let reports = try await source.read(in: workspace, context)
        guard !reports.all.isEmpty else { return reports.nothing(named: "JUnit report", settings.report) }
        let place = FilePlace(root: workspace.path, home: workspace.path)
        var session = JUnitSession(end: reports.end)
        for report in reports.all { session.add(report, at: place) }
        return session.verdict
    }
}
