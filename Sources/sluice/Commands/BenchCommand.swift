import FoundationEssentials
import PipelineKit

/// `sluice bench`: what Sluice costs, measured.
enum BenchCommand: Subcommand {
    enum Store: String, Choice {
        case sqlite
        case memory
    }

    struct Options: Fields {
        @Field(
            "A private directory, empty except for 'resume' and 'kill'; a new one, removed afterwards, when left out."
        )
        var dir: String? = nil
        @Field(
            "Steps of each run, of which 'wait' has three; of 'load', events of the middle history; of 'provider', requests; of 'sandbox' and 'mcp', calls; of 'check', checks, 100 at most."
        )
        var n: Int = 1_000
        @Field("How many files the tree of 'workspace' and 'check' has.") var files: Int = 10_000
        @Field("How large the tree of 'grep' is.") var size = ByteCount(bytes: 1_000_000_000)
        @Field("How many runs 'conc', 'wait' and 'lists' have.") var runs: Int = 100
        @Field("Bytes that each step of 'grow' and 'turns' adds to the conversation.") var bytes: Int = 256
        @Field("The steps of a single run at which a latency is printed.") var marks: String = "100,1000,5000"
        @Field("Where histories are kept.") var store: Store = .sqlite
        @Field("Steps that may not be repeated: their beginning is recorded too.") var once: Bool = false
        @Field("Those that follow a run.") var subscribers: Int = 500
        @Field("Steps a second of the run that they follow; the end of each is an event.") var rate: Int = 100
        @Field("How many seconds each figure of the server is measured.") var seconds: Int = 3
        @Field("Write the figures of 'all' to a file of their own, and print its path.") var json: Bool = false
        @Field("The directory of that file; else 'bench' in Sluice's own.") var out: String? = nil
        init() {}

        func check(_ reader: inout FieldReader) {
            reader.expect(subscribers, of: "subscribers", in: 1...20_000)
            reader.expect(files, of: "files", in: 100...1_000_000)
            reader.expect(size.bytes, of: "size", in: 100_000...100_000_000_000)
            reader.expect(rate, of: "rate", in: 1...10_000)
            reader.expect(seconds, of: "seconds", in: 1...600)
        }
    }

    static let name = "bench"
    static let summary = "Measures what Sluice costs here: one part as JSON lines, or all of it as a table."
    static let operands = [
        Operand(
            name: "WHAT",
            help: "engine, load, serve, provider, mcp, sandbox, foreign, grep, workspace, check or all."
        ),
        Operand(
            name: "SCENARIO",
            help: """
                Of 'engine': steps, grow, turns, crash, resume, conc, wait, kill or lists. Of 'serve': routes, fanout, idle \
                or slow; of 'provider': overhead, stream or first. All of these two when left out.
                """,
            isOptional: true
        ),
    ]

