import PipelineEngine
import PipelineKit

/// `sluice show`: one run, from its start to now.
enum ShowCommand: Subcommand {
    static let name = "show"
    static let summary = "Shows a run from its start to now."
    static let operands = [Operand.run]

    static func run(_ options: RunOptions, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let services = try session.services(options.db)
        let run = try await session.run(operands, services)
        let events = try await asking { () throws(ServiceError) in try await services.runs.events(of: run) }
        let state = RunState(replaying: events)
        if options.json {
            Output.line(RunSummary(state, run: run).json.jsonText)
            return .achieved
        }
        var transcript = Transcript(of: run)
        for event in events { transcript.lines(for: event).forEach(Output.line) }
        if !state.isFinished {
            Output.line("")
            Output.line("\(state.status.words)  \(Transcript.figures(state, at: session.clock.now()))")
        }
        return .achieved
    }
}
