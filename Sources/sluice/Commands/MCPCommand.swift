import MCPContract
import NativeContract
import PipelineEngine
import PipelineKit

/// `sluice mcp`: the runs of a project as tools of any client of the Model Context Protocol.
enum MCPCommand: Subcommand {
    struct Options: Fields {
        @Field("The project's directory.") var cwd: String = "."
        @Field("Who answers what runs ask: the person in front of the client, the client itself, or nobody there.")
        var answers: MCPSettings.Answers = .person
        @Field("Only look at runs.") var readOnly: Bool = false
        @Field("The rules of the operator of this machine, which stand before those of pipelines.")
        var policy: String? = nil
        @Field("Path of the database.") var db: String? = nil
        init() {}
    }

    static let name = "mcp"
    static let summary =
        "Offers the runs of a project to a client of the Model Context Protocol, over standard streams."

    static func run(_ options: Options, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        try session.expectPrices()
        try session.expectPolicy(options.policy)
        let named = try existingDirectory(options.cwd, of: "--cwd")
        let store = try session.store(options.db)
        let services = session.services(over: store, options.db, roots: [named], policy: options.policy)
        let directory = try await asking { () throws(ServiceError) in try services.pipelines.directory(named) }
        let server = MCPServer(
            services,
            native: Native.contract(services, settings(session, directory)),
            MCPSettings(
                version: Version.number,
                directory: directory,
                person: session.person,
                answers: options.answers,
                isReadOnly: options.readOnly
            )
        )
        let isReadOnly = options.readOnly
        let isOurs: @Sendable (RunSummary) -> Bool = {
            !isReadOnly && $0.origin == MCPSettings.origin && $0.project == directory
        }
        return try await StandardStreams(services, session).serve(takingUp: isOurs) { peer throws(Failure) in
            try await server.serve(peer)
        }
    }

    private static func settings(_ session: Session, _ directory: String) -> Native.Settings {
        Native.Settings(
            version: Version.number,
            roots: [directory],
            origin: MCPSettings.origin,
            model: session.configuration.model.flatMap { ModelChain($0) }
        )
    }
}