    private enum What: String, CaseIterable {
        case engine, load, serve, provider, mcp, sandbox, foreign, grep, workspace, check, all
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
        let word = operands.dropFirst().first
        if [.load, .sandbox, .foreign, .grep, .workspace, .check, .all].contains(what), let word {
            throw .usage("'sluice bench \(what.rawValue)' takes no '\(word)'.")
        }
        switch what {
        case .engine: return try await engine(options, word)
        case .load: return try await load(options, session)
        case .serve: return try await serve(options, word, session)
        case .provider: return try await provider(options, word, session)
        case .mcp: return try await mcp(options, word, session)
        case .sandbox: return try await sandbox(options, session)
        case .foreign: return try await foreign(options, session)
        case .grep: return try await grep(options, session)
        case .workspace: return try await workspace(options)
        case .check: return try await check(options, session)
        case .all: return try await everything(options, session)
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

    private static func provider(_ options: Options, _ word: String?, _ session: Session) async throws(CommandError)
        -> ExitStatus
    {
        if word == "server" { return try ModelStage.run() }
        try expectSize(options)
        let known = word.map { ProviderBench.Part(rawValue: $0) }
        if let word, known == .some(nil) {
            let all = ProviderBench.Part.allCases.map(\.rawValue)
            let near = Suggestion.sentence(for: word, among: all)
            throw .usage("There is no part '\(word)' of a provider.\(near) There are: \(all.joined(separator: ", ")).")
        }
        let parts = known.map { $0.map { [$0] } ?? [] } ?? ProviderBench.Part.allCases
        try await ProviderBench.measure(parts, requests: options.n, session)
        return .achieved
    }

    private static func load(_ options: Options, _ session: Session) async throws(CommandError) -> ExitStatus {
        try expectSize(options)
        let scratch = try TemporaryDirectory(in: try place(options) ?? TemporaryDirectory.parent)
        try await LoadBench(events: options.n, registry: session.registry, directory: scratch.path).run()
        return .achieved
    }

    private static func mcp(_ options: Options, _ word: String?, _ session: Session) async throws(CommandError)
        -> ExitStatus
    {
        // What is measured, which this command starts in a process of its own.
        if word == "server" { return try await MCPBenchServer.run() }
        if let word { throw .usage("'sluice bench mcp' takes no '\(word)'.") }
        try expectSize(options)
        let scratch = try TemporaryDirectory(in: try place(options) ?? TemporaryDirectory.parent)
        try await MCPBench.measure(options.n, in: scratch.path, session.registry)
        return .achieved
    }

    private static func sandbox(_ options: Options, _ session: Session) async throws(CommandError) -> ExitStatus {
        try expectSize(options)
        let scratch = try TemporaryDirectory(in: try place(options) ?? TemporaryDirectory.parent)
        try await SandboxBench.measure(options.n, in: scratch.path, session.registry)
        return .achieved
    }

    private static func foreign(_ options: Options, _ session: Session) async throws(CommandError) -> ExitStatus {
        try expectSize(options)
        let scratch = try TemporaryDirectory(in: try place(options) ?? TemporaryDirectory.parent)
        try await ForeignBench.measure(options.n, in: scratch.path, session.registry)
        return .achieved
    }

    private static func grep(_ options: Options, _ session: Session) async throws(CommandError) -> ExitStatus {
        let scratch = try TemporaryDirectory(in: try place(options) ?? TemporaryDirectory.parent)
        try await GrepBench.measure(options.size.bytes, in: scratch.path, session.registry)
        return .achieved
    }

    private static func workspace(_ options: Options) async throws(CommandError) -> ExitStatus {
        let scratch = try TemporaryDirectory(in: try place(options) ?? TemporaryDirectory.parent)
        try await WorkspaceBench(files: options.files, directory: scratch.path).run()
        return .achieved
    }

    private static func check(_ options: Options, _ session: Session) async throws(CommandError) -> ExitStatus {
        try expectSize(options)
        let scratch = try TemporaryDirectory(in: try place(options) ?? TemporaryDirectory.parent)
        let bench = CheckBench(
            files: options.files,
            rounds: min(options.n, 100),
            directory: scratch.path,
            registry: session.registry
        )
        try await bench.run()
        return .achieved
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
        let record = try await BenchAll(options, directory: scratch.path).run()
        if options.json { Output.line(try folder.keep(record)) }
        return record.problems.isEmpty ? .achieved : .notAchieved
    }

    private static func expectSize(_ options: Options) throws(CommandError) {
        guard (1...100_000).contains(options.n) else {
            throw .usage("Option '--n' must be from 1 to 100000, but is \(options.n).")
        }
    }

    private static func place(_ options: Options) throws(CommandError) -> String? {
        try options.dir.map { path throws(CommandError) in try existingDirectory(path, of: "--dir") }
    }

    private static func engine(_ options: Options, _ word: String?) async throws(CommandError) -> ExitStatus {
        guard let word else {
            let all = EngineScenario.allCases.map(\.rawValue).joined(separator: ", ")
            throw .usage("'sluice bench engine' needs a scenario: \(all).")
        }
        return try await EngineBench.run(try EngineOrder(word, options))
    }
}
