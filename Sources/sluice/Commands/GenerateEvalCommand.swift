import PipelineKit

/// `sluice generate-eval`: has the tests written that `ai-eval` judges by. It is the built-in pipeline of that name with the
/// wish filled in, so it costs, asks and is kept as any other run.
enum GenerateEvalCommand: Subcommand {
    struct Options: Fields {
        @Field("The directory to work on.") var cwd: String = "."
        @Field("The model that works; of several, with commas between, each stands in for those before it.")
        var model: String? = nil
        @Field("Money at most.") var cost: Money? = nil
        @Field("Path of the database.") var db: String? = nil
        @Field("Print one event a line, as JSON.") var json: Bool = false
        init() {}
    }

    static let name = "generate-eval"
    static let summary =
        "Has an evaluation written, in evals, that tells whether a wish is met; 'ai-eval' judges by it."
    static let operands = [Operand(name: "WISH", help: "What is to hold in the end, in a sentence or more.")]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        var run = RunCommand.Options()
        run.cwd = options.cwd
        run.model = options.model
        run.cost = options.cost
        run.db = options.db
        run.json = options.json
        run.set = ["wish=\(operands[0])"]
        return try await RunCommand.run(run, ["generate-eval"], in: session)
    }
}
