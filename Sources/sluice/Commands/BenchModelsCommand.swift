import FoundationEssentials
import PipelineEngine
import PipelineKit

/// `sluice bench-models`: the same pipeline with several models, several times each.
enum BenchModelsCommand: Subcommand {
    struct Options: Fields {
        @Field("The models, with commas between: provider/model.") var models: String
        @Field("How many runs of each, in turns.") var n: Int = 3
        @Field("The directory whose copies are worked on; it stays as it is.") var cwd: String = "."
        @Field("A value for one of the pipeline's inputs, as name=value; may be given again.") var set: [String] = []
        @Field("Money at most, for each run.") var cost: Money? = nil
        @Field("How many iterations at most.") var iterations: Int? = nil
        @Field("Path of the database.") var db: String? = nil
        @Field("Print one run a line, as JSON, and in the end all of it.") var json: Bool = false
        init() {}

        func check(_ reader: inout FieldReader) {
            reader.expect(n, of: "n", in: 1...100)
            reader.expect(iterations ?? 1, of: "iterations", in: 1...10_000)
        }
    }

    static let name = "bench-models"
    static let summary = "Measures models: the same pipeline with each of them, several times, on copies of a project."
    static let operands = [
        Operand(name: "PIPELINE", help: "A built-in pipeline or a goal such as 'pytest', or a file.")
    ]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let project = try existingDirectory(options.cwd, of: "--cwd")
        let models = try models(options.models)
        let inputs = try RunCommand.inputs(options.set)
        let loaded = try PipelineFiles(session, project: project).load(operands[0], given: inputs)
        var pipeline = try loaded.resolved(inputs, session)
        if pipeline.workspace.isolation == .none { pipeline.workspace.isolation = .copy }
        if let cost = options.cost { pipeline.limits.cost = cost }
        if let iterations = options.iterations { pipeline.limits.iterations = iterations }
        let services = try session.services(options.db)
        pipeline.race = nil
        for model in models {
            pipeline.model = model
            try session.expectReady(pipeline, services)
        }
        let order = RunOrder(pipeline: pipeline, inputs: inputs, project: project, origin: name)
        let trial = ModelTrial(order: order, services: services, session: session, json: options.json)
        let trials = try await trial.measure(models, runs: options.n)
        return try keep(trials, order, options, session)
    }

    private static func models(_ text: String) throws(CommandError) -> [ModelChain] {
        var models: [ModelChain] = []
        for word in text.split(separator: ",") {
            guard let name = ModelName(String(word).trimmed), !name.model.isEmpty else {
                throw .usage("Option '--models' must name models such as 'openai/gpt-5.2', but names '\(word)'.")
            }
            guard !models.contains(ModelChain(name)) else {
                throw .usage("Option '--models' names '\(name)' twice. '--n' says how many runs there are of each.")
            }
            models.append(ModelChain(name))
        }
        guard !models.isEmpty else { throw .usage("Option '--models' names no model.") }
        return models
    }

    private static func keep(
        _ trials: [ModelTrials],
        _ order: RunOrder,
        _ options: Options,
        _ session: Session
    ) throws(CommandError) -> ExitStatus {
        let record = ModelsRecord(
            at: session.clock.now(),
            pipeline: order.pipeline.name,
            project: order.project,
            runs: options.n,
            trials: trials
        )
        let folder = BenchFolder(ModelsRecord.path(in: session.configuration.stateDirectory))
        let file = try folder.keep(record.json, at: record.at)
        if options.json {
            Output.line(record.json.jsonText)
        } else {
            Output.line("")
            for line in ModelsTable(trials).lines { Output.line(line.harmless) }
            Output.line("Kept in \(file.harmless); the page Benchmarks of 'sluice serve' draws it.")
        }
        let isWhole = trials.allSatisfy { $0.outcomes.count == options.n }
        return isWhole ? .achieved : .notAchieved
    }
}
