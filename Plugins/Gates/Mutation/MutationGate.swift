import GateKit
public import PipelineKit

/// Holds when the tests notice small mistakes in what the work has changed.
///
/// The mistakes are made one at a time in a copy of the tree: a test suite that passes with one of them in place says
/// nothing about that line.
public struct MutationGate: Gate {
    public static let id: ModuleID = "mutation"
    public static let summary = "Holds when the tests fail for nearly every small change to the lines of the work."
    public static let example: JSONValue = ["command": "python3 -m pytest -q"]

    public struct Settings: Fields {
        @Field("The command line that runs the tests, by /bin/sh; it has to exit with 0 as long as nothing is wrong.")
        var command: String
        @Field("A command line that builds what the tests run; a change with which it fails does not count.")
        var build: String? = nil
        @Field("Percent of the mutants that the tests must kill.") var minScore: Double = 80
        @Field("How many mutants are tried; of more, as many as that, evenly over all of them.")
        var maxMutants: Int = 50
        @Field("Patterns of the files to mutate; sources of known languages that are no tests by default.")
        var files: [String] = []
        @Field("The commit of the project's git to compare with; the start of the run by default.")
        var base: String? = nil
        @Field("How many times as long as without a change the tests may run, 5 seconds at least.")
        var timeoutFactor: Double = 3
        @Field("The Python that reads Python sources, by name or path; the project's own or the system's by default.")
        var python: String? = nil
        @Field("The directory of the workspace to run in; the workspace itself by default.")
        var directory: String? = nil
        @Field("How long the tests may take without a change, and the command that builds.")
        var timeout: Duration = .seconds(600)
        public init() {}
    }

    private let settings: Settings
    private let place: ProjectPlace
    private let sources: ChangedSources

    public init(settings: Settings) throws(Failure) {
        for (name, line) in [("command", settings.command), ("build", settings.build)] {
            guard let line, !line.contains(where: { !$0.isWhitespace }) else { continue }
            throw Failure(.invalidInput, "Field '\(name)' must be a command line, but is empty.")
        }
        try Self.require(settings.minScore, of: "min_score", 0...100)
        try Self.require(Double(settings.maxMutants), of: "max_mutants", 1...10_000)
        try Self.require(settings.timeoutFactor, of: "timeout_factor", 1...100)
        try SettingChecks.require(timeout: settings.timeout)
        place = try ProjectPlace(settings.directory)
        sources = try ChangedSources(settings.files)
        self.settings = settings
    }

    private static func require(_ number: Double, of field: String, _ range: ClosedRange<Double>) throws(Failure) {
        guard !range.contains(number) else { return }
        let ends = (Percentage.words(range.lowerBound), Percentage.words(range.upperBound))
        throw Failure(
            .invalidInput,
            "Field '\(field)' must be from \(ends.0) to \(ends.1), but is \(Percentage.words(number))."
        )
    }

    public func judge(_ workspace: Workspace, in context: GateContext) async throws(Failure) -> Verdict {
        let now = try place.within(workspace)
        let base = try await context.base(settings.base.map(BasePoint.commit) ?? .start)
        let changed = sources.all(
            in: now.path,
            since: place.directory.isEmpty ? base.path : "\(base.path)/\(place.directory)"
        )
        let candidates = try await Candidates(of: changed, in: now, python: settings.python)
        var bench = try await TestBench(settings, place, of: workspace, context)
        if let problem = try await bench.problem() { return problem }
        let chosen = candidates.chosen(atMost: settings.maxMutants)
        var score = MutationScore(candidates, tried: chosen.count, minimum: settings.minScore)
        for (index, mutant) in chosen.enumerated() {
            guard let bytes = candidates.bytes[mutant.file] else { continue }
            let spot = MutantPlace(of: mutant, in: bytes)
            let file = place.shown(mutant.file, in: workspace)
            context.progress("Mutant \(index + 1) of \(chosen.count): \(file):\(spot.line): \(spot.after)\n")
            score.note(try await bench.fate(of: mutant, in: bytes), of: mutant, at: spot, in: file)
        }
        if !chosen.isEmpty, let problem = try await bench.lastProblem() { return problem }
        return score.verdict
    }
}
