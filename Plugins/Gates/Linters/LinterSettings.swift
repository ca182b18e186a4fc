import FoundationEssentials
import GateKit
import PipelineKit
import ProcessKit

/// What every linter that is started by name has as settings.
protocol LinterSettings: Sendable {
    var paths: [String] { get }
    var args: [String] { get }
    var program: String? { get }
    var directory: String? { get }
    var timeout: Duration { get }
}

extension LinterSettings {
    /// - Parameter reserved: Options by which the gate hears what was found, or with which files would be changed.
    /// - Throws: `.invalidInput` for what cannot be.
    func check(reserved: Set<String>) throws(Failure) {
        guard timeout > .zero else { throw Failure(.invalidInput, "Field 'timeout' must be longer than 0s.") }
        try RelativePath.check(paths, of: "paths")
        try RelativePath.check(directory.map { [$0] } ?? [], of: "directory")
        if let option = args.first(where: { reserved.contains(String($0.prefix { $0 != "=" })) }) {
            throw Failure(.invalidInput, "Field 'args' must not hold '\(option)': the gate itself sets it.")
        }
    }
}

/// A linter, found, and where it runs.
struct Linter: Sendable {
    let runner: Runner
    let settings: any LinterSettings
    let workspace: Workspace
    let context: GateContext
    /// Absolute path of the directory it runs in.
    let home: String

    /// - Parameter install: How to install it.
    /// - Throws: `.missing` when it is not there, `.invalidInput` when a path of the settings is not.
    init(
        _ name: String,
        own: [String],
        install: String,
        _ settings: any LinterSettings,
        _ workspace: Workspace,
        _ context: GateContext
    ) throws(Failure) {
        home = try RelativePath.directory(settings.directory, in: workspace.path)
        try RelativePath.require(settings.paths, of: "paths", in: home)
        runner = try Runner(name, named: settings.program, own: own, in: workspace.project, install: install)
        self.settings = settings
        self.workspace = workspace
        self.context = context
    }

    /// Where the packages of a Python project are, when it has an environment of its own.
    var python: String? {
        [".venv", "venv"].map { "\(workspace.project)/\($0)/bin/python" }.first(where: Programs.isExecutable)
    }

    /// Runs it; standard output and standard error apart.
    ///
    /// - Throws: `.timedOut`, or `.unavailable` when a signal ended it.
    func run(_ arguments: [String]) async throws(Failure) -> LinterEnd {
        var place = workspace
        place.path = home
        let end = try await runner.run(
            arguments,
            in: place,
            timeout: settings.timeout,
            limit: OutputLimit(head: ReportFile.limit, tail: 0),
            output: .separate,
            context
        )
        guard end.status <= 128 else {
            let words = LinterEnd.words(end.finished.errors.text).map { " \($0)" } ?? ""
            throw Failure(.unavailable, "\(end.words).\(words)")
        }
        return LinterEnd(name: runner.name, status: end.status, finished: end.finished)
    }

    /// The path as the workspace knows it; one outside stays as it is.
    func place(_ path: String) -> String { FilePlace(root: workspace.path, home: home).shown(path) }
}

/// How a linter ended.
struct LinterEnd: Sendable {
    let name: String
    let status: Int
    let finished: Finished

    var output: String { finished.output.text }
    var bytes: [UInt8] { finished.output.bytes }
    var errors: String { finished.errors.text }

    /// The linter's own failure: a configuration or an argument it does not take, or a defect of it.
    func failure(_ kind: Failure.Kind = .invalidInput) -> Failure {
        let words = Self.words(errors) ?? Self.words(output) ?? "it printed nothing."
        return Failure(kind, "\(name) could not check (exit status \(status)): \(words)")
    }

    /// What it said, in one line.
    static func words(_ text: String) -> String? {
        let lines = text.split(separator: "\n").map(\.trimmed).filter { !$0.isEmpty }
        guard !lines.isEmpty else { return nil }
        let shown = lines.count > 6 ? Array(lines.prefix(4)) + ["[...]", lines[lines.count - 1]] : lines
        return shown.joined(separator: " ").capped(to: 1_000)
    }
}
