import PipelineKit

/// Something besides its tools that a server has, as a tool.
struct ReadingTool: Sendable {
    let name: String
    let summary: String
    let arguments: [FieldSchema]
    let call: @Sendable (JSONValue, MCPServer, InputAnswer?) async throws(Failure) -> ToolOutput

    func declared(as id: ModuleID, of server: MCPServer) -> DeclaredTool {
        let declaration = server.declaration
        var declared = DeclaredTool(
            id,
            "\(summary) (MCP server '\(server.name)')",
            reach: declaration.allowedReach.intersection(declaration.readingReach),
            arguments: arguments
        ) { (arguments: JSONValue, context: ToolContext) async throws(Failure) in
            try await call(arguments, server, context.answer)
        }
        declared.problems = { [arguments] json in Self.problems(json, arguments) }
        return declared
    }

    private static func problems(_ json: JSONValue, _ arguments: [FieldSchema]) -> [FieldProblem] {
        guard case .object(let members) = json else { return ToolCall.problems(json) }
        var reader = FieldReader()
        let names = arguments.map(\.name)
        for key in members.keys.sorted() where !names.contains(key) { reader.unknown(key, among: names) }
        for argument in arguments {
            switch (argument.value, members[argument.name]) {
            case (_, nil) where argument.isRequired:
                reader.problem("Missing required field '\(argument.name)': \(argument.help)")
            case (.string, let value?): _ = reader.read(String.self, value, key: argument.name)
            case (.mapping, let value?): _ = reader.read([String: String].self, value, key: argument.name)
            default: break
            }
        }
        return reader.problems
    }
}
