import PipelineEngine
import PipelineKit

/// `sluice fork`: goes on from somewhere in a run, with another one.
enum ForkCommand: Subcommand {
    struct Options: Fields {
        @Field("The last event that both runs have; the last one there is when left out.") var at: Int? = nil
        @Field("Take the nearest event before, where nobody knows the files at that one.") var nearest: Bool = false
        @Field("The model that works from here on.") var model: ModelName? = nil
        @Field("How many iterations at most, those before the fork counted.") var iterations: Int? = nil
        @Field("Money at most, what was spent before the fork counted.") var cost: Money? = nil
        @Field("Time at most, that before the fork counted.") var wall: Duration? = nil
        @Field("Tokens at most, those before the fork counted.") var tokens: TokenCount? = nil
        @Field("What the model is told besides the goal, from here on.") var instructions: String? = nil
        @Field("Something to say to the model.") var message: String? = nil
        @Field("Where the fork works: worktree or copy; as the other run when left out.")
        var isolation: WorkspacePolicy.Isolation? = nil
        @Field("Only begin the fork; 'sluice resume' carries it on.") var paused: Bool = false
        @Field("A name for the fork; else one is made up.") var id: String? = nil
        @Field("Path of the database.") var db: String? = nil
        @Field("Print one event a line, as JSON.") var json: Bool = false
        init() {}
    }

    static let name = "fork"
    static let summary = "Goes on from an event of a run with a run of its own; the other one stays as it is."
    static let operands = [Operand.run]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let run = options.id.map(RunID.init) ?? .new()
        guard RunID.isName(run.value) else {
            throw .usage("A run cannot be named '\(run)'. Use up to 64 lower-case letters, digits and dashes.")
        }
        try session.expectPrices()
        let services = try session.services(options.db)
        let original = try await session.run(operands, services)
        let order = try await order(options, run, of: original, in: services, by: session.person)
        let end = try await asking { () throws(ServiceError) in try await services.runs.fork(order) }
        if !options.json { Output.line("Run \(run) begins as run \(original) was at event \(end).") }
        guard !options.paused else {
            Output.line("Carry it on: sluice resume \(run)")
            return .achieved
        }
        let conductor = RunConductor(services, session, run, json: options.json)
        conductor.view.catchUp(try await asking { () throws(ServiceError) in try await services.runs.events(of: run) })
        return try await conductor.carryOn()
    }

    private static func order(
        _ options: Options,
        _ run: RunID,
        of original: RunID,
        in services: Services,
        by person: String
    ) async throws(CommandError) -> ForkOrder {
        let state = try await asking { () throws(ServiceError) in try await services.runs.state(of: original) }
        let limits = try state.limits.changed(
            iterations: options.iterations,
            cost: options.cost,
            wall: options.wall,
            tokens: options.tokens
        )
        return ForkOrder(
            of: original,
            at: options.at,
            takesNearest: options.nearest,
            as: run,
            model: options.model,
            limits: limits,
            instructions: options.instructions,
            message: options.message,
            isolation: options.isolation,
            origin: "cli",
            by: person
        )
    }
}
