import FoundationEssentials
import PipelineKit

/// `sluice bench`: what the engine and the server cost, measured.
enum BenchCommand: Subcommand {
    enum Store: String, Choice {
        case sqlite
        case memory
    }

    struct Options: Fields {
        @Field("A private directory, empty except for resume and kill; a new one, removed afterwards, when left out.")
        var dir: String? = nil
        @Field("Steps of each run; of wait they are three.") var n: Int = 1_000
        @Field("How many runs conc, wait and lists have.") var runs: Int = 100
        @Field("Bytes that each step of grow and turns adds to the conversation.") var bytes: Int = 256
        @Field("The steps of steps, grow and turns at which a latency is printed.") var marks: String = "100,1000,5000"
        @Field("Where histories are kept.") var store: Store = .sqlite
        @Field("Steps that may not be repeated: their beginning is recorded too.") var once: Bool = false
        @Field("Those that follow a run.") var subscribers: Int = 500
        @Field("Steps a second of the run that they follow; the end of each is an event.") var rate: Int = 100
        @Field("How many seconds each figure of the server is measured.") var seconds: Int = 3
        init() {}

        func check(_ reader: inout FieldReader) {
            reader.expect(subscribers, of: "subscribers", in: 1...20_000)
            reader.expect(rate, of: "rate", in: 1...10_000)
            reader.expect(seconds, of: "seconds", in: 1...600)
        }
    }

    static let name = "bench"
    static let summary = "Measures the engine or the server with work that does nothing, and prints JSON lines."
    static let operands = [
        Operand(name: "WHAT", help: "engine or serve."),
        Operand(
            name: "SCENARIO",
            help: """
                Of the engine: steps, grow, turns, crash, resume, conc, wait, kill or lists. Of the server: routes, fanout, \
                idle or slow; all of these when left out.
                """,
            isOptional: true
        ),
    ]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let word = operands.dropFirst().first
        switch operands[0] {
        case "engine": return try await engine(options, word)
        case "serve": return try await serve(options, word, session)
        default:
            let near = Suggestion.sentence(for: operands[0], among: ["engine", "serve"])
            throw .usage("There is no 'sluice bench \(operands[0])'.\(near) There are: engine, serve.")
        }
    }

    private static func serve(_ options: Options, _ word: String?, _ session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let directory = try options.dir.map { path throws(CommandError) in try existingDirectory(path, of: "--dir") }
        // What is measured, which this command starts in a process of its own.
        guard word != "server" else {
            return try await ServeStage(session: session, subscribers: options.subscribers, directory: directory).run()
        }
        let parts = try word.map { word throws(CommandError) in [try part(word)] } ?? ServeBench.Part.allCases
        let amounts = ServeBench.Amounts(
            subscribers: options.subscribers,
            rate: options.rate,
            seconds: options.seconds
        )
        try await ServeBench.measure(parts, amounts, directory: directory, environment: session.environment)
        return .achieved
    }

    private static func part(_ word: String) throws(CommandError) -> ServeBench.Part {
        if let part = ServeBench.Part(rawValue: word) { return part }
        let all = ServeBench.Part.allCases.map(\.rawValue)
        let near = Suggestion.sentence(for: word, among: all)
        throw .usage("There is no part '\(word)' of the server.\(near) There are: \(all.joined(separator: ", ")).")
    }

    private static func engine(_ options: Options, _ word: String?) async throws(CommandError) -> ExitStatus {
        guard let word else {
            let all = EngineScenario.allCases.map(\.rawValue).joined(separator: ", ")
            throw .usage("'sluice bench engine' needs a scenario: \(all).")
        }
        return try await EngineBench.run(try EngineOrder(word, options))
    }
}
