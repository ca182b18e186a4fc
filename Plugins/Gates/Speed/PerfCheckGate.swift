import GateKit
public import PipelineKit
import ProcessKit

/// Holds when a command is as fast as it has to be, by several runs and what their noise lets say.
public struct PerfCheckGate: Gate {
    public static let id: ModuleID = "perf-check"
    public static let summary = "Holds when a command surely takes no longer than it may, by several runs of it."
    public static let example: JSONValue = ["command": "python3 bench.py", "max_seconds": 0.4]
    public static let measures = true

    public struct Settings: Fields {
        @Field("The command line to measure, run by /bin/sh; it has to exit with 0.") var command: String =
            "python bench.py"
        @Field("Seconds that it may take; it must be given unless instructions are counted.")
        var maxSeconds: Double? = nil
        @Field("Instructions that it may take, with 'clock: instructions'.") var maxInstructions: Int? = nil
        @Field("How often it is measured, from 5 to 100.") var runs: Int = 5
        @Field("How often it is run before that without being measured.") var warmup: Int = 1
        @Field("Which number of the runs counts.") var statistic: Statistic = .median
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
    private let bound: Double

    public init(settings: Settings) throws(Failure) {
        try SpeedChecks.require(runs: settings.runs, warmup: settings.warmup)
        meter = try Meter(settings.command, settings.clock, timeout: settings.timeout)
        place = try ProjectPlace(settings.directory)
        bound = try Self.bound(of: settings)
        self.settings = settings
    }

    private static func bound(of settings: Settings) throws(Failure) -> Double {
        let isCounted = settings.clock == .instructions
        let (name, other) = isCounted ? ("max_instructions", "max_seconds") : ("max_seconds", "max_instructions")
        let isGiven = (settings.maxInstructions != nil, settings.maxSeconds != nil)
        guard isCounted ? !isGiven.1 : !isGiven.0 else {
            throw Failure(
                .invalidInput,
                "Field '\(other)' says nothing with 'clock: \(settings.clock.rawValue)'; give '\(name)'."
            )
        }
        guard let bound = isCounted ? settings.maxInstructions.map(Double.init) : settings.maxSeconds else {
            throw Failure(.invalidInput, "Field '\(name)' must say how much the command may take.")
        }
        guard bound > 0, bound.isFinite else {
            throw Failure(.invalidInput, "Field '\(name)' must be more than 0, but is \(bound).")
        }
        guard settings.clock != .wall || bound < settings.timeout.seconds else {
            throw Failure(
                .invalidInput,
                "Field 'max_seconds' must be less than the timeout of '\(settings.timeout.written)', but is \(bound)."
            )
        }
        return bound
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let inner = try place.within(workspace)
        let files = NamedFiles(of: settings.command, in: inner.path)
        for turn in 0..<settings.warmup {
            let reading = try await meter.run("warm-up \(turn + 1) of \(settings.warmup)", files, in: inner, context)
            if let problem = reading.problem(of: settings.command) { return problem }
        }
        var readings: [Reading] = []
        for turn in 0..<settings.runs {
            let reading = try await meter.run("run \(turn + 1) of \(settings.runs)", files, in: inner, context)
            if let problem = reading.problem(of: settings.command) { return problem }
            readings.append(reading)
        }
        let goal = SpeedGoal(
            name: "'\(settings.command)'",
            clock: settings.clock,
            statistic: settings.statistic,
            bound: bound
        )
        var verdict = goal.verdict(on: readings.map(\.value))
        let printed = readings.last?.finished.output.text.capped(to: 4_000) ?? ""
        if !printed.isEmpty { verdict.details += "The last run printed:\n\(printed)" }
        return verdict
    }
}
