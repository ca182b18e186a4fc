import PipelineKit
import RPCKit

/// Texts that a server has ready to be filled in.
enum PromptTools {
    static func tools(of server: MCPServer) -> [ReadingTool] {
        [
            ReadingTool(
                name: "list_prompts",
                summary: "Lists the prompts that this server has ready.",
                arguments: []
            ) { _, server, _ throws(Failure) in try await list(server) },
            ReadingTool(
                name: "get_prompt",
                summary: "Gets a prompt of the server, filled in.",
                arguments: [
                    FieldSchema(name: "name", value: .string, help: "Its name, as listed.", standard: nil),
                    FieldSchema(
                        name: "arguments",
                        value: .mapping(.string),
                        help: "What it is filled in with, by name.",
                        standard: .object([:])
                    ),
                ]
            ) { arguments, server, answer throws(Failure) in try await get(arguments, server, answer) },
        ]
    }

    private static func list(_ server: MCPServer) async throws(Failure) -> ToolOutput {
        let prompts = try await server.list("prompts")
        var lines = prompts.all.map(line)
        if !prompts.isWhole { lines.append("[... there are more than these]") }
        return ToolOutput(lines.isEmpty ? "There are no prompts." : lines.joined(separator: "\n"))
    }

    /// `review(code, style?): Reviews some code.`
    private static func line(_ prompt: JSONValue) -> String {
        let arguments = (prompt["arguments"]?.elements ?? []).map { argument in
            (argument["name"]?.text ?? "") + (argument["required"] == true ? "" : "?")
        }
        let words =
            "\(prompt["name"]?.text ?? "")(\(arguments.joined(separator: ", "))): \(prompt["description"]?.text ?? "")"
        return Untrusted.text(words.split(whereSeparator: \.isNewline).joined(separator: " "), most: 1_000)
    }

    private static func get(
        _ arguments: JSONValue,
        _ server: MCPServer,
        _ answer: InputAnswer?
    ) async throws(Failure) -> ToolOutput {
        var params: [String: JSONValue] = ["name": arguments["name"] ?? ""]
        if let filled = arguments["arguments"], !filled.members.isEmpty { params["arguments"] = filled }
        let timeout = server.declaration.timeout
        return try await InputRounds(server: server.name, answer: answer).output { extra throws(Failure) in
            let params = params.adding(extra)
            return try await server.ask("prompts/get") { session throws(RPCFault) in
                try await session.ask("prompts/get", params, within: timeout)
            }
        } _: {
            prompt($0)
        }
    }

    private static func prompt(_ result: JSONValue) -> ToolOutput {
        var content = ContentBlocks()
        for message in result["messages"]?.elements ?? [] {
            content.add(text: "\(Untrusted.text(message["role"]?.text ?? "", most: 20)):")
            content.add(message["content"] ?? .null)
        }
        return content.output()
    }
}
