import PipelineKit
import ProcessKit

/// Where an agent works, and where its program runs.
enum AgentPlace {
    /// - Throws: ``Failure/Kind/invalidInput`` where there is no workspace: an agent does not only speak, it works.
    static func workspace(_ context: ProviderContext) async throws(Failure) -> Workspace {
        guard let open = context.workspace else {
            throw Failure(
                .invalidInput,
                "An agent works on the files of a run, and is not asked for anything else, such as to judge."
            )
        }
        return try await open()
    }

    /// The program, in the sandbox of the run unless the settings say otherwise; it may live as long as a reply may take.
    static func command(
        _ program: String,
        _ settings: CommandSettings,
        _ environment: [String: String],
        _ workspace: Workspace
    ) throws(Failure) -> Command {
        let arguments = Array(settings.run.dropFirst())
        let life = settings.totalTimeout + .seconds(60)
        guard settings.confined else {
            // Beside the work: what the model writes there must not become a part of the program that speaks for it.
            return Command(program, arguments, in: settings.directory, environment: environment, timeout: life)
        }
        return Command(program, arguments, in: workspace, environment: environment, timeout: life)
    }

    /// A program that is given its task on standard input; in the sandbox of the run unless the settings say otherwise, and in
    /// the directory of the work in any case.
    static func worker(
        _ program: String,
        _ settings: CommandSettings,
        _ environment: [String: String],
        _ workspace: Workspace,
        task: String
    ) -> Command {
        let arguments = Array(settings.run.dropFirst())
        var command = Command(program, arguments, in: workspace, environment: environment)
        if !settings.confined { command.confinement = nil }
        command.input = Array(task.utf8)
        command.timeout = settings.totalTimeout
        command.grace = .seconds(5)
        command.limit = OutputLimit(head: 0, tail: 16_000)
        return command
    }
}
