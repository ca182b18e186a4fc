import GateKit
public import PipelineKit
import ProcessKit

/// Judges by a command: how it exits, what it prints, how long it takes.
public struct CommandLineGate: Gate {
    public static let id: ModuleID = "command"
    public static let aliases: [ModuleID] = ["shell-goal"]
    public static let summary =
        "Passes when a command exits as it should, and prints what it should in the time it has."
    public static let example: JSONValue = ["command": "make check"]

    public struct Settings: Fields {
        @Field("The command line, run by /bin/sh in the root of the workspace.") var command: String
        @Field("The status that the command must exit with.") var exitCode: Int = 0
        @Field("Text that the command must print.") var outputContains: String? = nil
        @Field("Regular expression that must match in the output; ^ and $ match at every line.")
        var outputRegex: String? = nil
        @Field("Seconds that the command may take, or the gate does not pass.") var maxSeconds: Double? = nil
        @Field("Time after which the command is killed and the gate cannot answer.") var timeout: Duration = .seconds(
            120
        )
        @Field("Whether its answer depends on the files alone; then it is not run again while nothing was done.")
        var filesOnly: Bool = false
        @Field("Patterns of files that must be as at the start of the run; looked at before the command is run.")
        var kept: [String] = []
        public init() {}
    }

    private let settings: Settings
    private let pattern: Pattern?
    private let kept: KeptFiles

    public init(settings: Settings) throws(Failure) {
        guard settings.command.contains(where: { !$0.isWhitespace }) else {
            throw Failure(.invalidInput, "Field 'command' must be a command line, but is empty.")
        }
        guard (0...255).contains(settings.exitCode) else {
            throw Failure(.invalidInput, "Field 'exit_code' must be from 0 to 255, but is \(settings.exitCode).")
        }
        try Self.checkTimes(settings)
        kept = try KeptFiles(settings.kept)
        self.settings = settings
        if let expression = settings.outputRegex { pattern = try Pattern(expression) } else { pattern = nil }
    }

    public var dependsOnFilesAlone: Bool { settings.filesOnly }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        if let verdict = try await kept.verdict(in: workspace, since: context) { return verdict }
        let command = Command.shell(
            settings.command,
            in: workspace,
            timeout: settings.timeout,
            limit: Self.searched
        )
        switch try await outcome(of: command, progress: context.progress) {
        case .finished(let finished):
            if finished.status != settings.exitCode, let problem = finished.notStarted("'\(settings.command)'") {
                throw problem
            }
            return try await verdict(on: finished)
        case .timedOut(let finished):
            return try lateVerdict(finished, of: command)
        }
    }

    /// What the command must print is looked for in this much of its output.
    private static let searched = OutputLimit(head: 1_000_000, tail: 1_000_000)
    /// What the model reads of it.
    private static let shown = OutputLimit(head: 4_000, tail: 12_000)

    private static func checkTimes(_ settings: Settings) throws(Failure) {
        guard settings.timeout > .zero else {
            throw Failure(
                .invalidInput,
                "Field 'timeout' must be more than nothing, but is '\(settings.timeout.written)'."
            )
        }
        guard let most = settings.maxSeconds else { return }
        guard most > 0 else {
            throw Failure(.invalidInput, "Field 'max_seconds' must be more than 0, but is \(most).")
        }
        guard most < settings.timeout.seconds else {
            let written = settings.timeout.written
            throw Failure(
                .invalidInput,
                "Field 'max_seconds' must be less than the timeout of '\(written)', but is \(most)."
            )
        }
    }

    /// A command that was ended is late if there is a time it must keep; else nobody knows what it would have said.
    private func lateVerdict(_ finished: Finished, of command: Command) throws(Failure) -> Verdict {
        guard let most = settings.maxSeconds else { throw finished.timeout(of: command) }
        let time = settings.timeout.written
        return Verdict(
            .failed,
            "'\(settings.command)' was still running after \(time), not at most \(seconds(most)).",
            details: finished.output.capped(to: Self.shown).text
        )
    }

    private func verdict(on finished: Finished) async throws(Failure) -> Verdict {
        let misses = try await misses(of: finished)
        let details = finished.output.capped(to: Self.shown).text
        guard misses.isEmpty else {
            return Verdict(.failed, "'\(settings.command)' \(misses.joined(separator: ", and ")).", details: details)
        }
        return Verdict(.passed, "'\(settings.command)' exited with \(finished.status).", details: details)
    }

    /// What the command did not do, each as the rest of a sentence about it.
    private func misses(of finished: Finished) async throws(Failure) -> [String] {
        var misses: [String] = []
        if finished.status != settings.exitCode {
            misses.append("exited with \(finished.status), not \(settings.exitCode)")
        }
        let scope = finished.output.isCut ? " in the first or last megabyte of its output" : ""
        if let text = settings.outputContains, !finished.output.text.contains(text) {
            misses.append("did not print '\(text)'\(scope)")
        }
        if let pattern, try await !pattern.matches(in: finished.output.text) {
            misses.append("printed nothing that matches '\(pattern.expression)'\(scope)")
        }
        if let most = settings.maxSeconds, finished.elapsed.seconds > most {
            misses.append("took \(seconds(finished.elapsed.seconds)), not at most \(seconds(most))")
        }
        return misses
    }

    /// `2 seconds`, `0.4 seconds`, `1.25 seconds`.
    private func seconds(_ number: Double) -> String {
        let hundredths = Int((number * 100).rounded())
        let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
        let digits = rest == 0 ? "" : rest % 10 == 0 ? ".\(rest / 10)" : rest < 10 ? ".0\(rest)" : ".\(rest)"
        return "\(whole)\(digits) seconds"
    }
}
