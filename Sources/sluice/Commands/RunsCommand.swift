import PipelineEngine
import PipelineKit

/// `sluice runs`: the runs there are.
enum RunsCommand: Subcommand {
    struct Options: Fields {
        @Field("Only runs with this status.") var status: RunStatus? = nil
        @Field("How many at most.") var limit: Int = 20
        @Field("Runs that work for others too, as those of steps and agents do.") var all: Bool = false
        @Field("Path of the database.") var db: String? = nil
        @Field("Print one run a line, as JSON.") var json: Bool = false
        init() {}
    }

    static let name = "runs"
    static let summary = "Lists runs, newest first."

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        guard (1...100_000).contains(options.limit) else {
            throw .usage("Option '--limit' must be from 1 to 100000, but is \(options.limit).")
        }
        let services = try session.services(options.db)
        let query = RunQuery(statuses: options.status.map { [$0] }, isOwn: !options.all, limit: options.limit)
        let runs = try await asking { () throws(ServiceError) in try await services.runs.list(query) }
        if runs.isEmpty, !options.json {
            Output.line(options.status.map { "No run is \($0.words)." } ?? "There is no run yet.")
        }
        let lines = options.json ? runs.map(\.json.jsonText) : Columns.lines(runs.map(row), numbers: false)
        lines.forEach(Output.line)
        return .achieved
    }

    private static func row(_ run: RunSummary) -> [String] {
        let details = run.details
        let iteration = "\(details["iteration"]?.integer ?? 0)/\(details["iterations"]?.integer ?? 0)"
        let parts = [
            run.run.value, run.status.words, run.pipeline, iteration,
            String("\(run.startedAt)".prefix(16)).replacing("T", with: " "),
            (details["project"]?.text ?? "") + fork(details),
        ]
        return parts.map(\.harmless)
    }

    /// ` (of k3n8 at 57)`
    private static func fork(_ details: JSONValue) -> String {
        guard let origin = details["forked_from"], let run = origin["run"]?.text,
            let sequence = origin["sequence"]?.integer
        else { return "" }
        return "  (of \(run) at \(sequence))"
    }
}
