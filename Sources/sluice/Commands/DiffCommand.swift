import PipelineEngine
import PipelineKit

/// `sluice diff`: what a run has changed.
enum DiffCommand: Subcommand {
    struct Options: Fields {
        @Field("Up to the end of this iteration, instead of now.") var to: Int? = nil
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
        if options.names {
            let changes = try await asking { () throws(ServiceError) in
                try await services.runs.changes(of: run, upTo: options.to)
            }
            for change in changes { Output.line("\(change.kind.rawValue.padded(to: 8))  \(change.path.harmless)") }
        } else {
            let diff = try await asking { () throws(ServiceError) in
                try await services.runs.diff(of: run, upTo: options.to)
            }
            Output.isTerminal ? Output.line(colored(diff)) : Output.raw(Array(diff.utf8))
        }
        return .achieved
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
