import PipelineEngine
import PipelineKit

/// `sluice replay`: a history folded again, with no model and no tool.
enum ReplayCommand: Subcommand {
    static let name = "replay"
    static let summary = "Plays a recorded run again, without a model and without tools, and shows where it ends."
    static let operands = [RecordedHistory.operand]

    static func run(_ options: RunOptions, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let history = try await RecordedHistory.find(operands, options.db, session)
        var transcript = Transcript(of: history.run)
        for event in history.events {
            let lines = transcript.lines(for: event)
            if !options.json { lines.forEach(Output.line) }
        }
        let summary = RunSummary(transcript.state, run: history.run)
        if options.json {
            Output.line(summary.json.jsonText)
        } else {
            Output.line("")
            let end = "the run is \(summary.status.words), head \(transcript.state.head)"
            Output.line("\(history.events.count) events replayed; \(end).")
        }
        guard let kept = history.kept, kept != summary else { return .achieved }
        guard history.isWhole else { return .achieved }
        throw .broken("The replay does not end where the run did: its list entry says \(kept.json.jsonText).")
    }
}
