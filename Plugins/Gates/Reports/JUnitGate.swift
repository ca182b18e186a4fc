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
        @Field("Whether there must be a report at the start of the run, or the gate cannot answer, which ends the run.")
        var mustExist: Bool = false
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
        guard !reports.all.isEmpty else {
            try await look(among: lyingThere(in: workspace), reports.end, context)
            return reports.nothing(named: "JUnit report", settings.report)
        }
        if let report = reports.all.first(where: { SARIFReport.isOne($0.bytes) }) { throw Self.foreign(report.name) }
        let place = FilePlace(root: workspace.path, home: workspace.path)
        var session = JUnitSession(end: reports.end)
        for report in reports.all { session.add(report, at: place) }
        return session.verdict
    }

    /// Those from before the command, by their names.
    private func lyingThere(in workspace: Workspace) -> [String: String] {
        let paths = ReportFile.paths(below: workspace.path, ending: "", most: 100_000)
        let named = paths.map { (String($0.dropFirst(workspace.path.count + 1)), $0) }
        return Dictionary(uniqueKeysWithValues: named.filter { patterns.matches($0.0) })
    }

    /// - Throws: `.invalidInput` where what lies there is of another kind, `.missing` where nothing does and something should.
    private func look(among paths: [String: String], _ end: RunnerEnd?, _ context: GateContext) async throws(Failure) {
        let foreign = paths.keys.sorted().first { name in
            paths[name].flatMap(ReportFile.bytes).map(SARIFReport.isOne) ?? false
        }
        if let foreign { throw Self.foreign(foreign) }
        guard settings.mustExist, paths.isEmpty else { return }
        // What was there once, and is not any more, is for the work to bring back.
        let wasWritten = !context.failedBefore.isEmpty || !context.allBefore.isEmpty
        let base = try? await context.base()
        let wasThere = base.map { !lyingThere(in: $0).isEmpty } ?? false
        if !wasWritten, !wasThere { throw missing(end) }
    }

    private static func foreign(_ name: String) -> Failure {
        Failure(
            .invalidInput,
            """
            The report '\(name)' is SARIF, and no JUnit XML. Have the gate 'sarif' judge it; the pipeline 'fix-lint' begins \
            with such a report.
            """
        )
    }

    private func missing(_ end: RunnerEnd?) -> Failure {
        let place = settings.report.map { "'\($0)'" }.joined(separator: ", ")
        let sought = place.isEmpty ? "" : " No file of the project matches \(place)."
        let ended = end.map { " \($0.words), and wrote none there, nor to $\(ReportSource.variable)." } ?? ""
        return Failure(.missing, "There is no JUnit report.\(sought)\(ended) Put the failing report there first.")
    }
}

extension SARIFReport {
    /// Whether a file is a log of this kind, whatever else is wrong with it.
    fileprivate static func isOne(_ bytes: [UInt8]) -> Bool {
        let text = bytes.drop { $0 <= UInt8(ascii: " ") || [0xEF, 0xBB, 0xBF].contains($0) }
        guard text.first == UInt8(ascii: "{"), let log = try? JSONValue(parsing: Array(text)) else { return false }
        return log["runs"] != nil
    }
}
