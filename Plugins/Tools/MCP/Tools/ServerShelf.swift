import PipelineKit

/// The tools that a server has, as tools of this program.
struct ServerShelf: Sendable {
    private let server: MCPServer

    init(_ server: MCPServer) { self.server = server }

    /// - Throws: ``Failure`` when the server cannot be started, or does not list them.
    func tools() async throws(Failure) -> [ToolFactory] {
        let session = try await server.session()
        var names = ToolNames(server.name)
        var tools: [ToolFactory] = []
        var seen: Set<String> = []
        if session.agreement.has("tools") {
            for tool in try await allTools().compactMap(ListedTool.init) where server.declaration.has(tool.name) {
                // A name that stands twice means the first: a call has nothing but the name.
                guard seen.insert(tool.name).inserted else { continue }
                tools.append(
                    ToolFactory(ToolCall(server, tool, session.agreement).declared(as: names.name(for: tool.name)))
                )
            }
        }
        // Libraries say that a server has these also where it has none of them.
        if session.agreement.has("resources"), await server.hasAny(["resources", "resourceTemplates"]) {
            tools += factories(ResourceTools.tools(of: server), &names)
        }
        if session.agreement.has("prompts"), await server.hasAny(["prompts"]) {
            tools += factories(PromptTools.tools(of: server), &names)
        }
        return tools
    }

    private func allTools() async throws(Failure) -> [JSONValue] {
        let list = try await server.list("tools")
        guard list.isWhole else {
            throw Failure(
                .unavailable,
                """
                MCP server '\(server.name)' lists more than \(MCPServer.mostListed) tools, or more than \
                \(MCPServer.mostPages) pages of them, which is the most that is taken.
                """
            )
        }
        return list.all
    }

    private func factories(_ tools: [ReadingTool], _ names: inout ToolNames) -> [ToolFactory] {
        tools.filter { server.declaration.has($0.name) }.map { tool in
            ToolFactory(tool.declared(as: names.name(for: tool.name), of: server))
        }
    }
}
