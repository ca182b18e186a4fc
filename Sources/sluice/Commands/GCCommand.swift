import PipelineEngine
import PipelineKit

/// `sluice gc`: removes what is old.
enum GCCommand: Subcommand {
    struct Options: Fields {
        @Field("How long a run is kept after its end.") var keep: Duration = .seconds(30 * 86_400)
        @Field("Only tell what would be removed.") var dryRun: Bool = false
        @Field("Path of the database.") var db: String? = nil
        init() {}
    }

    static let name = "gc"
    static let summary = "Removes runs that ended long ago, with all that was kept for them."

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let services = try session.services(options.db)
        let moment = session.clock.now() + (.zero - options.keep)
        let runs = try await asking { () throws(ServiceError) in try await services.runs.ended(before: moment) }
        if options.dryRun {
            for run in runs {
                Output.line("\(run.run.value.padded(to: 8))  \(run.status.words.padded(to: 12))  \(run.updatedAt)")
            }
            Output.line("\(runs.count) run\(runs.count == 1 ? "" : "s") would be removed.")
            return .achieved
        }
        let removal = try await asking { () throws(ServiceError) in try await services.runs.remove(runs.map(\.run)) }
        let count = removal.runs.count
        Output.line("Removed \(count) run\(count == 1 ? "" : "s") and \(ByteCount(bytes: removal.bytes)) of outputs.")
        return .achieved
    }
}
