import MCPTool
import PipelineKit
import PipelineTesting
import Testing

/// What may stand under `mcp`.
struct MCPDeclarationTests {
    private let source = MCPTrial(in: Workspace(path: "/nowhere")).source

    @Test(
        arguments: [
            (["git": [:]], "git", "A server has either a 'command' or a 'url'."),
            (["git": ["command": ["a"], "url": "https://b"]], "git", "A server has either a 'command' or a 'url'."),
            (
                ["git": ["command": []]], "git.command",
                "Field 'git.command' must begin with a program: [uvx, mcp-server-git]."
            ),
            (["git": ["command": "uvx"]], "git.command", "Field 'git.command' must be a list, but is \"uvx\"."),
            (
                ["git": ["url": "ftp://x"]], "git.url",
                "Field 'git.url' must begin with 'https://' or 'http://', but is \"ftp://x\"."
            ),
            (
                ["git": ["command": ["a"], "headers": ["X": "y"]]], "git.headers",
                "Field 'git.headers' are sent to a 'url', and this is a 'command'."
            ),
            (
                ["git": ["url": "http://x", "env": ["X": "y"]]], "git.env",
                "Field 'git.env' is given to a 'command', and this is a 'url'."
            ),
            (
                ["git": ["command": ["a"], "env": ["A-B": "y"]]], "git.env",
                "Field 'git.env' must have names of variables as its keys, but has 'A-B'."
            ),
            (
                ["git": ["command": ["a"], "env": ["A": "stored:Big"]]], "git.env.A",
                "Field 'git.env.A' must name a stored key: up to 64 lower-case letters, digits, '-', '_' and '.', in parts with '/' between them, such as 'anthropic/work'."
            ),
            (
                ["git": ["url": "http://x", "headers": ["Mcp-Session-Id": "y"]]], "git.headers",
                "Field 'git.headers' cannot have 'Mcp-Session-Id'."
            ),
            (
                ["git": ["command": ["a"], "reach": []]], "git.reach",
                "Field 'git.reach' must name something, but is empty."
            ),
            (
                ["git": ["command": ["a"], "timeout": "0s"]], "git.timeout",
                "Field 'git.timeout' must be more than nothing."
            ),
            (
                ["git": ["command": ["a"], "protocol": "2025"]], "git.protocol",
                "Field 'git.protocol' must be one of auto, 2025-11-25, 2026-07-28, but is \"2025\"."
            ),
            (
                ["git": ["command": ["a"], "comand": 1]], "git.comand",
                "Unknown field 'comand'. Did you mean 'command'?"
            ),
            (
                ["my__git": ["command": ["a"]]], "my__git",
                "'my__git' cannot be the name of a server: letters, digits, '_' and '-', 32 of them at most, no '__' in it and no '_' at its end, as its tools are called 'NAME__TOOL'."
            ),
            (
                ["g t": ["command": ["a"]]], "g t",
                "'g t' cannot be the name of a server: letters, digits, '_' and '-', 32 of them at most, no '__' in it and no '_' at its end, as its tools are called 'NAME__TOOL'."
            ),
            ([1], "", "The value must be a mapping, but is a list."),
        ] as [(JSONValue, String, String)]
    )
    func whatIsWrongIsToldAtItsPlace(declared: JSONValue, place: String, message: String) {
        let found = source.modules(of: declared, in: nil)
        #expect(found.problems.map(\.path.description) == [place])
        #expect(found.problems.map(\.message) == [message])
        #expect(found.shelves.isEmpty)
    }

    @Test(
        arguments: [
            (["command": ["a"]], [.reads, .writes, .runs, .network]),
            (["command": ["a"], "confined": false], [.reads, .writes, .runs, .network, .outside]),
            (["url": "https://a/mcp"], [.network, .outside]),
            (["command": ["a"], "reach": ["reads"]], [.reads]),
        ] as [(JSONValue, Set<Reach>)]
    )
    func whatIsReachedDependsOnTheKindOfServer(declared: JSONValue, reach: Set<Reach>) {
        let found = source.modules(of: ["git": declared], in: nil)
        #expect(found.problems == [])
        #expect(found.shelves.map(\.thing.prefix) == ["git__"])
        #expect(found.shelves.map(\.thing.reach) == [reach])
        #expect(found.shelves.map(\.path.description) == ["git"])
    }

    @Test func aSecretThatIsNotThereIsAskedFor() async throws {
        try await MCPTrial.with { trial in
            let error = await #expect(throws: Failure.self) {
                _ = try await trial.tools(MCPTrial.fake(more: ["env": ["TOKEN": "env:MY_TOKEN"]]))
            }
            let message =
                "MCP server 'fake' needs a value for the variable 'TOKEN': set the environment variable MY_TOKEN."
            #expect(error == Failure(.missing, message))
        }
    }

    @Test func theKeyIsDescribedForEditors() {
        guard case .mapping(.group(let fields)) = source.schema else {
            Issue.record("\(source.schema)")
            return
        }
        #expect(
            fields.map(\.name) == [
                "command", "url", "env", "headers", "timeout", "start_timeout", "reach", "confined", "tools",
                "protocol",
                "trust_annotations",
            ]
        )
    }
}
