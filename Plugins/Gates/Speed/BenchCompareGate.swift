import GateKit
public import PipelineKit
import ProcessKit

/// Holds when the work is faster than what it began with, by runs of both in turn.
///
/// What it is compared with stands in a tree of its own, where the work cannot reach it.
public struct BenchCompareGate: Gate {
    public static let id: ModuleID = "bench-compare"
    public static let summary = "Holds when a command is faster than at the start of the run, or at least not slower."
    public static let measures = true

    public struct Settings: Fields {
        @Field("The command line to measure, run by /bin/sh; it has to exit with 0.") var command: String =
            "python bench.py"
        @Field("How much faster it has to be, such as 10%; at 0% it need only not be slower.") var fasterBy: String =
            "0%"
        @Field("How much slower it may be where it need not be faster.") var tolerance: String = "2%"
        @Field("The commit of the project's git to compare with; the start of the run by default.")
        var base: String? = nil
        @Field("How often both are measured in turn, from 5 to 100.") var runs: Int = 10
        @Field("How often each is run before that without being measured.") var warmup: Int = 1
        @Field("What is measured: the time that passes, processor time, or instructions by valgrind.")
        var clock: Clock = .wall
        @Field("The directory of the workspace to run it in; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long each run may take before it is ended and the gate cannot answer.")
        var timeout: Duration = .seconds(600)
        public init() {}
    }

    /// The benchmark: what is measured must be what was measured at the start.
    public static var protection: EditPolicy { EditPolicy(protect: SpeedChecks.benchmarks) }

    private let settings: Settings
    private let meter: Meter
    private let place: ProjectPlace
    private let goal: CompareGoal

    public init(settings: Settings) throws(Failure) {
        try SpeedChecks.require(runs: settings.runs, warmup: settings.warmup)
        meter = try Meter(settings.command, settings.clock, timeout: settings.timeout)
        place = try ProjectPlace(settings.directory)
        goal = CompareGoal(
            name: "'\(settings.command)'",
            base: settings.base.map { "in '\($0)'" } ?? "at the start",
            clock: settings.clock,
            fasterBy: try Percent(settings.fasterBy, of: "faster_by"),
            tolerance: try Percent(settings.tolerance, of: "tolerance")
        )
        self.settings = settings
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let now = try place.within(workspace)
        let base = try place.within(await context.base(settings.base.map(BasePoint.commit) ?? .start))
        let (oldFiles, newFiles) = (named(in: base), named(in: now))
        var (before, after): ([Double], [Double]) = ([], [])
        for turn in 0..<settings.warmup + settings.runs {
            let name = turn < settings.warmup ? "warm-up \(turn + 1)" : "run \(turn + 1 - settings.warmup)"
            let old = try await meter.run("\(name) \(goal.base)", oldFiles, in: base, context)
            if let problem = old.problem(of: settings.command) { throw noBase(problem, old) }
            let new = try await meter.run(name, newFiles, in: now, context)
            if let problem = new.problem(of: settings.command) { return problem }
            guard turn >= settings.warmup else { continue }
            before.append(old.value)
            after.append(new.value)
        }
        return goal.verdict(before: before, now: after)
    }

    private func named(in workspace: Workspace) -> NamedFiles { NamedFiles(of: settings.command, in: workspace.path) }

    private func noBase(_ problem: Verdict, _ reading: Reading) -> Failure {
        let last = reading.finished.output.text.split(separator: "\n").last.map { " It printed last: \($0)" } ?? ""
        let advice = "So there is nothing to compare with; name a commit in which it works with 'base:'."
        return Failure(.invalidInput, "\(problem.reason) \(advice)\(last)")
    }
}
