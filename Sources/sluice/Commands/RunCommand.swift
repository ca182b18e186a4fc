import FoundationEssentials
import PipelineEngine
import PipelineKit

/// `sluice run`: starts a run and carries it on.
enum RunCommand: Subcommand {
    struct Options: Fields {
        @Field("The directory to work on.") var cwd: String = "."
        @Field("The model that works; of several, with commas between, each stands in for those before it.")
        var model: String? = nil
        @Field("A value for one of the pipeline's inputs, or of a goal's settings, as name=value; may be given again.")
        var set: [String] = []
        @Field("A tool to allow without a question; may be given again.") var allow: [String] = []
        @Field("Where the model works.") var isolation: WorkspacePolicy.Isolation? = nil
        @Field("Whether commands are confined: off, preferred or required.")
        var sandbox: WorkspacePolicy.Sandbox? = nil
        @Field("What confined commands may reach: deny, allow, or hosts with commas between.")
        var network: NetworkPolicy? = nil
        @Field("How many iterations at most.") var iterations: Int? = nil
        @Field("Money at most.") var cost: Money? = nil
        @Field("Ask a model whose price nobody knows although there is a limit of cost.")
        var allowUnknownPrice: Bool = false
        @Field("A name for the run; else one is made up.") var id: String? = nil
        @Field("Write what the model said into this file when the run ends or waits; 'scripted/FILE' plays it again.")
        var record: String? = nil
        @Field("With '--record': write over a file that is there.") var replace: Bool = false
        @Field("Run again whenever files of the project change, until Ctrl-C.") var watch: Bool = false
        @Field("The rules of the operator of this machine, which stand before those of pipelines.")
        var policy: String? = nil
        @Field("Path of the database.") var db: String? = nil
        @Field("Print one event a line, as JSON.") var json: Bool = false
        init() {}
    }

    static let name = "run"
    static let summary = "Starts a pipeline on a project and carries it on until it ends or waits for a person."
    static let operands = [
        Operand(
            name: "PIPELINE",
            help: "A built-in pipeline or goal such as 'pytest', or a file; else sluice.yaml, or what is found there.",
            isOptional: true
        )
    ]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        guard options.watch else { return try await once(options, operands, in: session) }
        guard options.id == nil, options.record == nil else {
            throw .usage("Options '--id' and '--record' are for one run, and '--watch' starts many.")
        }
        let runs = WatchedRuns(project: try existingDirectory(options.cwd, of: "--cwd"), tell: teller(options)) {
            () async throws(CommandError) in
            try await once(options, operands, in: session)
        }
        return try await runs.untilInterrupted()
    }

    /// Where only events may be printed, a person reads on standard error.
    private static func teller(_ options: Options) -> @Sendable (String) -> Void {
        let isForPrograms = options.json
        return { isForPrograms ? Output.error($0) : Output.line($0) }
    }

    private static func once(_ options: Options, _ operands: [String], in session: Session)
        async throws(CommandError) -> ExitStatus
    {
        let project = try existingDirectory(options.cwd, of: "--cwd")
        let script = try ScriptFile.named(options.record, replaces: options.replace)
        let found = FoundPipeline(project: project, named: options.cwd, tell: teller(options))
        let files = PipelineFiles(session, project: project)
        let inputs = try inputs(options.set)
        let loaded =
            if let name = operands.first { try files.load(name, given: inputs) } else {
                try found.load(from: files)
            }
        var pipeline = try loaded.resolved(inputs, session)
        try override(&pipeline, options, session)
        try ScriptFile.expectOneModel(script, in: pipeline)
        try session.expectPrices()
        for warning in session.readiness.warnings(pipeline) { Output.error("warning: \(warning)") }
        let services = try session.services(options.db, policy: options.policy)
        let run = options.id.map(RunID.init) ?? .new()
        guard RunID.isName(run.value) else {
            throw .usage("A run cannot be named '\(run)'. Use up to 64 lower-case letters, digits and dashes.")
        }
        let conductor = RunConductor(services, session, run, json: options.json)
        let order = RunOrder(run: run, pipeline: pipeline, inputs: inputs, project: project, origin: "cli")
        _ = try await asking { () throws(ServiceError) in try await services.runs.start(order) }
        return try await ScriptFile.recording(script, of: conductor) { () async throws(CommandError) in
            try await conductor.carryOn()
        }
    }

    static func inputs(_ words: [String]) throws(CommandError) -> [String: JSONValue] {
        var inputs: [String: JSONValue] = [:]
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw .usage("Option '--set' takes name=value, but is '\(word)'.")
            }
            inputs[String(parts[0])] = .string(String(parts[1]))
        }
        return inputs
    }

    private static func override(_ pipeline: inout Pipeline, _ options: Options, _ session: Session)
        throws(CommandError)
    {
        if let text = options.model ?? (pipeline.model == nil ? session.configuration.model : nil) {
            guard let model = ModelChain(text) else {
                throw .usage("Option '--model' must be a model such as 'openai/gpt-5.2', but is '\(text)'.")
            }
            pipeline.model = model
            if options.model != nil { pipeline.race = nil }  // whoever names a model wants that one
        }
        try TestEnvironment.play(&pipeline, session.environment)
        let registry = options.allow.isEmpty ? Registry() : session.registry.including(pipeline, in: nil).0
        for tool in options.allow {
            guard registry.found(ModuleID(tool)) != nil else {
                let near = Suggestion.sentence(for: tool, among: registry.tools.keys.map(\.value))
                throw .usage("Option '--allow': there is no tool '\(tool)'.\(near)")
            }
            pipeline.tools.allowAll(of: tool)
        }
        if let isolation = options.isolation { pipeline.workspace.isolation = isolation }
        if let sandbox = options.sandbox { pipeline.workspace.sandbox = sandbox }
        if let network = options.network { pipeline.workspace.network = network }
        if let iterations = options.iterations {
            guard (1...10_000).contains(iterations) else {
                throw .usage("Option '--iterations' must be from 1 to 10000, but is \(iterations).")
            }
            pipeline.limits.iterations = iterations
        }
        if let cost = options.cost { pipeline.limits.cost = cost }
        if options.allowUnknownPrice { pipeline.limits.allowUnknownPrice = true }
    }
}
