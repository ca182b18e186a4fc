import FoundationEssentials
import PipelineKit

/// `sluice bench`: what the engine costs, measured.
enum BenchCommand: Subcommand {
    enum Store: String, Choice {
        case sqlite
        case memory
    }

    struct Options: Fields {
        @Field(
            "A private directory, empty unless the scenario goes on with what is there; a new one, removed afterwards, when left out."
        )
        var dir: String? = nil
        @Field("Steps of each run.") var n: Int = 1_000
        @Field("How many runs.") var runs: Int = 100
        @Field("Bytes of each message.") var bytes: Int = 256
        @Field("The steps at which a latency is printed.") var marks: String = "100,1000,5000"
        @Field("Where histories are kept.") var store: Store = .sqlite
        @Field("Steps that may not be repeated: their beginning is recorded too.") var once: Bool = false
        init() {}
    }

    static let name = "bench"
    static let summary = "Measures the engine with work that does nothing, and prints JSON lines."
    static let operands = [
        Operand(name: "WHAT", help: "engine."),
        Operand(name: "SCENARIO", help: "steps, grow, crash, resume, conc, wait or kill.", isOptional: true),
    ]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        guard operands[0] == "engine" else {
            let near = Suggestion.sentence(for: operands[0], among: ["engine"])
            throw .usage("There is no 'sluice bench \(operands[0])'.\(near) There is: engine.")
        }
        try await engine(options, operands.dropFirst().first)
        return .achieved
    }

    private static func engine(_ options: Options, _ word: String?) async throws(CommandError) {
        let all = EngineBench.Scenario.allCases.map(\.rawValue)
        guard let word else { throw .usage("'sluice bench engine' needs a scenario: \(all.joined(separator: ", ")).") }
        guard let scenario = EngineBench.Scenario(rawValue: word) else {
            let near = Suggestion.sentence(for: word, among: all)
            throw .usage("There is no scenario '\(word)'.\(near) There are: \(all.joined(separator: ", ")).")
        }
        let marks = options.marks.split(separator: ",").compactMap { Int($0) }
        let directory =
            try options.dir.map { path throws(CommandError) in try existingDirectory(path, of: "--dir") } ?? "/tmp"
        try await EngineBench(scenario: scenario, options: options, directory: directory, marks: marks).run()
    }
}
