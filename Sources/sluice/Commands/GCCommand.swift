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
            let leftovers = try await asking { () throws(ServiceError) in try await services.runs.leftovers() }
            for leftover in leftovers { tell(leftover) }
            Output.line("\(runs.count) run\(runs.count == 1 ? "" : "s") would be removed\(words(leftovers)).")
            return .achieved
        }
        session.endLeftovers()
        let removal = try await asking { () throws(ServiceError) in try await services.runs.remove(runs.map(\.run)) }
        let count = removal.runs.count
        let leftovers = try await asking { () throws(ServiceError) in try await services.runs.removeLeftovers() }
        let runsInWords = "\(count) run\(count == 1 ? "" : "s")"
        Output.line("Removed \(runsInWords) and \(ByteCount(bytes: removal.bytes)) of outputs\(words(leftovers)).")
        return .achieved
    }

    private static func tell(_ leftover: Leftover) {
        for place in leftover.places { Output.line("left over  \(place.harmless)") }
    }

    /// ` and 3 things that no run has any more, 2 MB`
    private static func words(_ leftovers: [Leftover]) -> String {
        let places = leftovers.reduce(0) { $0 + $1.places.count }
        guard places > 0 else { return "" }
        let bytes = ByteCount(bytes: leftovers.reduce(0) { $0 + $1.bytes })
        return ", and \(places) thing\(places == 1 ? "" : "s") that no run has any more, \(bytes)"
    }
}
