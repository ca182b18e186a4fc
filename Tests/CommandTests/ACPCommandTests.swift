import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// `sluice acp`, driven by the client of the protocol's official Python library.
struct ACPCommandTests {
    private static let python = "\(Bench.package)/.venv-acp/bin/python3"
    private static let client = "\(Bench.package)/Tests/Fixtures/Clients/acp_client.py"

    private func withWork(_ body: (Bench) async throws -> Void) async throws {
        try #require(FileManager.default.isExecutableFile(atPath: Self.python), "Run 'make acp' first.")
        try await withBench { bench in
            try bench.write(
                """
                name: work
                model: scripted/script.json
                goal: { gate: command, with: { command: "test -e made" } }
                tools: { allow: [todo], ask: [file_write] }
                limits: { iterations: 1 }

                """,
                to: "project/work.yaml"
            )
            try bench.write(
                """
                {"replies": [
                  {"text": "I shall make it.", "calls": [
                    {"tool": "todo", "arguments": {"items": [{"text": "Make it", "status": "in_progress"}]}},
                    {"tool": "file_write", "arguments": {"path": "made", "content": "new\\n"}}
                  ]},
                  {"text": "Done."}
                ]}
                """,
                to: "project/script.json"
            )
            try await body(bench)
        }
    }

    /// What the client prints for these steps.
    private func drive(_ bench: Bench, _ choice: String, _ steps: [JSONValue], _ options: [String] = work) async throws
        -> [JSONValue]
    {
        let errors = "\(bench.root)/client.stderr"
        let words = [Self.python, Self.client, choice, Bench.sluice, "acp"] + options
        let running = try Running(words, bench.environment, in: bench.project, errors: errors)
        for step in steps { try running.write(step.jsonText + "\n") }
        try running.endInput()
        let ended = await running.ended()
        try #require(ended.status == 0, "\(ended)")
        return try ended.lines.map { try JSONValue(parsing: Array($0.utf8)) }
    }

    private static let work = ["--pipeline", "work.yaml"]

    private func begin(_ bench: Bench) -> JSONValue { ["new": .string(bench.project)] }

    @Test func theOfficialClientHasAProjectWorkedOn() async throws {
        try await withWork { bench in
            let said = try await drive(bench, "allow_once", [begin(bench), ["prompt": "Make it."]])
            #expect(said.first?["protocol"] == 1)
            #expect(said.last?["stop"] == "end_turn")
            let updates = said.compactMap { $0["update"] }
            let texts = updates.filter { $0["sessionUpdate"] == "agent_message_chunk" }
                .compactMap { $0["content"]?["text"]?.text }
            let end = "\n\nRun achieved: 'test -e made' exited with 0.\n"
            #expect(texts.joined() == "I shall make it.Done.\(end)")
            let plan = updates.first { $0["sessionUpdate"] == "plan" }
            #expect(
                plan?["entries"] == [["content": "Make it", "priority": "medium", "status": "in_progress"]]
            )
            let asked = said.first { $0["asked"] != nil }
            #expect(asked?["options"] == ["allow_once", "allow_always", "reject_once"])
            let made = "\(bench.project)/made"
            #expect(
                asked?["asked"]?["content"]?.elements.first == [
                    "type": "diff", "path": .string(made), "newText": "new\n",
                ]
            )
            #expect(asked?["asked"]?["locations"] == [["path": .string(made)]])
            #expect(bench.read("project/made") == "new\n")
        }
    }

    @Test func aChangedFileIsShownBesideWhatItWas() async throws {
        try await withWork { bench in
            try bench.write(
                """
                {"replies": [
                  {"calls": [{"tool": "file_write", "arguments": {"path": "old", "content": "after\\n"}}]},
                  {"text": "Done."}
                ]}
                """,
                to: "project/script.json"
            )
            try bench.write("before\n", to: "project/old")
            let said = try await drive(bench, "reject_once", [begin(bench), ["prompt": "Change it."]])
            let asked = said.first { $0["asked"] != nil }?["asked"]
            #expect(asked?["content"]?.elements.first?["oldText"] == "before\n")
            #expect(bench.read("project/old") == "before\n")
            #expect(said.last?["stop"] == "end_turn")
        }
    }

    @Test func anotherProcessTakesTheSessionUp() async throws {
        try await withWork { bench in
            let first = try await drive(bench, "dismiss", [begin(bench), ["prompt": "Make it."]])
            #expect(first.last?["stop"] == "end_turn")
            let names = first.compactMap { $0["session"]?.text }
            let session = try #require(names.first)
            #expect(try await bench.sluice("show", session, "--json").output.contains(#""status":"waiting""#))
            let load: JSONValue = ["load": .string(session), "cwd": .string(bench.project)]
            let second = try await drive(bench, "allow_once", [load, ["prompt": "You may."]])
            let loaded = try #require(second.firstIndex { $0["loaded"] != nil })
            let told = second[..<loaded].compactMap { $0["update"] }
            #expect(told.first?["sessionUpdate"] == "user_message_chunk")
            #expect(told.first?["content"]?["text"] == "Make it.")
            #expect(second.last?["stop"] == "end_turn")
            #expect(bench.read("project/made") == "new\n")
            let said = try await bench.events(of: session).compactMap { event in
                if case .messageAdded(let text, _) = event.payload { text } else { nil }
            }
            #expect(said == ["You may."])
        }
    }

    @Test func aTurnIsCancelledAndTheSessionGoesOn() async throws {
        try await withWork { bench in
            let steps: [JSONValue] = [
                begin(bench), ["prompt": "Make it.", "cancel_on": "tool_call"], ["prompt": "Make it now."],
            ]
            let said = try await drive(bench, "allow_once", steps)
            #expect(said.compactMap { $0["stop"]?.text } == ["cancelled", "end_turn"])
            #expect(bench.read("project/made") == "new\n")
        }
    }

    @Test func whatIsMissingIsAnErrorOfThePrompt() async throws {
        try await withWork { bench in
            let said = try await drive(bench, "allow_once", [begin(bench), ["prompt": "Make it."]], [])
            #expect(said.last?["error"]?.text?.contains("model") == true, "\(String(describing: said.last))")
            let steps: [JSONValue] = [begin(bench), ["prompt": "Make it."]]
            let lost = try await drive(bench, "allow_once", steps, ["--pipeline", "no.yaml"])
            #expect(lost.last?["error"]?.text?.contains("no.yaml") == true)
        }
    }

    @Test func thePipelineForPromptsWorksAndIsJudged() async throws {
        try await withWork { bench in
            try bench.write(
                """
                {"replies": [
                  {"calls": [{"tool": "file_write", "arguments": {"path": "made", "content": "new\\n"}}]},
                  {"text": "I made it."}
                ]}
                """,
                to: "project/script.json"
            )
            let vote = #"{"replies": [{"text": "{\"reason\": \"It is there.\", \"solved\": true}"}]}"#
            try bench.write(vote, to: "project/judge.json")
            let options = ["--model", "scripted/script.json", "--judge", "scripted/judge.json"]
            let said = try await drive(bench, "allow_once", [begin(bench), ["prompt": "Make it."]], options)
            #expect(said.last?["stop"] == "end_turn", "\(said.last?.jsonText ?? "")")
            #expect(bench.read("project/made") == "new\n")
            let end = said.compactMap { $0["update"]?["content"]?["text"]?.text }.last
            #expect(
                end?.contains("Run achieved: Solved: 1 of 1 vote of scripted/judge.json say that it is solved.") == true
            )
        }
    }
}
