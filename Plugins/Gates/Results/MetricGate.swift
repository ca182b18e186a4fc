import GateKit
public import PipelineKit
import ProcessKit

/// Holds when a number that a command measures is good enough: the accuracy of a model, the size of a program.
///
/// The command writes JSON to the file that `$SLUICE_REPORT` names, or prints it. What measures is protected; data that the
/// work must not see belongs outside of what it can read.
public struct MetricGate: Gate {
    public static let id: ModuleID = "ml-optimize"
    public static let aliases: [ModuleID] = ["metric"]
    public static let summary = "Holds when a number that a command measures reaches its target, such as an accuracy."
    public static let example: JSONValue = ["command": "python3 evaluate.py", "metric": "accuracy", "target": 0.9]
    public static let protection = EditPolicy(protect: [
        "**/evaluate*", "**/eval/**", "**/holdout/**", "**/test_data/**",
    ])

    public enum Direction: String, Choice {
        case higher
        case lower
    }

    public struct Settings: Fields {
        @Field("The command line that measures, by /bin/sh; it writes JSON to $SLUICE_REPORT, or prints it.")
        var command: String
        @Field("The number's name in the JSON; a point stands between the names of members within each other.")
        var metric: String
        @Field("The value from which on the goal holds.") var target: Double
        @Field("Whether higher or lower values are better; errors and losses are better when lower.")
        var better: Direction? = nil
        @Field("How long the command may take.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings
    private let better: Direction

    public init(settings: Settings) throws(Failure) {
        guard !settings.command.trimmed.isEmpty else {
            throw Failure(.invalidInput, "Field 'command' must be a command line, but is empty.")
        }
        guard !settings.metric.trimmed.isEmpty else {
            throw Failure(.invalidInput, "Field 'metric' must name a number of the JSON, but is empty.")
        }
        try SettingChecks.require(timeout: settings.timeout)
        guard let better = settings.better ?? Self.direction(of: settings.metric) else {
            throw Failure(
                .invalidInput,
                "Field 'better' must say whether 'higher' or 'lower' values of '\(settings.metric)' are better."
            )
        }
        self.better = better
        self.settings = settings
    }

    /// What is known of usual metrics, by scikit-learn's names
    /// (<https://scikit-learn.org/stable/modules/model_evaluation.html>).
    private static func direction(of metric: String) -> Direction? {
        let last = metric.lowercased().split(separator: ".").last.map(String.init) ?? ""
        let words = Set(last.split { $0 == "_" || $0 == "-" }.map(String.init))
        let lower: Set = ["error", "loss", "rmse", "mse", "mae", "mape", "logloss", "perplexity", "wer", "latency"]
        let higher: Set = ["accuracy", "f1", "auc", "precision", "recall", "r2", "score", "bleu", "rouge", "map"]
        if !words.isDisjoint(with: lower) { return .lower }
        return words.isDisjoint(with: higher) ? nil : .higher
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let report = try "\(context.scratch())/metrics.json"
        let command = Command(
            "/bin/sh",
            ["-c", settings.command],
            in: workspace,
            environment: ["SLUICE_REPORT": report],
            timeout: settings.timeout,
            limit: .runner,
            output: .separate
        )
        let finished = try await run(command, progress: context.progress)
        if let problem = finished.notStarted("'\(settings.command)'") { throw problem }
        return verdict(finished, ReportFile.bytes(at: report) ?? Array(finished.output.text.utf8))
    }

    private func verdict(_ finished: Finished, _ report: [UInt8]) -> Verdict {
        var verdict = judged(finished, report)
        let said = finished.errors.text + finished.output.text
        verdict.details = said.count > Self.shown ? "…\(said.suffix(Self.shown))" : said
        return verdict
    }

    /// The most characters of the command's output that a model reads; it is the end that tells why.
    private static let shown = 8_000

    private func judged(_ finished: Finished, _ report: [UInt8]) -> Verdict {
        let name = "'\(settings.command)'"
        guard finished.status == 0 else {
            return .failed("\(RunnerEnd.words(of: name, status: finished.status)), so nothing was measured.")
        }
        guard let json = try? JSONValue(parsing: report) else {
            return .failed("\(name) wrote no JSON to $SLUICE_REPORT, and printed none.")
        }
        let found = settings.metric.split(separator: ".").reduce(json as JSONValue?) { $0?[String($1)] }
        guard let value = found?.number, value.isFinite else {
            let there = json.members.keys.sorted().prefix(10).map { "'\($0)'" }.joined(separator: ", ")
            let names = there.isEmpty ? "no member" : there
            return .failed("What \(name) measured has no number '\(settings.metric)'; it has \(names).")
        }
        let holds = better == .higher ? value >= settings.target : value <= settings.target
        let bound = better == .higher ? "at least" : "at most"
        let sentence = "The value of '\(settings.metric)' is \(value), and must be \(bound) \(settings.target)."
        var verdict = holds ? Verdict.passed(sentence) : Verdict.failed(sentence)
        verdict.metrics = [settings.metric: value]
        verdict.score = share(of: value)
        return verdict
    }

    /// How near to its target the number is; only what grows from 0 has a scale.
    private func share(of value: Double) -> Double? {
        guard settings.target > 0, value > 0 else { return nil }
        return min(1, better == .higher ? value / settings.target : settings.target / value)
    }
}
