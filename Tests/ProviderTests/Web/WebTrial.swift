import PipelineKit
import ProviderKit
import Testing
import WebTool

/// Calls of the tools of the web, over real sockets.
struct WebTrial {
    let server: ModelServer

    init() throws { server = try #require(ModelServer.current) }

    static let noon = Instant(milliseconds: 1_795_348_800_000)  // 2026-11-22T12:00:00Z

    var place: String { "127.0.0.1:\(server.port)" }

    func context(key: String? = nil) -> ToolContext {
        ToolContext(
            workspace: Workspace(path: "/nowhere"),
            transport: CurlTransport(),
            secrets: { _ in key },
            now: { Self.noon }
        )
    }

    /// Reads a page of the server, which may be asked although it is on this machine.
    func fetch(_ path: String, _ more: JSONValue = [:], with settings: JSONValue = [:]) async throws -> ToolOutput {
        let hosts: JSONValue = [
            "hosts": [.string(place), .string("localhost:\(server.port)")],
            "allow_private": [.string(place)], "timeout": "5m",
        ]
        return try await fetch(url: server.url(path), more, with: hosts.merged(with: settings))
    }

    func fetch(url: String, _ more: JSONValue = [:], with settings: JSONValue) async throws -> ToolOutput {
        var registry = Registry()
        registry.add(WebFetchTool.self)
        let tool = try #require(registry.tools["web_fetch"]).make(settings)
        return try await tool.call(JSONValue.object(["url": .string(url)]).merged(with: more), context())
    }

    func search(_ query: String, _ more: JSONValue = [:], key: String? = nil, with settings: JSONValue) async throws
        -> ToolOutput
    {
        var registry = Registry()
        registry.add(WebSearchTool.self)
        let patient: JSONValue = ["allow_private": true, "timeout": "5m"]
        let tool = try #require(registry.tools["web_search"]).make(patient.merged(with: settings))
        return try await tool.call(JSONValue.object(["query": .string(query)]).merged(with: more), context(key: key))
    }

    /// What a call fails with.
    func failure(_ call: () async throws -> ToolOutput) async -> Failure? {
        do {
            let output = try await call()
            Issue.record("It gave: \(output.text)")
            return nil
        } catch {
            return error as? Failure
        }
    }
}

extension JSONValue {
    fileprivate func merged(with other: JSONValue) -> JSONValue {
        .object(members.merging(other.members) { $1 })
    }
}

extension Trait where Self == ModelServerTrait {
    static var webServer: Self { ModelServerTrait(script: "web_server.py") }
}
