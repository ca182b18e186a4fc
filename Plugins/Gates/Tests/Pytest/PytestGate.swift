import FoundationEssentials
import GateKit
public import PipelineKit
import ProcessKit

/// Holds when the tests of a Python project pass, as the real pytest runs them.
///
/// pytest is started so that nothing in the workspace becomes a part of it (``PytestBootstrap``), and judged by what it
/// writes down of each test at the moment it ends, where nobody can take it back, not by its exit code alone. The code
/// under test runs in pytest's process: ``PythonGuards`` and ``PytestTrials`` tell when it reaches into that, and
/// ``protection`` keeps the tests and their configuration as they were.
public struct PytestGate: Gate {
    public static let id: ModuleID = "pytest"
    public static let summary = "Holds when the project's test suite passes under pytest."

    public struct Settings: Fields {
        @Field("Arguments for pytest, such as [-k, parser].") var args: [String] = []
        @Field("Where the tests are; pytest's own choice when empty.") var paths: [String] = []
        @Field("The directory of the workspace that has the project; the workspace itself by default.")
        var directory: String? = nil
        @Field(
            "The Python that has pytest, by path or name; .venv/bin/python or venv/bin/python of the project, else python3."
        )
        var python: String? = nil
        @Field("How long the tests may take altogether.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings
    private let place: ProjectPlace
    /// Patterns of files that belong to the judge.
    private let protected: [String]

    public init(settings: Settings) throws(Failure) { try self.init(settings: settings, protected: []) }

    /// - Parameter others: Patterns of files that belong to the judge, too.
    init(settings: Settings, protected others: [String]) throws(Failure) {
        guard settings.timeout > .zero else {
            throw Failure(.invalidInput, "Field 'timeout' must be longer than 0s.")
        }
        if let option = settings.args.first(where: { Self.reserved.contains($0.prefix { $0 != "=" }) }) {
            throw Failure(.invalidInput, "Field 'args' must not hold '\(option)': the gate itself sets it.")
        }
        self.settings = settings
        place = try ProjectPlace(settings.directory)
        protected = Self.protection.protect + others
    }

    /// Options that say where the project is.
    private static let reserved: Set<Substring> = ["--rootdir", "--confcutdir"]

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        try await FailingFirst.judge(context) { first async throws(Failure) in
            let tests = first.cases.map { place.inner($0.id) }
            do throws(Failure) { return try await judge(tests, workspace, context) } catch {
                // A test that is gone is for the run of everything to tell.
                if error.kind == .invalidInput { return nil }
                throw error
            }
        } all: { () async throws(Failure) in
            try await judge(settings.paths, workspace, context)
        }
    }

    /// - Parameter paths: What is to be run: files, or tests by their names.
    private func judge(
        _ paths: [String],
        _ workspace: Workspace,
        _ context: GateContext
    ) async throws(Failure) -> Verdict {
        let inner = try place.within(workspace)
        let python = try PythonInterpreter(
            named: settings.python,
            project: workspace.project,
            directory: place.directory
        )
        let program = try program(python, paths, workspace, in: inner, context)
        let files = try JudgedFiles(in: workspace, matching: protected)
        switch try await outcome(of: program.command, progress: context.progress) {
        case .timedOut(let finished):
            let last = PytestLedger(program.report(of: finished), of: place).started.last
            throw Failure(
                .timedOut,
                "pytest was still running after \(settings.timeout.written) and was ended"
                    + "\(last.map { ", while '\($0)' ran" } ?? "")."
            )
        case .finished(let finished):
            let ledger = PytestLedger(program.report(of: finished), of: place)
            if ledger.isAbsent {
                let install = "\(python.path) -m pip install pytest"
                throw Failure(.missing, "pytest is not installed for '\(python.path)'. Install it: \(install)")
            }
            try requireLoaded("pytest", ledger.isReady, python, finished.output.text)
            let verdict = try session(finished, ledger, root: workspace.path).verdict()
            return try await verdict.guarded(against: ledger.breaches, files, of: workspace, in: context)
        }
    }

    private func session(_ finished: Finished, _ ledger: PytestLedger, root: String) -> PytestSession {
        PytestSession(
            status: finished.status,
            output: finished.output.text,
            ledger: ledger,
            place: settings.paths.isEmpty ? whole : settings.paths.map { "'\($0)'" }.joined(separator: ", "),
            root: root
        )
    }

    private var whole: String { place.directory.isEmpty ? "the workspace" : "'\(place.directory)'" }

    /// - Parameter inner: The workspace as pytest is to see it.
    private func program(
        _ python: PythonInterpreter,
        _ paths: [String],
        _ workspace: Workspace,
        in inner: Workspace,
        _ context: GateContext
    ) throws(Failure) -> PythonProgram {
        let cache = "\(try context.scratch())/cache.\(UInt32.random(in: .min ... .max))"
        let options = options(cache, root: inner.path) + paths
        return PythonProgram(
            PytestBootstrap.source,
            [workspace.project, workspace.path, PythonGuards.expression(for: protected)] + options,
            python,
            in: workspace,
            directory: inner.path,
            timeout: settings.timeout
        )
    }

    /// The settings' arguments, between those that they may override and those that they may not.
    ///
    /// - Parameter cache: A directory that is not there yet.
    private func options(_ cache: String, root: String) -> [String] {
        ["--tb=short", "--color=no"] + settings.args + [
            "--rootdir=\(root)", "--confcutdir=\(root)",
            // An empty cache of its own: what --last-failed or --stepwise left out would not be judged.
            "-o", "cache_dir=\(cache)",
        ]
    }
}
