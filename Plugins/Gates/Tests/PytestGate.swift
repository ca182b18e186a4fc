import FoundationEssentials
import GateKit
public import PipelineKit
import ProcessKit

/// Holds when the tests of a Python project pass, as the real pytest runs them.
///
/// pytest is started so that nothing in the workspace becomes a part of it (``PytestBootstrap``), and judged by its
/// report, case by case, not by its exit code alone. The code under test still runs in pytest's process and could
/// reach into it; ``protection`` keeps the tests and their configuration as they were.
public struct PytestGate: Gate {
    public static let id: ModuleID = "pytest"
    public static let summary = "Holds when the project's test suite passes under pytest."

    public struct Settings: Fields {
        @Field("Arguments for pytest, such as [-k, parser].") var args: [String] = []
        @Field("Where the tests are; pytest's own choice when empty.") var paths: [String] = []
        @Field(
            "The Python that has pytest, by path or name; .venv/bin/python or venv/bin/python of the project, else python3."
        )
        var python: String? = nil
        @Field("How long the tests may take altogether.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings

    public init(settings: Settings) throws(Failure) {
        guard settings.timeout > .zero else {
            throw Failure(.invalidInput, "Field 'timeout' must be longer than 0s.")
        }
        if let option = settings.args.first(where: { Self.reserved.contains($0.prefix { $0 != "=" }) }) {
            throw Failure(.invalidInput, "Field 'args' must not hold '\(option)': the gate itself sets it.")
        }
        self.settings = settings
    }

    /// Options by which the gate hears what happened; see ``options(_:)``.
    private static let reserved: Set<Substring> = [
        "--junitxml", "--junit-xml", "--junitprefix", "--junit-prefix", "--rootdir", "--confcutdir",
    ]

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let python = try PythonInterpreter(named: settings.python, project: workspace.project)
        let traces = PytestTraces(scratch: try context.scratch())
        let command = command(python, workspace, traces)
        switch try await outcome(of: command, progress: context.progress) {
        case .timedOut:
            throw Failure(
                .timedOut,
                "pytest was still running after \(settings.timeout.written) and was ended"
                    + "\(traces.started.last.map { ", while '\($0)' ran" } ?? "")."
            )
        case .finished(let finished):
            try traces.requireStart(python, output: finished.output.text)
            return try session(finished, traces, root: workspace.path).verdict()
        }
    }

    private func session(_ finished: Finished, _ traces: PytestTraces, root: String) -> PytestSession {
        PytestSession(
            status: finished.status,
            output: finished.output.text,
            started: traces.started,
            report: traces.report,
            place: settings.paths.isEmpty ? "the workspace" : settings.paths.map { "'\($0)'" }.joined(separator: ", "),
            root: root
        )
    }

    private func command(_ python: PythonInterpreter, _ workspace: Workspace, _ traces: PytestTraces) -> Command {
        // -I: no PYTHON* variable, no user site, no working directory on the module path. -B: no __pycache__.
        let start = ["-I", "-B", "-X", "utf8", "-c", PytestBootstrap.source, traces.scratch, workspace.project]
        return Command(
            python.path,
            start + options(traces, root: workspace.path),
            in: workspace,
            // For the programs that tests start.
            environment: python.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 },
            timeout: settings.timeout,
            limit: .runner,
            output: .merged
        )
    }

    /// The settings' arguments, between those that they may override and those that they may not.
    private func options(_ traces: PytestTraces, root: String) -> [String] {
        ["--tb=short", "--color=no"] + settings.args + [
            "--rootdir=\(root)", "--confcutdir=\(root)",
            "--junitxml=\(traces.reportPath)", "--junitprefix=",
            "-o", "junit_family=xunit1", "-o", "junit_logging=no",
            // An empty cache of its own: what --last-failed or --stepwise left out would not be judged.
            "-o", "cache_dir=\(traces.scratch)/cache",
        ] + settings.paths
    }
}
