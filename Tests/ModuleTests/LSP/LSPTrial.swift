import Foundation
import LSPTool
import PipelineKit
import PipelineTesting
import Testing

/// The tool as a run has it, in a workspace with some files.
struct LSPTrial {
    let workspace: Workspace
    let tool: ConfiguredTool

    static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let server = tests.appending(path: "Fixtures/Servers/language_server.py").path

    /// The settings for the server that can do everything wrong, as `fake`.
    static func fake(_ words: String..., more: [String: JSONValue] = [:]) -> JSONValue { fake(words, more: more) }

    static func fake(_ words: [String], more: [String: JSONValue] = [:]) -> JSONValue {
        let command = (["/usr/bin/python3", server] + words).map(JSONValue.string)
        let server: [String: JSONValue] = ["command": .array(command), "files": ["txt": "text"]]
        return ["servers": ["fake": .object(server.merging(more) { $1 })]]
    }

    init(_ settings: JSONValue, in workspace: Workspace) throws {
        var registry = Registry()
        registry.add(LSPQueryTool.self)
        self.workspace = workspace
        tool = try #require(registry.tools["lsp_query"]).make(settings)
    }

    static func with(
        _ files: [String: String] = [:],
        _ settings: JSONValue = LSPTrial.fake(),
        _ body: (LSPTrial) async throws -> Void
    ) async throws {
        try await withTemporaryWorkspace(files) { try await body(LSPTrial(settings, in: $0)) }
    }

    /// What the server answers.
    func ask(_ query: String, _ path: String? = nil, _ more: [String: JSONValue] = [:]) async throws -> String {
        var arguments = more
        arguments["query"] = .string(query)
        arguments["path"] = path.map(JSONValue.string)
        return try await tool.call(.object(arguments), ToolContext(workspace: workspace)).text
    }

    /// Why there is no answer.
    func failure(_ query: String, _ path: String? = nil, _ more: [String: JSONValue] = [:]) async -> Failure? {
        await #expect(throws: Failure.self) { _ = try await ask(query, path, more) }
    }

    func write(_ path: String, _ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(workspace.path)/\(path)"))
    }

    func read(_ path: String) throws -> String {
        try String(contentsOf: URL(filePath: "\(workspace.path)/\(path)"), encoding: .utf8)
    }
}
