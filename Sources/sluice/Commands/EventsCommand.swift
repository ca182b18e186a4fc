import PipelineEngine
import PipelineKit

/// `sluice events`: the history as it is recorded.
enum EventsCommand: Subcommand {
    struct Options: Fields {
        @Field("Only events after this one.") var after: Int = 0
        @Field("Print one event a line, as JSON; 'sluice verify' reads that.") var json: Bool = false
        @Field("Path of the database.") var db: String? = nil
        init() {}
    }

    static let name = "events"
    static let summary = "Prints the history of a run, one event a line."
    static let operands = [Operand.run]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let services = try session.services(options.db)
        let run = try await session.run(operands, services)
        let events = try await asking { () throws(ServiceError) in try await services.runs.events(of: run) }
        for event in events where event.sequence > options.after {
            Output.line(options.json ? EventLine(event, of: run).text : row(event))
        }
        return .achieved
    }

    private static func row(_ event: Event) -> String {
        let body = JSONValue.object(event.payload.body).jsonText.fitted(to: max(20, Output.width - 55))
        return "\(String(event.sequence).padded(to: 5)) \(event.at)  \(event.payload.type.padded(to: 20)) \(body)"
    }
}
