import PipelineKit
import RPCKit

/// Calls one tool of a server.
struct ToolCall: Sendable {
    private let server: MCPServer
    private let tool: ListedTool
    private let mirrored: MirroredArguments

    init(_ server: MCPServer, _ tool: ListedTool, _ agreement: Agreement) {
        self.server = server
        self.tool = tool
        mirrored = agreement.style == .stateless ? MirroredArguments(tool.schema) : MirroredArguments()
    }

    func declared(as id: ModuleID) -> DeclaredTool {
        let (declaration, allowed) = (server.declaration, server.declaration.allowedReach)
        let isTrusted = declaration.trustAnnotations && tool.onlyReads
        var declared = DeclaredTool(
            id,
            tool.summary,
            reach: isTrusted ? allowed.intersection(declaration.readingReach) : allowed,
            arguments: tool.arguments,
            schema: tool.schema
        ) { [self] (arguments: JSONValue, context: ToolContext) async throws(Failure) in
            try await call(arguments, context)
        }
        declared.problems = ToolCall.problems
        return declared
    }

    private func call(_ arguments: JSONValue, _ context: ToolContext) async throws(Failure) -> ToolOutput {
        let params: [String: JSONValue] = ["name": .string(tool.name), "arguments": arguments]
        let headers = mirrored.headers(arguments)
        let timeout = server.declaration.timeout
        return try await InputRounds(server: server.name, answer: context.answer).output { extra throws(Failure) in
            let params = params.adding(extra)
            return try await server.ask(tool.name) { session throws(RPCFault) in
                try await session.ask(
                    "tools/call",
                    params,
                    headers: headers,
                    within: timeout,
                    progress: context.progress
                )
            }
        } _: {
            ToolResult($0).output
        }
    }

    /// All else is checked by the server, whose schema it is.
    @Sendable static func problems(_ arguments: JSONValue) -> [FieldProblem] {
        if case .object = arguments { return [] }
        return [FieldProblem(FieldPath(), "The arguments must be a mapping, but are \(arguments).")]
    }
}
