public import PipelineKit

/// Tools of MCP servers that a pipeline declares under `mcp`: none is started before a run may use what it has.
///
/// Spoken are the revisions 2025-11-25 and before, with a handshake, and 2026-07-28, without one
/// (<https://modelcontextprotocol.io/specification>).
public struct MCPSource: ModuleSource {
    public let key = "mcp"
    public let summary = "Servers of the Model Context Protocol, by name, whose tools the model may be given."
    public var schema: ValueSchema { .mapping(ServerDeclaration.schema) }
    public var example: JSONValue { ["git": ["command": ["mcp-server-git"]]] }

    private let pool: ServerPool

    /// - Parameters:
    ///   - transport: Reaches servers that have a URL.
    ///   - secrets: Looks up what their environment and headers refer to, when a server is started or asked.
    ///   - version: What servers are told of this program.
    public init(transport: any HTTPTransport, secrets: @escaping SecretResolver, version: String) {
        pool = ServerPool(ServerMeans(transport: transport, secrets: secrets, version: version))
    }

    public func modules(of json: JSONValue, in project: String?) -> BroughtModules {
        var (found, reader) = (BroughtModules(), FieldReader())
        let declared = [String: ServerDeclaration](json, &reader)
        found.problems = reader.problems
        for (name, declaration) in (declared ?? [:]).sorted(by: { $0.key < $1.key }) {
            let path = FieldPath().appending(name)
            if let problem = ServerName.problem(with: name) {
                found.problems.append(FieldProblem(path, problem, in: .key))
            } else {
                found.shelves.append(Brought(shelf(name, declaration), at: path))
            }
        }
        return found
    }

    private func shelf(_ name: String, _ declaration: ServerDeclaration) -> ToolShelf {
        ToolShelf(prefix: ServerName.prefix(name), reach: declaration.allowedReach) {
            [pool] (workspace: Workspace) async throws(Failure) in
            let server = pool.server(ServerIdentity(name, declaration, workspace))
            return try await ServerShelf(server).tools()
        }
    }
}
