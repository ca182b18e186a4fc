import GateKit
import PipelineKit

/// A runner of JavaScript tests that writes a report in JUnit's format, as a gate's settings describe it.
struct JavaScriptRunner: Sendable {
    /// Also its name in `node_modules/.bin`.
    var name: String
    /// By path or name; `nil` for the project's own, or that in PATH.
    var program: String?
    var place: ProjectPlace
    var timeout: Duration

    /// Runs the tests and judges by the report.
    ///
    /// - Parameter arguments: Makes the arguments, given the absolute path at which the report is to be.
    func judge(
        _ workspace: Workspace,
        _ context: GateContext,
        arguments: (_ report: String) -> [String]
    ) async throws(Failure) -> Verdict {
        let inner = try place.within(workspace)
        let runner = try Runner(
            name,
            named: program,
            own: ["node_modules/.bin/\(name)"],
            in: inner.project,
            install: "npm install --save-dev \(name)"
        )
        let report = "\(try context.scratch())/report.xml"
        let tools = try ProjectModules(inner)
        defer { tools.remove() }
        let end = try await runner.run(
            arguments(report),
            in: inner,
            environment: ["CI": "true", "NO_COLOR": "1"],
            timeout: timeout,
            context
        )
        return end.verdict(ofJUnitAt: report, in: workspace, place)
    }
}

extension RunnerEnd {
    /// Judges by a report in JUnit's format that names the files of its cases.
    func verdict(ofJUnitAt path: String, in workspace: Workspace, _ place: ProjectPlace) -> Verdict {
        let parsed = report(at: path) { bytes throws(Failure) in
            try JUnitReport(xml: bytes, naming: JavaScriptReport.id)
        }
        switch parsed {
        case .unreadable(let verdict): return verdict
        case .report(let report):
            let cases = JavaScriptReport.cases(report, root: workspace.path) { place.shown($0, in: workspace) }
            guard !cases.isEmpty else { return explained("\(words), and no test ran.") }
            return TestSession(self, cases: cases).verdict
        }
    }
}
