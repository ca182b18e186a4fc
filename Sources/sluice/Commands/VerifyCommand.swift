import PipelineEngine
import PipelineKit

/// `sluice verify`: whether a history is what was recorded.
enum VerifyCommand: Subcommand {
    static let name = "verify"
    static let summary = "Checks the chain of a history: nothing changed, removed or added."
    static let operands = [RecordedHistory.operand]

    static func run(_ options: RunOptions, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let history = try await RecordedHistory.find(operands, options.db, session)
        let head = history.events.last?.digest ?? Chain.start
        if options.json {
            Output.line(
                JSONValue.object([
                    "run": .string(history.run.value), "events": .int(history.events.count), "head": .string("\(head)"),
                ]).jsonText
            )
        } else {
            Output.line("The history of run \(history.run) is whole: \(history.events.count) events, head \(head).")
        }
        return .achieved
    }
}
