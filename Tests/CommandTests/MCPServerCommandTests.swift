import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// `sluice mcp`, driven by the official Python client and by hand.
struct MCPServerCommandTests {
    private static let python = "\(Bench.package)/.venv-mcp/bin/python3"
    private static let client = "\(Bench.package)/Tests/Fixtures/Clients/mcp_client.py"

    private func withWork(_ body: (Bench) async throws -> Void) async throws {
        try #require(FileManager.default.isExecutableFile(atPath: Self.python), "Run 'make mcp' first.")
        try await withBench { bench in
            try bench.write(
                """
                name: work
                model: scripted/script.json
                goal: { gate: command, with: { command: "test -e made" } }
                tools: { allow: [file_list], ask: [file_write] }
                limits: { iterations: 1 }

                """,
                to: "project/work.yaml"
            )
            try bench.write(
                """
                {"replies": [
                  {"calls": [{"tool": "file_write", "arguments": {"path": "made", "content": "x\\n"}}]}, {"text": "Done."}
                ]}
                """,
                to: "project/script.json"
            )
            try await body(bench)
        }
    }

    /// What the client prints for these steps.
    private func drive(_ bench: Bench, _ mode: String, _ answer: String, _ steps: [JSONValue], _ options: [String] = [])
        async throws -> [JSONValue]
    {
        let errors = "\(bench.root)/client.stderr"
        let words = [Self.python, Self.client, mode, answer, Bench.sluice, "mcp"] + options
        let running = try Running(words, bench.environment, in: bench.project, errors: errors)
        for step in steps { try running.write(step.jsonText + "\n") }
        try running.endInput()
        let ended = await running.ended()
        try #require(ended.status == 0, "\(ended)")
        return try ended.lines.map { try JSONValue(parsing: Array($0.utf8)) }
    }

    private static let steps: [JSONValue] = [
        ["tool": "start_run", "arguments": ["pipeline": "work.yaml", "id": "r1"]],
        ["tool": "watch_run", "arguments": ["run": "r1", "wait_seconds": 60, "limit": 200], "progress": true],
        ["tool": "answer_question", "arguments": ["run": "r1", "question": "a1"]],
        ["tool": "watch_run", "arguments": ["run": "r1", "after": 10, "wait_seconds": 60, "limit": 200]],
        ["tool": "read_run", "arguments": ["run": "r1"]],
        ["tool": "read_diff", "arguments": ["run": "r1"]],
        ["tool": "cancel_run", "arguments": ["run": "r1"]],
    ]

    @Test(arguments: [("legacy", "2025-11-25"), ("auto", "2026-07-28"), ("2026-07-28", "2026-07-28")])
    func theOfficialClientRunsAPipelineAndItsPersonAnswers(mode: String, revision: String) async throws {
        try await withWork { bench in
            var said = try await drive(bench, mode, "approve", Self.steps)[...]
            #expect(said.popFirst()?["protocol"] == .string(revision))
            #expect(said.popFirst()?["strict"] == true, "no tool takes an argument that it does not know")
            #expect(said.popFirst()?["value"]?["status"] == "running")
            let watched = said.popFirst()
            #expect(watched?["value"]?["questions"] == ["a1"], "\(String(describing: watched))")
            #expect(watched?["progress"]?.elements.last == "approval.requested")
            let asked = said.popFirst()?["asked"]?.text
            #expect(asked?.contains(#"Let the model call file_write? {"content":"x\n","path":"made"}"#) == true)
            #expect(said.popFirst()?["is_error"] == false)
            #expect(said.popFirst()?["value"]?["status"] == "achieved")
            let read = said.popFirst()?["value"]
            #expect(read?["changes"]?["files"] == [["kind": "added", "path": "made"]])
            #expect(said.popFirst()?["texts"]?.elements.first?.text?.contains("+x\n") == true)
            let last = said.popFirst()
            #expect(last?["is_error"] == true)
            #expect(last?["texts"] == ["The run has ended already: achieved."])
            let events = try await bench.events(of: "r1")
            let answers = events.compactMap { event in
                if case .approvalResolved(_, let resolution) = event.payload { resolution } else { nil }
            }
            #expect(answers.map(\.by) == ["ada in MCP client 'mcp'"])
            #expect(answers.map(\.message) == ["said in a form"])
        }
    }

    @Test func aClientWithoutFormsLeavesTheAnswerToATerminal() async throws {
        try await withWork { bench in
            let said = try await drive(bench, "auto", "nobody", Array(Self.steps[..<3]))
            #expect(said.last?["is_error"] == true)
            #expect(said.last?["texts"]?.elements.first?.text?.hasSuffix("sluice approve r1 a1") == true)
            #expect(bench.read("project/made") == nil)
            #expect(try await bench.sluice("approve", "r1", "a1", "--resume", in: bench.project).status == 0)
            #expect(bench.read("project/made") == "x\n")
        }
    }

