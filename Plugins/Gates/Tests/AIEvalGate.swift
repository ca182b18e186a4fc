import GateKit
public import PipelineKit
import ProcessKit

/// Holds when an evaluation passes: tests for pytest that were written, mostly by a model, to tell whether a wish is met.
///
/// `sluice generate-eval` has one written. From then on it is the judge, and no run may change it.
public struct AIEvalGate: Gate {
    public static let id: ModuleID = "ai-eval"
    public static let summary =
        "Holds when an evaluation passes, such as 'sluice generate-eval' writes: tests for pytest."
    public static let protection = EditPolicy(
        protect: PytestGate.protection.protect + evaluations,
        sections: PytestGate.protection.sections
    )

    private static let evaluations = ["evals/**", "**/evals/**"]

    public struct Settings: Fields {
        @Field("Where the evaluation is, relative to the workspace.") var path: String = "evals"
        @Field("Only look whether pytest finds tests in it and can load them; to judge who writes it.")
        var collect: Bool = false
        @Field(
            "The Python that has pytest, by path or name; .venv/bin/python or venv/bin/python of the project, else python3."
        )
        var python: String? = nil
        @Field("How long the evaluation may take.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings
    private let tests: PytestGate

    public init(settings: Settings) throws(Failure) {
        try RelativePath.check([settings.path], of: "path")
        var inner = PytestGate.Settings()
        inner.paths = [settings.path]
        inner.python = settings.python
        inner.timeout = settings.timeout
        tests = try PytestGate(settings: inner, protected: Self.evaluations + ["\(settings.path)/**"])
        self.settings = settings
    }

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        guard !ReportFile.paths(below: "\(workspace.path)/\(settings.path)", ending: ".py", most: 1).isEmpty else {
            return .failed(
                "There is no evaluation in '\(settings.path)'. Have one written: sluice generate-eval 'WISH'."
            )
        }
        guard settings.collect else { return try await tests.judge(workspace, in: context) }
        return try await collected(workspace, context)
    }

    /// Loads the tests and runs none.
    private func collected(_ workspace: Workspace, _ context: GateContext) async throws(Failure) -> Verdict {
        let python = try PythonInterpreter(named: settings.python, project: workspace.project)
        let command = Command(
            python.path,
            ["-B", "-X", "utf8", "-m", "pytest", "--collect-only", "-q", "--color=no", "-p", "no:cacheprovider"]
                + [settings.path],
            in: workspace,
            environment: python.environment,
            timeout: settings.timeout,
            limit: .runner,
            output: .merged
        )
        let finished = try await run(command, progress: context.progress)
        let lines = finished.output.text.split(separator: "\n")
        if finished.status == 1, lines.last?.hasSuffix("No module named pytest") == true {
            let install = "\(python.path) -m pip install pytest"
            throw Failure(.missing, "pytest is not installed for '\(python.path)'. Install it: \(install)")
        }
        let count = lines.count { $0.hasPrefix("\(settings.path)/") && $0.contains("::") }
        guard finished.status == 0, count > 0 else {
            return Verdict(
                .failed,
                finished.status == 5 || finished.status == 0
                    ? "pytest finds no test in '\(settings.path)'. Its files are called test_*.py, its functions test_*."
                    : "The tests in '\(settings.path)' cannot be loaded.",
                details: finished.output.text.count > 8_000
                    ? "…\(finished.output.text.suffix(8_000))" : finished.output.text
            )
        }
        return .passed("The evaluation has \(count) test\(count == 1 ? "" : "s").")
    }
}
