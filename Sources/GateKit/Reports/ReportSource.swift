import FoundationEssentials
public import PipelineKit
import ProcessKit

/// A command that writes reports, and where they are to be found afterwards.
public struct ReportSource: Sendable {
    /// One report that was read.
    public struct Report: Sendable {
        /// As people know it: relative to the workspace, or the name of the variable.
        public var name: String
        public var bytes: [UInt8]
    }

    /// What was there when the command had ended.
    public struct Reports: Sendable {
        /// In the order of their names.
        public var all: [Report]
        /// How the command ended; `nil` without one.
        public var end: RunnerEnd?
        /// How many files of the workspace are named as a report is and are from before the command.
        public var stale: Int
    }

    /// The variable that names a path outside the workspace for the command to write to: a file, or a directory.
    public static let variable = "SLUICE_REPORT"

    /// A command line for /bin/sh; `nil` to read what is there.
    public var command: String?
    /// Whether a path relative to the workspace is that of a report; `nil` to look at ``variable`` only.
    public var isReport: (@Sendable (String) -> Bool)?
    public var timeout: Duration

    public init(command: String?, timeout: Duration, isReport: (@Sendable (String) -> Bool)?) {
        self.command = command
        self.timeout = timeout
        self.isReport = isReport
    }

    /// Runs the command and reads what it wrote; reports that were there before it are not read.
    ///
    /// - Parameter name: What is written to is called so in the scratch directory; a name of its own for each run.
    /// - Throws: ``PipelineKit/Failure/Kind/timedOut`` when the command took too long, ``PipelineKit/Failure/Kind/missing``
    ///   when a program of it is not there, ``PipelineKit/Failure/Kind/invalidInput`` for a report that is too large.
    public func read(
        in workspace: Workspace,
        writingTo name: String = "report",
        _ context: GateContext
    ) async throws(Failure) -> Reports {
        guard let command else {
            return Reports(all: try reports(stamps(in: workspace).keys.sorted(), in: workspace), end: nil, stale: 0)
        }
        let before = stamps(in: workspace)
        let written = "\(try context.scratch())/\(name)"
        let end = try await run(command, in: workspace, writingTo: written, context)
        let after = stamps(in: workspace)
        let fresh = after.keys.filter { after[$0] != before[$0] }.sorted()
        let all = try reports(fresh, in: workspace) + Self.reports(at: written)
        return Reports(all: all, end: end, stale: after.count - fresh.count)
    }

    private func run(
        _ command: String,
        in workspace: Workspace,
        writingTo report: String,
        _ context: GateContext
    ) async throws(Failure) -> RunnerEnd {
        let line = Command.shell(
            command,
            in: workspace,
            environment: [Self.variable: report],
            timeout: timeout,
            limit: .runner
        )
        let finished = try await ProcessKit.run(line, progress: context.progress)
        if let problem = finished.notStarted("'\(command)'") { throw problem }
        return RunnerEnd(name: "'\(command)'", finished: finished)
    }

    private func stamps(in workspace: Workspace) -> [String: FileStamp] {
        guard let isReport else { return [:] }
        let paths = ReportFile.paths(below: workspace.path, ending: "", most: 100_000)
        return paths.reduce(into: [:]) { stamps, path in
            let name = String(path.dropFirst(workspace.path.count + 1))
            if isReport(name) { stamps[name] = FileStamp(of: path) }
        }
    }

    private func reports(_ names: [String], in workspace: Workspace) throws(Failure) -> [Report] {
        try names.map { name throws(Failure) in try Self.report(at: "\(workspace.path)/\(name)", called: name) }
    }

    /// What the command wrote where the variable points.
    private static func reports(at path: String) throws(Failure) -> [Report] {
        var isDirectory = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else { return [] }
        let paths = isDirectory ? ReportFile.paths(below: path, ending: "") : [path]
        return try paths.map { file throws(Failure) in
            try report(at: file, called: "$\(variable)\(file.dropFirst(path.count))")
        }
    }

    private static func report(at path: String, called name: String) throws(Failure) -> Report {
        guard let bytes = ReportFile.bytes(at: path) else {
            throw Failure(
                .invalidInput,
                "The report '\(name)' is no regular file of at most \(ReportFile.limit) bytes."
            )
        }
        return Report(name: name, bytes: bytes)
    }
}

extension ReportSource.Reports {
    /// The verdict when there is no report to judge by.
    ///
    /// - Parameters:
    ///   - kind: `JUnit report`.
    ///   - patterns: Where in the workspace it was looked for.
    public func nothing(named kind: String, _ patterns: [String]) -> Verdict {
        let place = patterns.map { "'\($0)'" }.joined(separator: ", ")
        guard let end else {
            return .failed("There is no \(kind) in the workspace: nothing matches \(place).", score: 0)
        }
        let places =
            (patterns.isEmpty ? "" : "nothing new matches \(place), and ") + "$\(ReportSource.variable) is empty"
        let old =
            switch stale {
            case 0: ""
            case 1: "; 1 report from before it is not read"
            default: "; \(stale) reports from before it are not read"
            }
        let reason = "\(end.words), but wrote no \(kind): \(places)\(old)."
        return Verdict(.failed, reason, score: 0, details: end.output.capped(to: 6_000))
    }
}
