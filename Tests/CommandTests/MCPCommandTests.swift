import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// Runs whose model has the tools of MCP servers.
struct MCPCommandTests {
    private static let fixtures = "\(Bench.package)/Tests/Fixtures/Servers"

    private func events(_ bench: Bench, _ type: String) async throws -> [JSONValue] {
        let lines = try await bench.sluice("events", "r1", "--json").lines
        return lines.compactMap { try? JSONValue(parsing: Array($0.utf8)) }.filter { $0["type"]?.text == type }
            .compactMap { $0["body"] }
    }

    /// The server of git in the sandbox, which a person is asked about.
    private func withGit(_ body: (Bench) async throws -> Void) async throws {
        let environment = "\(Bench.package)/.venv-mcp"
        let program = "\(environment)/bin/mcp-server-git"
        try #require(FileManager.default.isExecutableFile(atPath: program), "There is no '\(program)': run 'make mcp'.")
        try await withBench { bench in
            try bench.write("1\n", to: "project/a.txt")
            try await bench.run("git", "-C", "project", "init", "-q")
            try await bench.run("git", "-C", "project", "add", "a.txt")
            let pipeline = """
                name: with-git
                model: scripted/script.json
                goal: { gate: command, with: { command: "test -e made" } }
                mcp:
                  git: { command: [\(program)], start_timeout: 5m, timeout: 5m }
                tools: { allow: [file_write], ask: ["git__*"] }
                limits: { iterations: 1 }
                workspace: { sandbox: required, readable: [\(environment)] }

                """
            let script = """
                {"replies": [
                  {"calls": [{"tool": "git__git_status", "arguments": {"repo_path": "."}}]},
                  {"expect": "new file:   a.txt", "calls": [{"tool": "file_write", "arguments": {"path": "made", "content": ""}}]},
                  {"text": "Done."}
                ]}
                """
            try bench.write(pipeline, to: "with-git.yaml")
            try bench.write(script, to: "script.json")
            try await body(bench)
        }
    }

    @Test func aCallOfAServersToolIsAskedAboutMadeAndRecorded() async throws {
        try await withGit { bench in
            #expect(try await bench.sluice("lint", "with-git.yaml").output == "with-git.yaml: no mistakes.\n")
            let waiting = try await bench.sluice("run", "with-git.yaml", "--cwd", "project", "--id", "r1")
            #expect(waiting.status == 2, "\(waiting)")
            #expect(waiting.output.contains("git__git_status"))
            #expect(try await events(bench, "tool_call.started") == [])
            #expect(try await bench.sluice("approve", "r1", "a1").status == 0)
            let resumed = try await bench.sluice("resume", "r1")
            #expect(resumed.status == 0, "\(resumed)")
            let proposed = try #require(await events(bench, "tool_call.proposed").first)
            #expect(proposed["tool"] == "git__git_status")
            #expect(proposed["reach"] == ["network", "reads", "runs", "writes"])
            let text = try #require(await events(bench, "tool_call.finished").first?["text"]?.text)
            #expect(text.hasPrefix("Repository status:"))
            #expect(text.contains("new file:   a.txt"))
            #expect(try await bench.sluice("verify", "r1").status == 0)
        }
    }

    /// A pipeline with 150 servers, each of which notes its start, and a rule that names one of them.
    private func writeMany(_ bench: Bench) throws {
        let servers = (0..<150).map { number in
            """
              server\(number):
                command: [/usr/bin/python3, \(Self.fixtures)/mcp_server.py, --start-log, \(bench.root)/starts]
                confined: false
                start_timeout: 5m
            """
        }
        try bench.write(
            """
            name: many
            model: scripted/script.json
            goal: { gate: command, with: { command: "test -e made" } }
            mcp:
            \(servers.joined(separator: "\n"))
            tools: { allow: [file_write, server77__echo] }
            limits: { iterations: 1 }

            """,
            to: "many.yaml"
        )
        try bench.write(
            """
            {"replies": [
              {"calls": [{"tool": "server77__echo", "arguments": {"text": "one of many"}}]},
              {"calls": [{"tool": "file_write", "arguments": {"path": "made", "content": ""}}]}, {"text": "Done."}
            ]}
            """,
            to: "script.json"
        )
    }

    @Test func ofManyServersOnlyTheOneThatARuleNamesIsStarted() async throws {
        try await withBench { bench in
            try writeMany(bench)
            let linted = try await bench.sluice("lint", "many.yaml")
            #expect(linted.status == 0, "\(linted)")
            #expect(
                linted.errors.contains("No rule names a tool of this one and 148 others, so the model is told of none.")
            )
            #expect(bench.read("starts") == nil)
            let ran = try await bench.sluice("run", "many.yaml", "--cwd", "project", "--id", "r1")
            #expect(ran.status == 0, "\(ran)")
            #expect(try await events(bench, "tool_call.finished").first?["text"] == "one of many")
            let pids = (bench.read("starts") ?? "").split(separator: "\n").compactMap { Int32($0) }
            #expect(pids.count == 1)
            for pid in pids { #expect(kill(pid, 0) != 0, "The server ends with the run.") }
        }
    }

    @Test func aServerThatCannotBeHadEndsTheRunWithItsWords() async throws {
        try await withBench { bench in
            try bench.write(
                """
                name: broken
                model: scripted/script.json
                goal: { gate: command, with: { command: "test -e made" } }
                mcp:
                  notes: { command: [/bin/sh, -c, "echo 'no notes here' >&2; exit 4"] }
                tools: { allow: ["notes__*"] }

                """,
                to: "broken.yaml"
            )
            try bench.write(#"{"replies": [{"text": "Done."}]}"#, to: "script.json")
            let ran = try await bench.sluice("run", "broken.yaml", "--cwd", "project", "--id", "r1")
            #expect(ran.status != 0)
            #expect(
                try await events(bench, "run.finished").first?["reason"] == """
                    MCP server 'notes' did not answer 'initialize'. It ended. It exited with 4. The end of what it wrote to standard \
                    error:
                    no notes here
                    """
            )
        }
    }

    @Test func mistakesAreShownWhereTheyStand() async throws {
        try await withBench { bench in
            try bench.write(
                """
                name: wrong
                model: scripted/script.json
                goal: { gate: command, with: { command: "true" } }
                mcp:
                  notes:
                    command: [notes]
                    hedaers: {}
                tools: { allow: ["notes__*"] }

                """,
                to: "wrong.yaml"
            )
            let linted = try await bench.sluice("lint", "wrong.yaml")
            #expect(linted.status != 0)
            let said = linted.output + linted.errors
            #expect(said.contains("wrong.yaml:7:5: error: Unknown field 'hedaers'. Did you mean 'headers'?"), "\(said)")
        }
    }
}
