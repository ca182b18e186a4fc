import GateKit
public import PipelineKit
import ProcessKit

/// Holds when a command prints what it prints in the tree that the work began with.
///
/// That tree stands by itself, where the work cannot reach it.
public struct UnchangedGate: Gate {
    public static let id: ModuleID = "unchanged"
    public static let summary =
        "Holds when a command prints the same as at the start of the run, such as a list of the public interface."
    public static let example: JSONValue = ["command": "go doc -all ./parser"]

    public struct Settings: Fields {
        @Field("The command line, run by /bin/sh in the root of the workspace; what it prints is compared.")
        var command: String
        @Field("Time after which the command is killed and the gate cannot answer.")
        var timeout: Duration = .seconds(120)
        public init() {}
    }

    private let settings: Settings

    public init(settings: Settings) throws(Failure) {
        guard settings.command.contains(where: { !$0.isWhitespace }) else {
            throw Failure(.invalidInput, "Field 'command' must be a command line, but is empty.")
        }
        try SettingChecks.require(timeout: settings.timeout)
        self.settings = settings
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let base = try await context.base()
        let before = try await finished(in: base, context)
        let start = lines(before, in: base)
        guard before.status == 0, !start.isEmpty else { throw nothingToCompare(before) }
        let after = try await finished(in: workspace, context)
        guard after.status == 0 else {
            let said = (after.output.text + after.errors.text).capped(to: 12_000)
            return Verdict(.failed, "\(RunnerEnd.words(of: name, status: after.status)).", details: said)
        }
        return LineComparison(before: start, after: lines(after, in: workspace)).verdict(on: name)
    }

    private var name: String { "'\(settings.command.shortened(to: 200))'" }

    /// What is compared of an output; one that is cut is compared by its two ends.
    private static let read = OutputLimit(head: 4_000_000, tail: 4_000_000)

    private func finished(in workspace: Workspace, _ context: GateContext) async throws(Failure) -> Finished {
        let command = Command(
            "/bin/sh",
            ["-c", settings.command],
            in: workspace,
            timeout: settings.timeout,
            limit: Self.read
        )
        let finished = try await run(command, progress: context.progress)
        if let problem = finished.notStarted(name) { throw problem }
        return finished
    }

    /// The two trees stand in different places, which is no difference.
    private func lines(_ finished: Finished, in workspace: Workspace) -> [String] {
        finished.output.text.replacing(workspace.path, with: ".").split(separator: "\n").map(String.init)
    }

    private func nothingToCompare(_ finished: Finished) -> Failure {
        let what = finished.status == 0 ? "\(name) printed nothing" : RunnerEnd.words(of: name, status: finished.status)
        let said = finished.errors.text.split(separator: "\n").last.map { " It said last: \($0)" } ?? ""
        return Failure(.invalidInput, "\(what) at the start, so there is nothing to compare with.\(said)")
    }
}

/// The lines of two outputs.
struct LineComparison: Sendable {
    private let gone: [String]
    private let new: [String]
    private let isInOrder: Bool

    init(before: [String], after: [String]) {
        gone = Self.lines(of: before, notIn: after)
        new = Self.lines(of: after, notIn: before)
        isInOrder = before == after
    }

    /// Each as often as it stands there more often than there.
    private static func lines(of these: [String], notIn those: [String]) -> [String] {
        var left = those.reduce(into: [:]) { count, line in count[line, default: 0] += 1 }
        return these.filter { line in
            guard let count = left[line], count > 0 else { return true }
            left[line] = count - 1
            return false
        }
    }

    func verdict(on name: String) -> Verdict {
        guard !gone.isEmpty || !new.isEmpty else {
            guard isInOrder else { return .failed("\(name) prints its lines in another order than at the start.") }
            return .passed("\(name) prints the same as at the start.")
        }
        let counts = [gone.isEmpty ? nil : Self.words(gone, "gone"), new.isEmpty ? nil : Self.words(new, "new")]
        let told = counts.compactMap(\.self).joined(separator: ", and ")
        let details = (gone.map { "- \($0)" } + new.map { "+ \($0)" }).joined(separator: "\n")
        return Verdict(
            .failed,
            "\(name) prints something else than at the start: \(told).",
            details: details.capped(to: 12_000)
        )
    }

    private static func words(_ lines: [String], _ what: String) -> String {
        "\(lines.count) line\(lines.count == 1 ? " is" : "s are") \(what)"
    }
}
