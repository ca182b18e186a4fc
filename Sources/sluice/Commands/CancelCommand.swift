import PipelineEngine
import PipelineKit

/// `sluice cancel`: ends a run.
enum CancelCommand: Subcommand {
    struct Options: Fields {
        @Field("Why, for the record.") var reason: String = ""
        @Field("Path of the database.") var db: String? = nil
        init() {}
    }

    static let name = "cancel"
    static let summary = "Ends a run; a process that works on it stops."
    static let operands = [Operand(name: "RUN", help: "The run, or the first letters of its name.")]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let services = try session.services(options.db)
        let run = try await session.run(operands, services)
        try await asking { () throws(ServiceError) in
            try await services.runs.cancel(run, by: session.person, reason: options.reason)
        }
        Output.line("Run \(run) is cancelled.")
        return .achieved
    }
}
