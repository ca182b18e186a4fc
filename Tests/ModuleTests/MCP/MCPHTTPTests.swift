import Foundation
import MCPTool
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

/// Servers that are somewhere else.
struct MCPHTTPTests {
    private func with(
        _ path: String,
        _ more: [String: JSONValue] = [:],
        _ body: (MCPTrial, JSONValue, HTTPServerProgram) async throws -> Void
    ) async throws {
        let script = MCPTrial.tests.appending(path: "Fixtures/Servers/mcp_http_server.py").path
        let server = try await HTTPServerProgram.start("/usr/bin/python3", [script])
        try await MCPTrial.with(secrets: ["env:TOKEN": "hush"]) { trial in
            let declared: JSONValue = .object(more.merging(["url": .string(server.url(path))]) { $1 })
            try await body(trial, ["far": declared], server)
        }
    }

    private func trouble(_ path: String) async throws -> Failure? {
        var failure: Failure?
        try await with(path) { trial, declared, _ in
            failure = await #expect(throws: Failure.self) { _ = try await trial.tools(declared) }
        }
        return failure
    }

    @Test func aSessionIsBegunUsedAndEnded() async throws {
        try await with("/") { trial, declared, server in
            do {
                let tools = try await trial.tools(declared)
                #expect(tools.names == ["far__echo", "far__hang"])
                #expect(try await tools.call("far__echo", ["text": "hé"]) == ToolOutput("hé"))
            }
            let deadline = ContinuousClock.now + .seconds(60)
            var log = try await server.get("/log")
            while !log.contains("DELETE"), ContinuousClock.now < deadline { log = try await server.get("/log") }
            #expect(
                log == """
                    POST server/discover mcp-protocol-version=2026-07-28
                    POST initialize
                    POST notifications/initialized mcp-session-id=s1 mcp-protocol-version=2025-11-25
                    POST tools/list mcp-session-id=s1 mcp-protocol-version=2025-11-25
                    POST tools/call mcp-session-id=s1 mcp-protocol-version=2025-11-25
                    DELETE end mcp-session-id=s1 mcp-protocol-version=2025-11-25
                    """
            )
        }
    }

    @Test func aStreamBringsNewsAndQuestionsBeforeTheAnswer() async throws {
        try await with("/stream") { trial, declared, server in
            let tools = try await trial.tools(declared)
            let news = Mutex<[String]>([])
            let output = try await tools.call(
                "far__echo",
                ["text": "a"],
                progress: { piece in news.withLock { $0.append(piece) } }
            )
            #expect(output.text == "a")
            #expect(news.withLock(\.self) == ["1\n"])
            let deadline = ContinuousClock.now + .seconds(60)
            var log = try await server.get("/log")
            while !log.contains("roots"), ContinuousClock.now < deadline { log = try await server.get("/log") }
            #expect(log.contains(#"{"roots": [{"name": "workspace", "uri": "file://\#(trial.workspace.path)"}]}"#))
        }
    }

    @Test func aStreamThatBreaksIsTakenUpWhereItBroke() async throws {
        try await with("/broken") { trial, declared, server in
            let tools = try await trial.tools(declared)
            #expect(try await tools.call("far__echo").text == "taken up again")
            let log = try await server.get("/log")
            #expect(
                log.split(separator: "\n").filter { $0.hasPrefix("GET") }.map { $0.split(separator: "=").last ?? "" }
                    == ["4-0", "4-1"]
            )
        }
    }

    @Test func aStreamThatIsLostIsTold() async throws {
        try await with("/lost") { trial, declared, _ in
            let tools = try await trial.tools(declared)
            #expect(
                await tools.failure("far__echo")
                    == Failure(
                        .unavailable,
                        """
                        MCP server 'far' did not answer 'echo'. Its stream of events ended before the answer came. It may have done \
                        what was asked, which is not repeated.
                        """
                    )
            )
        }
    }

    @Test func aSessionThatIsForgottenIsBegunAnew() async throws {
        try await with("/") { trial, declared, server in
            let tools = try await trial.tools(declared)
            _ = try await tools.call("far__echo", ["text": "a", "forget": true])
            #expect(try await tools.call("far__echo", ["text": "b"]).text == "b")
            #expect(try await server.get("/log").contains("POST tools/call mcp-session-id=s2"))
        }
    }

    @Test func aCallThatIsNotAnsweredIsGivenUpAndToldToTheServer() async throws {
        try await with("/", ["timeout": "300ms"]) { trial, declared, server in
            let tools = try await trial.tools(declared)
            #expect(
                await tools.failure("far__hang")?.message == """
                    MCP server 'far' did not answer 'hang' within 300ms. It may have done what was asked, which is not repeated. \
                    Raise 'timeout' of the server if it needs longer.
                    """
            )
            let deadline = ContinuousClock.now + .seconds(60)
            var log = try await server.get("/log")
            while !log.contains("cancelled"), ContinuousClock.now < deadline { log = try await server.get("/log") }
            #expect(log.contains("POST notifications/cancelled mcp-session-id=s1"))
        }
    }

    @Test func aKeyIsSentAsAHeader() async throws {
        try await with("/closed", ["headers": ["Authorization": "Bearer env:TOKEN"]]) { trial, declared, _ in
            let output = try await trial.tools(declared).call("far__echo", ["text": "a"])
            #expect(output.text == "a")
        }
    }

    @Test func whatIsNotThereIsTold() async throws {
        #expect(
            try await trouble("/closed")
                == Failure(
                    .denied,
                    """
                    MCP server 'far' does not let this program in (HTTP 401). Give its key among the 'headers' of the server, such as \
                    'Authorization: Bearer env:TOKEN'; signing in by OAuth is not spoken here.
                    """
                )
        )
        #expect(
            try await trouble("/moved")?.message == """
                MCP server 'far' has moved to "https://elsewhere.example/mcp". Give that as its 'url' if you trust it.
                """
        )
        #expect(
            try await trouble("/sick")?.message == """
                MCP server 'far' did not answer 'server/discover'. It answered with HTTP 503: <h1>Down</h1>.
                """
        )
        #expect(
            try await trouble("/html")?.message == """
                MCP server 'far' did not answer 'server/discover'. It sent <h1>Sign in</h1> as 'text/html', which is no answer.
                """
        )
        try await MCPTrial.with { trial in
            let failure = await #expect(throws: Failure.self) {
                _ = try await trial.tools(["far": ["url": "http://127.0.0.1:1/mcp"]])
            }
            #expect(failure?.message.hasPrefix("MCP server 'far' did not answer 'server/discover'. ") == true)
            #expect(failure?.kind == .unavailable)
        }
    }
}
