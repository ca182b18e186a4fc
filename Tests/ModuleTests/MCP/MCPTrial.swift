import Foundation
import MCPTool
import PipelineKit
import PipelineTesting
import ProviderKit
import Synchronization
import Testing

/// What a pipeline's `mcp` gives a run, with real servers.
struct MCPTrial {
    let source: MCPSource
    let workspace: Workspace

    static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let server = tests.appending(path: "Fixtures/Servers/mcp_server.py").path

    /// A program of the environment that `make mcp` makes.
    static func program(_ name: String) throws -> String {
        let path = tests.deletingLastPathComponent().appending(path: ".venv-mcp/bin/\(name)").path
        try #require(FileManager.default.isExecutableFile(atPath: path), "There is no '\(path)': run 'make mcp'.")
        return path
    }

    init(in workspace: Workspace, secrets: [String: String] = [:]) {
        self.workspace = workspace
        source = MCPSource(
            transport: CurlTransport(),
            secrets: { secret in secrets["\(secret)"] },
            version: "1.2.3"
        )
    }

    static func with(secrets: [String: String] = [:], _ body: (MCPTrial) async throws -> Void) async throws {
        try await withTemporaryWorkspace { workspace in
            try await body(MCPTrial(in: workspace, secrets: secrets))
        }
    }

    /// The declaration of the server that does everything wrong, as `fake`.
    static func fake(_ words: String..., more: [String: JSONValue] = [:]) -> JSONValue {
        let command = ["/usr/bin/python3", server] + words
        return ["fake": .object(more.merging(["command": .array(command.map(JSONValue.string))]) { $1 })]
    }

    /// The tools of all servers that are declared, as a run has them.
    func tools(_ declared: JSONValue, in other: Workspace? = nil) async throws -> MCPTools {
        let workspace = other ?? workspace
        let found = source.modules(of: declared, in: workspace.project)
        try #require(found.problems.isEmpty, "\(found.problems)")
        var tools: [ToolFactory] = []
        for shelf in found.shelves { tools += try await shelf.thing.tools(workspace) }
        return MCPTools(tools, in: workspace)
    }
}

/// Tools of servers; the servers live as long as these.
struct MCPTools {
    let all: [ToolFactory]
    private let workspace: Workspace

    init(_ all: [ToolFactory], in workspace: Workspace) {
        self.all = all
        self.workspace = workspace
    }

    var names: [String] { all.map(\.id.value) }

    func factory(_ name: String) throws -> ToolFactory {
        try #require(all.first { $0.id.value == name }, "\(names)")
    }

    func call(
        _ name: String,
        _ arguments: JSONValue = [:],
        progress: @escaping @Sendable (String) -> Void = { _ in },
        answer: InputAnswer? = nil
    ) async throws -> ToolOutput {
        let tool = try factory(name).make([:])
        return try await tool.call(arguments, ToolContext(workspace: workspace, progress: progress, answer: answer))
    }

    /// What a call that fails says.
    func failure(_ name: String, _ arguments: JSONValue = [:]) async -> Failure? {
        await #expect(throws: Failure.self) { _ = try await call(name, arguments) }
    }
}