    @Test func readOnlyIsReadOnly() async throws {
        try await withWork { bench in
            let said = try await drive(bench, "auto", "approve", [Self.steps[0]], ["--read-only"])
            #expect(said[1]["tools"]?.elements.contains("start_run") == false)
            #expect(said.last?["error"]?.text?.contains("There is no tool 'start_run'.") == true)
            #expect(try await bench.events(of: "r1") == [])
        }
    }

    /// Requests as a client writes them, one a line.
    private static func line(_ number: Int, _ tool: String, _ arguments: JSONValue) -> String {
        let meta: JSONValue = [
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": [:],
        ]
        let params: JSONValue = ["name": .string(tool), "arguments": arguments, "_meta": meta]
        let request: JSONValue = ["jsonrpc": "2.0", "id": .int(number), "method": "tools/call", "params": params]
        return request.jsonText + "\n"
    }

    @Test func theEndOfInputStopsTheWorkAndLosesNoRun() async throws {
        try await withWork { bench in
            try bench.write(
                """
                name: slow
                model: scripted/script.json
                goal: { gate: command, with: { command: "if test -e slow; then sleep 300; fi; test -e made" } }
                tools: { allow: [file_write] }
                limits: { iterations: 1 }

                """,
                to: "project/slow.yaml"
            )
            try bench.write("", to: "project/slow")
            let server = try bench.start(["mcp"], in: bench.project)
            try server.write(Self.line(1, "start_run", ["pipeline": "slow.yaml", "id": "r1"]))
            await server.wait(for: "\"id\":1")
            let after = #"{"run":"r1","after":2,"limit":1,"wait_seconds":60}"#
            try server.write(Self.line(2, "watch_run", try JSONValue(parsing: Array(after.utf8))))
            let watched = await server.wait(for: "\"id\":2")
            #expect(watched?.contains("check.started") == true, "the check of the start hangs")
            try server.endInput()
            let ended = await server.ended()
            #expect(ended.status == 0)
            #expect(ended.lines.allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") }, "only messages: \(ended.output)")
            let events = try await bench.events(of: "r1")
            #expect(events.last?.payload.isEnd == false, "nothing is recorded about the end")
            try FileManager.default.removeItem(atPath: "\(bench.project)/slow")
            #expect(try await bench.sluice("resume", "r1", in: bench.project).status == 0)
            #expect(bench.read("project/made") == "x\n")
        }
    }

    @Test func whoComesNextTakesUpWhatWasLeft() async throws {
        try await withWork { bench in
            let first = try bench.start(["mcp"], in: bench.project)
            try first.write(Self.line(1, "start_run", ["pipeline": "work.yaml", "id": "r1"]))
            await first.wait(for: "\"id\":1")
            try first.write(Self.line(2, "watch_run", ["run": "r1", "wait_seconds": 60, "limit": 200]))
            await first.wait(for: "\"id\":2")
            first.send(SIGKILL)
            _ = await first.ended()
            let approved = try await bench.sluice("approve", "r1", "a1")
            #expect(approved.status == 0, "\(approved)")
            let second = try bench.start(["mcp"], in: bench.project)
            try second.write(Self.line(3, "watch_run", ["run": "r1", "after": 10, "wait_seconds": 60, "limit": 200]))
            let seen = await second.wait(for: "\"id\":3")
            #expect(seen?.contains(#""status":"achieved""#) == true, "\(seen ?? "nothing")")
            try second.endInput()
            #expect(await second.ended().status == 0)
        }
    }

    @Test func runsThatWereStartedOtherwiseAreLeftAlone() async throws {
        try await withWork { bench in
            #expect(try await bench.sluice("run", "work.yaml", "--id", "r1", in: bench.project).status == 2)
            #expect(try await bench.sluice("approve", "r1", "a1", in: bench.project).status == 0)
            let server = try bench.start(["mcp"], in: bench.project)
            // Longer than a server that takes up what is left needs to find it.
            try server.write(Self.line(1, "watch_run", ["run": "r1", "after": 10, "wait_seconds": 5]))
            let seen = await server.wait(for: "\"id\":1")
            #expect(seen?.contains(#""events":[]"#) == true, "\(seen ?? "nothing")")
            try server.endInput()
            #expect(await server.ended().status == 0)
            #expect(bench.read("project/made") == nil)
        }
    }

    @Test func aDirectoryThatIsNotThereIsSaid() async throws {
        try await withBench { bench in
            let ended = try await bench.sluice("mcp", "--cwd", "nowhere")
            #expect(ended.status == 64)
            let words = "There is no directory '\(bench.root)/nowhere'. Give the project's directory with --cwd.\n"
            #expect(ended.errors == words)
            #expect(ended.output.isEmpty)
        }
    }
}

extension Event.Payload {
    fileprivate var isEnd: Bool {
        if case .runFinished = self { true } else { false }
    }
}
