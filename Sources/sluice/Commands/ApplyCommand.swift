import PipelineEngine
import PipelineKit

/// `sluice apply`: brings what a run has changed to the project.
enum ApplyCommand: Subcommand {
    struct Options: Fields {
        @Field("Up to this event, instead of the last time that the files were looked at.") var at: Int? = nil
        @Field("Up to the end of this iteration.") var iteration: Int? = nil
        @Field("As a commit on the current branch; hooks and filters of the repository do not run.")
        var commit: Bool = false
        @Field("As a commit on a new branch of this name; the working tree stays as it is.") var branch: String? = nil
        @Field("With '--commit' or '--branch': the message of the commit.") var message: String? = nil
        @Field("Write a patch to this file, or '-' for standard output, and change nothing.") var patch: String? = nil
        @Field("Path of the database.") var db: String? = nil
        init() {}
    }

    static let name = "apply"
    static let summary = "Brings what a run has changed to the project: all of it, or nothing."
    static let operands = [Operand.run]

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        try check(options)
        let services = try session.services(options.db)
        let run = try await session.run(operands, services)
        let moment = options.at.map { WorkspaceMoment.sequence($0) } ?? options.iteration.map { .iteration($0) }
        if let file = options.patch { return try await write(run, moment, to: file, services) }
        let target = Delivery.Target(of: run, commit: options.commit, branch: options.branch, options.message)
        let applied = try await asking { () throws(ServiceError) in
            try await services.runs.apply(run, upTo: moment, as: target, by: session.person)
        }
        tell(applied, of: run)
        return .achieved
    }

    private static func check(_ options: Options) throws(CommandError) {
        guard options.at == nil || options.iteration == nil else {
            throw .usage("Options '--at' and '--iteration' both say up to when; give one of them.")
        }
        let targets = [
            options.commit ? "--commit" : nil, options.branch.map { _ in "--branch" },
            options.patch.map { _ in "--patch" },
        ]
        .compactMap(\.self)
        guard targets.count < 2 else {
            throw .usage("Options '\(targets[0])' and '\(targets[1])' both say where to; give one of them.")
        }
        guard options.message == nil || options.commit || options.branch != nil else {
            throw .usage("Option '--message' is for a commit, so it needs '--commit' or '--branch'.")
        }
    }

    private static func write(
        _ run: RunID,
        _ moment: WorkspaceMoment?,
        to file: String,
        _ services: Services
    ) async throws(CommandError) -> ExitStatus {
        let patch = try await asking { () throws(ServiceError) in try await services.runs.patch(of: run, upTo: moment) }
        try OutputFile.write(patch, to: file, "The patch")
        return .achieved
    }

    private static func tell(_ applied: Applied, of run: RunID) {
        switch applied {
        case .there: Output.line("Run \(run) works in the project itself: what it changed is there already.")
        case .before(let earlier):
            Output.line("What run \(run) changed is applied already, by \(earlier.by).")
        case .done(let application, let delivered):
            for change in delivered.changes {
                let isMerged = delivered.merged.contains(change.path)
                Output.line(
                    "  \(change.kind.rawValue.padded(to: 8))  \(change.path.harmless)\(isMerged ? "  (merged)" : "")"
                )
            }
            Output.line(words(application, delivered, of: run))
        }
    }

    private static func words(_ application: Application, _ delivered: Delivered, of run: RunID) -> String {
        guard !delivered.changes.isEmpty else { return "All that run \(run) changed is there already." }
        let commit = application.commit.map { String($0.prefix(12)) } ?? ""
        return switch application.target {
        case .files: "Nothing is staged or committed."
        case .commit: "Committed as \(commit). Hooks and filters of the repository did not run."
        case .branch:
            "Committed as \(commit) on branch '\(application.branch?.harmless ?? "")'. Hooks and filters of the repository "
                + "did not run."
        }
    }
}
