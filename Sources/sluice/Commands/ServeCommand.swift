import MContract
import PipelineEngine
import PipelineKit

/// `sluice serve`: the engine for browsers and programs.
enum ServeCommand: Subcommand {
    typealias Options = ServeSettings

    static let name = "serve"
    static let summary = "Serves runs over HTTP: a web console, an API with live events, and the interface of retrAI."

    static func run(_ arguments: Arguments, in session: Session) async throws(CommandError) -> ExitStatus {
        let layers = try SettingLayers(
            of: ServeSettings.self,
            options: arguments.options.members,
            environment: session.environment
        )
        do throws(CommandError) {
            let settings = try options(layers.merged)
            guard !settings.printConfig else {
                printSettings(settings, layers)
                return .achieved
            }
            return try await run(settings, [], in: session)
        } catch {
            throw layers.naming(error)
        }
    }

    static func run(_ settings: ServeSettings, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        try session.expectPrices()
        return try await Server(settings, session).run()
    }

    private static func printSettings(_ settings: ServeSettings, _ layers: SettingLayers) {
        let values = settings.json.members
        for field in ServeSettings.fields where field.name != "print_config" {
            let value = values[field.name].map(\.jsonText) ?? "-"
            Output.line(
                "\(field.name.padded(to: 12)) \(value.padded(to: 24)) \(layers.source(of: field.name))".harmless
            )
        }
    }
}

/// What `sluice serve` may be told, by options, environment or file.
struct ServeSettings: Fields {
    @Field("A file of these settings, in YAML.") var config: String? = nil
    @Field("The address to listen on. Beyond this machine only with a key: see 'sluice key'.")
    var host: String = "127.0.0.1"
    @Field("The port to listen on; 0 for any that is free.") var port: Int = 8000
    @Field("A directory whose projects and pipelines may be used; may be given again.") var root: [String] = ["."]
    @Field("How many runs are carried on at once; more wait in line.") var runs: Int = 4
    @Field("Serve this interface only; may be given again.") var contract: [String] = []
    @Field("What a model is called by clients, as name=provider/model; may be given again.") var alias: [String] = []
    @Field("A web page's origin that may call, such as https://ci.example.org; may be given again.")
    var origin: [String] = []
    @Field("Another name that this server is reached by, such as sluice.example.org; may be given again.")
    var serverName: [String] = []
    @Field("Requests a second that one key or address may make.") var rate: Int = 100
    @Field("Connections that may be open at once.") var connections: Int = 10_000
    @Field("How long work under way may take to end when the server stops.") var grace: Duration = .seconds(3)
    @Field("What all runs together may spend on a day (UTC).") var costPerDay: Money? = nil
    @Field("Where each request is written down: a file, '-' for standard error, or 'off'.") var log: String = "-"
    @Field("The rules of the operator of this machine, which stand before those of pipelines.")
    var policy: String? = nil
    @Field("How people are told away from the screen: 'apns', 'ntfy' and 'webhook', best in a file of settings.")
    var push: M.PushSettings? = nil
    @Field("How the interface of Project M makes runs: a mapping of pipeline, side_by_side, patience and agent.")
    var projectM: M.RunSettings = M.RunSettings()
    @Field("Path of the database.") var db: String? = nil
    @Field("Print every setting and where it comes from, and end.") var printConfig: Bool = false
    init() {}

    func check(_ reader: inout FieldReader) {
        reader.expect(port, of: "port", in: 0...65_535)
        reader.expect(runs, of: "runs", in: 1...1000)
        reader.expect(rate, of: "rate", in: 1...1_000_000)
        reader.expect(connections, of: "connections", in: 1...1_000_000)
        if grace > .seconds(60) { reader.problem(inValueOf: "grace", "must be at most 60s, but is \(grace.written).") }
        if root.isEmpty { reader.problem(inValueOf: "root", "must name at least one directory.") }
    }
}

extension FieldReader {
    /// Notes a number that is not within its bounds.
    mutating func expect(_ value: Int, of key: String, in range: ClosedRange<Int>) {
        guard !range.contains(value) else { return }
        let (low, high) = (range.lowerBound, range.upperBound)
        problem(inValueOf: key, "must be from \(low) to \(high), but is \(value).")
    }
}

extension ServeSettings {
    /// What clients may call models, from `alias`.
    func aliases() throws(CommandError) -> [String: ModelName] {
        var aliases: [String: ModelName] = [:]
        for word in alias {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let model = ModelName(parts[1]) else {
                throw .usage("Option '--alias' takes name=provider/model, but is '\(word)'.")
            }
            aliases[parts[0]] = model
        }
        return aliases
    }

    /// Whether only programs of this machine reach the server.
    var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    /// What lets others in than programs of this machine, which need no key; `nil` when nothing does.
    var opening: String? {
        guard isLoopback else { return "Option '--host': beyond this machine ('\(host)')" }
        return serverName.first.map { "Option '--server-name': where others come in as to '\($0)'," }
    }
}
