import PipelineEngine
import PipelineKit

/// `sluice diff`: what a run has changed.
enum DiffCommand: Subcommand {
    struct Options: Fields {
        @Field("Up to the end of this iteration, instead of now.") var to: Int? = nil
        @Field("Up to this event, instead of now.") var at: Int? = nil
        @Field("From this event on, instead of the start.") var from: Int? = nil
        @Field("Only what this call changed; 3.1 is the first one of turn 3.") var call: String? = nil
        @Field("Only the names of the files.") var names: Bool = false
        @Field("Path of the database.") var db: String? = nil
        init() {}
    }

    static let name = "diff"
    static let summary = "Prints what a run has changed, as a patch that 'git apply' takes."
    static let operands = [Operand.run]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let services = try session.services(options.db)
        let run = try await session.run(operands, services)
        let (from, to) = try moments(options)
        if options.names {
            let changes = try await asking { () throws(ServiceError) in
                try await services.runs.changes(of: run, from: from, to: to)
            }
            for change in changes { Output.line("\(change.kind.rawValue.padded(to: 8))  \(change.path.harmless)") }
        } else {
            let diff = try await asking { () throws(ServiceError) in
                try await services.runs.diff(of: run, from: from, to: to)
            }
            Output.isTerminal ? Output.line(colored(diff)) : Output.raw(Array(diff.utf8))
        }
        return .achieved
    }

    private static func moments(_ options: Options) throws(CommandError) -> (from: WorkspaceMoment, to: WorkspaceMoment)
    {
        if let call = options.call {
            guard options.to == nil, options.at == nil, options.from == nil else {
                throw .usage(
                    "Option '--call' says from when and up to when, so it takes no '--from', '--to' or '--at'."
                )
            }
            return (.before(CallID(call)), .after(CallID(call)))
        }
        guard options.to == nil || options.at == nil else {
            throw .usage("Options '--to' and '--at' both say up to when; give one of them.")
        }
        let end = options.to.map { WorkspaceMoment.iteration($0) } ?? options.at.map { .sequence($0) } ?? .now
        return (options.from.map { .sequence($0) } ?? .iteration(0), end)
    }

    private static func colored(_ diff: String) -> String {
        diff.harmless.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            switch line.first {
            case "+": Style.green(String(line))
            case "-": Style.red(String(line))
            case "@": Style.cyan(String(line))
            default: String(line)
            }
        }.joined(separator: "\n")
    }
}
