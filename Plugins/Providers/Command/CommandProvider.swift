public import PipelineKit
import ProcessKit
import ProviderKit

/// Asks a program of this machine: a request in JSON on its standard input, a reply in JSON on its standard output.
///
/// `Docs/Guides/ModelPrograms.md` describes both. A program runs once for each reply, and everything it started ends with
/// it.
public struct CommandProvider: Provider {
    public static let id: ModuleID = "command"
    public static let summary = "Asks a program of this machine, in JSON on its standard input and output."
    public static let example = "claude"

    private let settings: CommandSettings
    private let price: Price?

    public init(settings: CommandSettings) throws(Failure) {
        price = try settings.checked()
        self.settings = settings
    }

    public func price(of model: String) -> Price? { price }

    public var printsItsWork: Bool { settings.protocol == .prints }

    public var worksConfined: Bool { settings.confined || settings.protocol == .pieces }

    /// No vendor's list has it.
    public var isAtListPrice: Bool { false }

    /// As little as any vendor takes, and as much as any counts but for one model: nobody knows whom the program asks.
    public func images(of model: String) -> ImageAllowance? {
        guard settings.images, settings.protocol == .pieces else { return nil }
        return ImageAllowance(
            mostBytes: 3_750_000,
            mostBytesOfAll: 12_000_000,
            mostImages: 20,
            mostTokens: ImageAllowance.tokensOfUnknown
        )
    }

    public func check(_ model: String, secrets: SecretResolver) throws(Failure) {
        try Programs.check(try program(of: model), environment: settings.environment(secrets))
    }

    /// - Throws: ``Failure/Kind/missing`` when there is no such program, and what the program says.
    public func reply(to request: ModelRequest, in context: ProviderContext) async throws(Failure) -> ModelReply {
        let environment = try settings.environment(context.secrets)
        do throws(Failure) {
            return try await reply(to: request, environment, context)
        } catch {
            throw error.redacting(settings.confidential(environment))
        }
    }

    private func reply(to request: ModelRequest, _ environment: [String: String], _ context: ProviderContext)
        async throws(Failure) -> ModelReply
    {
        if settings.protocol == .prints {
            let workspace = try await AgentPlace.workspace(context)
            let program = try program(of: request.model)
            let command = AgentPlace.worker(program, settings, environment, workspace, task: request.asPrompt)
            return try await PrintingTurn(request, command, context.printed).reply()
        }
        if settings.protocol == .acp {
            let workspace = try await AgentPlace.workspace(context)
            let command = try AgentPlace.command(try program(of: request.model), settings, environment, workspace)
            return try await AgentTurn(request, command, settings, context.emit).reply(in: workspace.path)
        }
        let command = Command(
            try program(of: request.model),
            Array(settings.run.dropFirst()),
            in: settings.directory,
            environment: environment,
            input: request.forProgram(attempt: context.attempt).encoded(),
            timeout: settings.totalTimeout,
            silence: Command.Silence(first: settings.firstByteTimeout, between: settings.idleTimeout),
            limit: OutputLimit(head: 0, tail: 4_000)
        )
        return try await ProgramTurn(request, command, context.emit).reply()
    }

    private func program(of model: String) throws(Failure) -> String {
        guard let program = settings.run.first else {
            throw Failure(
                .missing,
                "No program is set for the model 'command/\(model)'. Write 'providers: { command: { run: [PROGRAM] } }'."
            )
        }
        return program
    }
}
