import FoundationEssentials
import GateKit
public import PipelineKit
import ProcessKit
import WorkspaceKit

/// Holds when the tests of a JavaScript project pass under Node's own runner, `node --test`.
///
/// Each test file runs in a process of its own; the report is written by the one that starts them, where no other can
/// reach it (``NodeReporter``).
public struct NodeTestGate: Gate {
    public static let id: ModuleID = "node-test"
    public static let summary = "Holds when the project's test suite passes under Node's own test runner."
    public static var protection: EditPolicy { NodeProtection.policy() }

    public struct Settings: Fields {
        @Field("Further arguments for node, such as [--test-name-pattern, parser].") var args: [String] = []
        @Field("Files with tests; those whose names node takes for tests when empty.") var paths: [String] = []
        @Field("The node to use, by path or name; node by default.") var program: String? = nil
        @Field("The directory of the workspace that has the package; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long the tests may take altogether.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings
    private let place: ProjectPlace

    public init(settings: Settings) throws(Failure) {
        try SettingChecks.require(timeout: settings.timeout)
        try SettingChecks.refuse(Self.reserved, in: settings.args)
        if let path = settings.paths.first(where: { $0.hasPrefix("-") }) {
            throw Failure(.invalidInput, "Field 'paths' must hold files, but has the option '\(path)'.")
        }
        place = try ProjectPlace(settings.directory)
        self.settings = settings
    }

    /// Options by which the gate hears what happened, or with which no test file runs; node(1).
    private static let reserved: Set<String> = [
        "--test", "--test-reporter", "--test-reporter-destination", "--watch", "-e", "--eval", "-p", "--print", "-c",
        "--check", "-v", "--version", "-h", "--help", "-i", "--interactive", "--test-force-exit",
        "--test-isolation", "--experimental-test-isolation",
    ]

    public var dependsOnFilesAlone: Bool { true }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        try await FailingFirst.judge(context) { first async throws(Failure) in
            guard let files = first.files(in: settings.directory), settings.paths.isEmpty else { return nil }
            return try await judge(files, workspace, context)
        } all: { () async throws(Failure) in
            try await judge(settings.paths, workspace, context)
        }
    }

    /// - Parameter paths: Files with the tests that are to be run; those that node finds when there are none.
    private func judge(
        _ paths: [String],
        _ workspace: Workspace,
        _ context: GateContext
    ) async throws(Failure) -> Verdict {
        let inner = try place.within(workspace)
        let node = try Runner("node", named: settings.program, in: inner.project, install: "apt-get install nodejs")
        let scratch = try context.scratch()
        try Self.layOut(scratch)
        let tools = try ProjectModules(inner)
        defer { tools.remove() }
        let patterns = try Self.protection.protect.map { text throws(Failure) in try GlobPattern(text) }
        let files = JudgedFiles(in: workspace) { patterns.matches($0) }
        let end = try await node.run(
            arguments(scratch) + paths,
            in: inner,
            timeout: settings.timeout,
            report: ReportFile.limit,
            context
        ) { NodeSession.late($0, NodeEvents($1.report.bytes)) }
        let ended = ReportFile.bytes(at: "\(scratch)/\(NodeReporter.ended)") ?? []
        let events = NodeEvents(end.finished.report.bytes)
        let session = NodeSession(
            end: end,
            events: events,
            ended: Set(String(decoding: ended, as: UTF8.self).split(separator: "\n").map(String.init)),
            root: workspace.path
        )
        let verdict = session.verdict { place.shown($0, in: workspace) }
        guard verdict.holds else { return verdict }
        let tests = Set(events.events.filter(\.isFile).map(\.file))
        let breaches = NodeImports(in: workspace) { patterns.matches($0) || tests.contains("\(workspace.path)/\($0)") }
        return try await verdict.guarded(against: breaches.all, files, of: workspace, in: context)
    }

    private func arguments(_ scratch: String) -> [String] {
        [
            "--require=\(scratch)/\(NodeReporter.watch)", "--test",
            "--test-reporter=\(scratch)/\(NodeReporter.program)", "--test-reporter-destination=stdout",
            "--test-reporter=spec", "--test-reporter-destination=stdout",
        ] + settings.args
    }

    private static func layOut(_ scratch: String) throws(Failure) {
        do {
            try Data(NodeReporter.source.utf8).write(to: URL(filePath: "\(scratch)/\(NodeReporter.program)"))
            try Data(NodeReporter.watchSource.utf8).write(to: URL(filePath: "\(scratch)/\(NodeReporter.watch)"))
        } catch {
            throw Failure(.unavailable, "The reporter for node could not be written to '\(scratch)'.")
        }
    }
}
