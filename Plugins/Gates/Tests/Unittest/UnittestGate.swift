import FoundationEssentials
import GateKit
public import PipelineKit
import ProcessKit

/// Holds when the tests of a Python project pass under unittest.
///
/// They are found and run by a program of our own (``UnittestBootstrap``) that writes down what becomes of each, so that a
/// process that ends in the middle is seen, whatever its exit status. The code under test runs in that process:
/// ``PythonGuards`` and ``UnittestTrials`` tell when it reaches into what judges, and ``protection`` keeps the tests as
/// they were.
public struct UnittestGate: Gate {
    public static let id: ModuleID = "unittest"
    public static let summary = "Holds when the project's tests pass under Python's unittest."

    public struct Settings: Fields {
        @Field("Files, or directories where discovery starts; the whole workspace when empty.") var paths: [String] = []
        @Field("What the names of files with tests look like.") var pattern: String = "test*.py"
        @Field("Where the tests run and modules are found, relative to the workspace; its root when not given.")
        var directory: String? = nil
        @Field("The Python, by path or name; .venv/bin/python or venv/bin/python of the project, else python3.")
        var python: String? = nil
        @Field("How long the tests may take altogether.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings

    public init(settings: Settings) throws(Failure) {
        guard settings.timeout > .zero else {
            throw Failure(.invalidInput, "Field 'timeout' must be longer than 0s.")
        }
        guard !settings.pattern.isEmpty, !settings.pattern.contains("/") else {
            throw Failure(
                .invalidInput,
                "Field 'pattern' must be a pattern of file names, such as 'test*.py', but is '\(settings.pattern)'."
            )
        }
        try RelativePath.check(settings.paths, of: "paths")
        try RelativePath.check(settings.directory.map { [$0] } ?? [], of: "directory")
        self.settings = settings
    }

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        try await FailingFirst.judge(context) { first async throws(Failure) in
            guard let files = first.files(in: settings.directory), settings.paths.isEmpty else { return nil }
            return try await judge(files, workspace, context)
        } all: { () async throws(Failure) in
            try await judge(settings.paths, workspace, context)
        }
    }

    /// - Parameter paths: Files or directories with the tests that are to be run.
    private func judge(
        _ paths: [String],
        _ workspace: Workspace,
        _ context: GateContext
    ) async throws(Failure) -> Verdict {
        let python = try PythonInterpreter(
            named: settings.python,
            project: workspace.project,
            directory: settings.directory ?? ""
        )
        let home = try RelativePath.directory(settings.directory, in: workspace.path)
        try RelativePath.require(paths, of: "paths", in: home)
        let program = PythonProgram(
            UnittestBootstrap.source,
            [
                workspace.project, workspace.path, PythonGuards.expression(for: Self.protection.protect),
                settings.pattern,
            ]
                + paths,
            python,
            in: workspace,
            directory: home,
            timeout: settings.timeout
        )
        let files = try JudgedFiles(in: workspace, matching: Self.protection.protect)
        switch try await outcome(of: program.command, progress: context.progress) {
        case .timedOut(let finished):
            let ledger = UnittestLedger(program.report(of: finished))
            throw Failure(
                .timedOut,
                "unittest was still running after \(settings.timeout.written) and was ended\(ledger.during)."
            )
        case .finished(let finished):
            let ledger = UnittestLedger(program.report(of: finished))
            let verdict = try verdict(RunnerEnd(name: "unittest", finished: finished), ledger, python)
            return try await verdict.guarded(against: ledger.breaches, files, of: workspace, in: context)
        }
    }

    private func verdict(
        _ end: RunnerEnd,
        _ ledger: UnittestLedger,
        _ python: PythonInterpreter
    ) throws(Failure) -> Verdict {
        if let problem = ledger.problem { return failed("\(end.words), but \(problem).", end, ledger) }
        try requireLoaded("unittest", ledger.isReady, python, end.output)
        guard ledger.isDone else {
            return failed("\(end.words) before all tests had run\(ledger.during).", end, ledger)
        }
        let unheard = ledger.unheard.map(\.id)
        guard unheard.isEmpty else {
            let count = "\(unheard.count) of the \(ledger.planned.count) tests"
            return failed("\(count) that were found did not run: \(unheard.named(atMost: 5)).", end, ledger)
        }
        guard !ledger.cases.isEmpty else { return failed(end.status == 0 ? nothing : end.words + ".", end, ledger) }
        return TestSession(end, cases: ledger.cases, failureStatuses: [1]).verdict
    }

    private var nothing: String {
        let place = settings.paths.isEmpty ? settings.directory.map { "'\($0)'" } ?? "the workspace" : "'paths'"
        return
            "No test ran: there is no test in files '\(settings.pattern)' of \(place). Directories below are searched "
            + "when they hold an '__init__.py'; name others in 'paths:'."
    }

    private func failed(_ reason: String, _ end: RunnerEnd, _ ledger: UnittestLedger) -> Verdict {
        let tally = Tally(ledger.cases)
        let details = tally.details + end.output.capped(to: 6_000)
        return Verdict(.failed, reason, score: 0, cases: tally.cases, details: details)
    }
}
