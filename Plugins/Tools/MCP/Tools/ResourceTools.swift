import PipelineKit
import RPCKit

/// What a server lets clients read: files, rows, pages, each by its URI.
enum ResourceTools {
    static func tools(of server: MCPServer) -> [ReadingTool] {
        [
            ReadingTool(
                name: "list_resources",
                summary: "Lists what can be read from this server, by URI.",
                arguments: []
            ) { _, server, _ throws(Failure) in try await list(server) },
            ReadingTool(
                name: "read_resource",
                summary: "Reads something that the server has, by its URI.",
                arguments: [FieldSchema(name: "uri", value: .string, help: "Its URI, as listed.", standard: nil)]
            ) { arguments, server, answer throws(Failure) in
                try await read(arguments["uri"]?.text ?? "", server, answer)
            },
        ]
    }

    private static func list(_ server: MCPServer) async throws(Failure) -> ToolOutput {
        let resources = try await server.list("resources")
        // Servers that have no templates refuse to list them, which is as good as an empty list.
        let templates = (try? await server.list("resourceTemplates")) ?? (all: [], isWhole: true)
        var lines = resources.all.map { line($0, "uri") } + templates.all.map { line($0, "uriTemplate") }
        if !resources.isWhole || !templates.isWhole { lines.append("[... there are more than these]") }
        return ToolOutput(lines.isEmpty ? "There is nothing to read." : lines.joined(separator: "\n"))
    }

    /// `file:///notes.txt (text/plain) Notes: what was decided`
    private static func line(_ resource: JSONValue, _ key: String) -> String {
        let about = [resource["title"]?.text ?? resource["name"]?.text, resource["description"]?.text].compactMap(
            \.self
        )
        let type = resource["mimeType"]?.text.map { " (\($0))" } ?? ""
        let words = "\(resource[key]?.text ?? "")\(type) \(about.joined(separator: ": "))"
        return Untrusted.text(words.split(whereSeparator: \.isNewline).joined(separator: " "), most: 1_000)
    }

    private static func read(_ uri: String, _ server: MCPServer, _ answer: InputAnswer?) async throws(Failure)
        -> ToolOutput
    {
        let timeout = server.declaration.timeout
        return try await InputRounds(server: server.name, answer: answer).output { extra throws(Failure) in
            let params = ["uri": .string(uri)].adding(extra)
            return try await server.ask("resources/read") { session throws(RPCFault) in
                try await session.ask("resources/read", params, within: timeout)
            }
        } _: {
            contents($0)
        }
    }

    private static func contents(_ result: JSONValue) -> ToolOutput {
        var content = ContentBlocks()
        for part in result["contents"]?.elements ?? [] { content.add(resource: part) }
        return content.output()
    }
}
