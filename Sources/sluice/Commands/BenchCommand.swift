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
        @Field("Steps of each run; of 'load', events of the middle history.") var n: Int = 1_000
        @Field("How many runs.") var runs: Int = 100
        @Field("Bytes of each message.") var bytes: Int = 256
        @Field("The steps at which a latency is printed.") var marks: String = "100,1000,5000"
        @Field("Where histories are kept.") var store: Store = .sqlite
        @Field("Steps that may not be repeated: their beginning is recorded too.") var once: Bool = false
        @Field("Write the figures of 'all' to a file of their own, and print its path.") var json: Bool = false
        @Field("The directory of that file; else 'bench' in Sluice's own.") var out: String? = nil
        init() {}
    }

    static let name = "bench"
    static let summary = "Measures what Sluice costs here: one part as JSON lines, or all of it as a table."
    static let operands = [
        Operand(name: "WHAT", help: "\(What.allCases.map(\.rawValue).joined(separator: ", "))."),
        Operand(
            name: "SCENARIO",
            help: "Of 'engine': steps, grow, crash, resume, conc, wait or kill.",
            isOptional: true
        ),
    ]

    private enum What: String, CaseIterable {
        case engine, load, all
    }

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let all = What.allCases.map(\.rawValue)
        guard let what = What(rawValue: operands[0]) else {
            let near = Suggestion.sentence(for: operands[0], among: all)
            throw .usage(
                "There is no 'sluice bench \(operands[0])'.\(near) There are: \(all.joined(separator: ", "))."
            )
        }
        let scenario = operands.dropFirst().first
        if what != .engine, let scenario { throw .usage("'sluice bench \(what.rawValue)' takes no '\(scenario)'.") }
        switch what {
        case .engine: try await engine(options, scenario)
        case .load: try await load(options, session)
        case .all: return try await everything(options, session)
        }
        return .achieved
    }

    private static func load(_ options: Options, _ session: Session) async throws(CommandError) {
        try expectSize(options)
        let scratch = try TemporaryDirectory(in: try place(options) ?? temporary)
        try await LoadBench(events: options.n, registry: session.registry, directory: scratch.path).run()
    }

    /// Measured on the disk that histories are kept on, unless a directory is named.
    private static func everything(_ options: Options, _ session: Session) async throws(CommandError) -> ExitStatus {
        try expectSize(options)
        let folder = BenchFolder(
            options.out.map(absolute) ?? BenchFolder.path(in: session.configuration.stateDirectory)
        )
        let parent: String
        if let named = try place(options) { parent = named } else { parent = try folder.made() }
        let scratch = try TemporaryDirectory(in: parent)
        let record = try await BenchAll(steps: options.n, directory: scratch.path).run()
        if options.json { Output.line(try folder.keep(record)) }
        return record.problems.isEmpty ? .achieved : .notAchieved
    }

    private static func expectSize(_ options: Options) throws(CommandError) {
        guard (1...100_000).contains(options.n) else {
            throw .usage("Option '--n' must be from 1 to 100000, but is \(options.n).")
        }
    }

    private static let temporary = FileManager.default.temporaryDirectory.path(percentEncoded: false)

    private static func place(_ options: Options) throws(CommandError) -> String? {
        try options.dir.map { path throws(CommandError) in try existingDirectory(path, of: "--dir") }
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
