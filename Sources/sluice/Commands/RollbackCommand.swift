import PipelineEngine
import PipelineKit

/// `sluice rollback`: sets the files back.
enum RollbackCommand: Subcommand {
    struct Options: Fields {
        @Field("The iteration to whose end the files are set back; 0 is the start.") var to: Int
        @Field("Path of the database.") var db: String? = nil
        init() {}
    }

    static let name = "rollback"
    static let summary = "Sets the workspace back to the end of an iteration."
    static let operands = [Operand.run]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let services = try session.services(options.db)
        let run = try await session.run(operands, services)
        let replaced = try await asking { () throws(ServiceError) in
            try await services.runs.rollBack(run, to: options.to, by: session.person)
        }
        Output.line("The workspace of run \(run) is what it was after iteration \(options.to).")
        Output.line("What it was before is kept as snapshot \(replaced).")
        return .achieved
    }
}
