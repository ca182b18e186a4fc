import FoundationEssentials
import GateKit
public import PipelineKit
import ProcessKit

/// Holds when a benchmark of a Rust project is as fast as it has to be, as `cargo bench` measures it several times.
///
/// Criterion's own report is read, or what libtest prints.
public struct RustOptimizeGate: Gate {
    public static let id: ModuleID = "rust-optimize"
    public static let summary = "Holds when a benchmark of cargo bench surely takes no longer than it may."
    public static let example: JSONValue = ["bench": "sum", "target_ns": 1200]
    public static let measures = true

    public struct Settings: Fields {
        @Field("The name of the benchmark, as Criterion or libtest prints it.") var bench: String
        @Field("Nanoseconds that one round of it may take.") var targetNs: Double
        @Field("Further arguments for cargo bench, such as [--bench, sums].") var args: [String] = []
        @Field("How often cargo bench is run, from 5 to 100.") var runs: Int = 5
        @Field("The cargo to use, by path or name; cargo by default.") var program: String? = nil
        @Field("The directory of the workspace that has the Cargo.toml; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long building, and each run, may take.") var timeout: Duration = .seconds(600)
        public init() {}
    }

    /// The benchmarks, and what cargo is told of them and of how to build.
    /// https://doc.rust-lang.org/cargo/reference/profiles.html
    public static var protection: EditPolicy {
        EditPolicy(
            protect: SpeedChecks.benchmarks
                + ["**/.cargo/**", "**/rust-toolchain", "**/rust-toolchain.toml", "**/criterion.toml"],
            sections: ["bench", "profile", "harness", "criterion"].map {
                ProtectedSection(file: "Cargo.toml", word: $0)
            }
        )
    }

    private let settings: Settings
    private let place: ProjectPlace

    public init(settings: Settings) throws(Failure) {
        try SpeedChecks.require(runs: settings.runs, warmup: 0)
        try SettingChecks.require(timeout: settings.timeout)
        try SettingChecks.refuse(Self.reserved, in: settings.args)
        guard let first = settings.bench.first, first != "-", !first.isWhitespace else {
            throw Failure(.invalidInput, "Field 'bench' must be the name of a benchmark, but is '\(settings.bench)'.")
        }
        guard settings.targetNs > 0, settings.targetNs.isFinite else {
            throw Failure(.invalidInput, "Field 'target_ns' must be more than 0, but is \(settings.targetNs).")
        }
        place = try ProjectPlace(settings.directory)
        self.settings = settings
    }

    /// Options by which the gate hears what happened, or with which nothing is measured.
    private static let reserved: Set<String> = [
        "--message-format", "--target-dir", "--color", "--no-run", "-q", "--quiet", "-h", "--help", "--manifest-path",
        "-C", "--config", "--",
    ]

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let inner = try place.within(workspace)
        guard FileManager.default.fileExists(atPath: "\(inner.path)/Cargo.toml") else {
            let hint = "Write one, or name its directory with 'directory:'."
            return .failed("There is no 'Cargo.toml' in the project. \(hint)", score: 0)
        }
        let cargo = try Runner.cargo(named: settings.program, in: workspace.project)
        let built = try await run(cargo, ["--no-run", "--message-format=json"], .separate, inner, context)
        guard built.status == 0 else { return .unbuilt(built) { place.shown($0, in: workspace) } }
        var values: [Double] = []
        for turn in 1...settings.runs {
            let reports = "\(try context.scratch())/criterion-\(turn)"
            let end = try await run(cargo, ["--", filter], .merged, inner, context, reports: reports)
            guard end.status == 0 else {
                return failed("\(end.words) in run \(turn) of \(settings.runs).", end)
            }
            let found = BenchReport.criterion(below: reports).merging(BenchReport.libtest(in: end.output)) { $1 }
            guard let value = found[settings.bench] else { return missing(found.keys.sorted(), end) }
            values.append(value / 1e9)
        }
        let name = "The benchmark '\(settings.bench)'"
        let bound = settings.targetNs / 1e9
        return SpeedGoal(name: name, clock: .wall, statistic: .median, bound: bound).verdict(on: values)
    }

    /// What the name begins with, up to the first sign that means something else in Criterion's patterns.
    private var filter: String { String(settings.bench.prefix { !#"\^$|?*+()[]{}"#.contains($0) }) }

    private func run(
        _ cargo: Runner,
        _ options: [String],
        _ output: Command.Output,
        _ workspace: Workspace,
        _ context: GateContext,
        reports: String = ""
    ) async throws(Failure) -> RunnerEnd {
        let target = ["--target-dir", "\(try context.scratch())/target", "--color=never"]
        return try await cargo.run(
            ["bench"] + target + settings.args + options,
            in: workspace,
            environment: CargoEnvironment.variables.merging(["CRITERION_HOME": reports]) { $1 },
            timeout: settings.timeout,
            limit: OutputLimit(head: 8 << 20, tail: 8 << 20),
            output: output,
            context
        )
    }

    private func missing(_ names: [String], _ end: RunnerEnd) -> Verdict {
        let others = names.isEmpty ? "No other ran either." : "These ran: \(names.named(atMost: 5))."
        return failed("No benchmark '\(settings.bench)' ran. \(others)", end)
    }

    private func failed(_ reason: String, _ end: RunnerEnd) -> Verdict {
        var verdict = Verdict.failed(reason, score: 0)
        verdict.details = end.output.capped(to: 6_000)
        return verdict
    }
}
