import PipelineEngine
import PipelineKit

/// `sluice resume`: carries a run on where it stopped.
enum ResumeCommand: Subcommand {
    struct Options: Fields {
        @Field("How many iterations at most, from now on.") var iterations: Int? = nil
        @Field("Money at most, from now on.") var cost: Money? = nil
        @Field("Time at most, from now on.") var wall: Duration? = nil
        @Field("Tokens at most, from now on.") var tokens: TokenCount? = nil
        @Field("Write what the model said into this file when the run ends or waits; 'scripted/FILE' plays it again.")
        var record: String? = nil
        @Field("With '--record': write over a file that is there.") var replace: Bool = false
        @Field("The rules of the operator of this machine, which stand before those of pipelines.")
        var policy: String? = nil
        @Field("Path of the database.") var db: String? = nil
        @Field("Wake every run whose deadline or retry has come and that nobody works on, each once, and end.")
        var due: Bool = false
        @Field("Print one event a line, as JSON.") var json: Bool = false
        init() {}

        /// What is said of one run cannot be meant for all that are due.
        fileprivate func checkAlone(_ operands: [String]) throws(CommandError) {
            guard operands.isEmpty, iterations == nil, cost == nil, wall == nil, tokens == nil else {
                throw .usage("Option '--due' wakes every run that is due, so it takes no RUN and no limits.")
            }
            guard record == nil else { throw .usage("Option '--record' is for one run, and '--due' may wake several.") }
        }
    }

    static let name = "resume"
    static let summary = "Carries a run on where it stopped: after a crash, an answer, or raised limits."
    static let operands = [Operand.run]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let services = try session.services(options.db, policy: options.policy)
        if options.due {
            try options.checkAlone(operands)
            return try await WakingDue(services: services, session: session, json: options.json).run()
        }
        let script = try ScriptFile.named(options.record, replaces: options.replace)
        let run = try await session.run(operands, services)
        let state = try await asking { () throws(ServiceError) in try await services.runs.state(of: run) }
        try ScriptFile.expectOneModel(script, in: state.pipeline)
        guard state.status != .achieved else { throw CommandError(.refused(.goalHeld)) }
        let conductor = RunConductor(services, session, run, json: options.json)
        conductor.view.catchUp(try await asking { () throws(ServiceError) in try await services.runs.events(of: run) })
        let limits = try state.limits.changed(
            iterations: options.iterations,
            cost: options.cost,
            wall: options.wall,
            tokens: options.tokens
        )
        if var pipeline = state.pipeline {
            pipeline.limits = limits
            do throws(CommandError) { try session.expectReady(pipeline, services) } catch {
                // A question may be looked at and answered without what the model needs.
                if state.status != .waiting { throw error }
            }
        }
        if state.isFinished || limits != state.limits {
            let person = session.person
            try await asking { () throws(ServiceError) in
                try await services.runs.reopen(run, limits: limits == state.limits ? nil : limits, by: person)
            }
        }
        return try await ScriptFile.recording(script, of: conductor) { () async throws(CommandError) in
            try await conductor.carryOn()
        }
    }
}
