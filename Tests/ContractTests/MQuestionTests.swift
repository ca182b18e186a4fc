import Foundation
import HTTPKit
import MContract
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// What people are shown with the question of an agent, and what becomes of the words that they answer.
@Suite(.timeLimit(.minutes(5)))
struct MQuestionTests {
    /// Asks for an agent, without waiting.
    private func ask(_ run: String, _ type: String, _ tool: String, _ bench: ContractBench, _ payload: JSONValue? = nil)
        async throws -> JSONValue
    {
        let asked: [String: JSONValue] = ["run_id": .string(run), "type": .string(type), "tool": .string(tool)]
        let about = payload.map { JSONValue.string($0.jsonText) }
        let made = try await bench.client.post(
            "/api/approvals",
            .object(asked.merging(about.map { ["payload": $0] } ?? [:]) { $1 })
        )
        #expect(made.status == .created, "\(made.bodyText)")
        return try made.json()
    }

    /// The words that a person has said, each in its place.
    @Test(
        arguments: [
            ("approval", ["approved": true, "reason": "ok", "response": "resp"], ["message": "ok\nresp"]),
            ("approval", ["approved": true, "response": "resp"], ["message": "resp"]),
            ("approval", ["approved": false, "reason": "no", "response": "resp"], ["message": "no\nresp"]),
            ("input", ["approved": true, "reason": "ok", "response": "resp"], ["message": "ok", "response": "resp"]),
            ("input", ["approved": true, "reason": "ok"], ["response": "ok"]),
            ("input", ["approved": false, "reason": "no"], ["message": "no"]),
        ] as [(String, JSONValue, [String: JSONValue])]
    )
    func noWordIsLost(type: String, answer: JSONValue, told: [String: JSONValue]) async throws {
        try await ContractBench.servingM("hang") { bench in
            let run = try await bench.ordered()
            let question = try #require(try await ask(run, type, "Ask", bench)["id"]?.text)
            let response = try await bench.client.post("/api/approvals/\(question)/resolve", answer)
            let details = try response.json().members.filter { ["decision", "message", "response"].contains($0.key) }
            let decision: JSONValue = answer["approved"] == true ? "allow" : "block"
            #expect(details == told.merging(["decision": decision]) { $1 })
            _ = try await bench.client.post("/api/runs/\(run)/cancel")
            let given = try await bench.frames(of: run).compactMap { $0["event"] }.filter {
                $0["type"] == "input_received"
            }
            #expect(given.map { $0["data"]?["text"] } == told["response"].map { [$0] } ?? [])
        }
    }

    /// It asks through the run, with a form; here it is a question like any other.
    @Test func whatAStepAsksIsAllowedWithYes() async throws {
        try await ContractBench.servingM("work", pipeline: "parts") { bench in
            let run = try await bench.ordered()
            let question = try await bench.asked(by: run)
            #expect(try await bench.json("/api/runs/\(run)")["state"] == "waiting_approval")
            let pending = try await bench.json("/api/approvals/pending").elements
            #expect(pending.map { $0["id"]?.text } == [question])
            #expect(pending.first?["type"] == "generic")
            #expect(pending.first?["payload"]?["message"]?.text?.contains("Let the model call write?") == true)
            let words = try await bench.client.post("/api/runs/\(run)/input", ["text": "no"])
            #expect(try refusal(words) == "409 invalid_state run is not waiting for input")
            let answer = try await bench.client.post("/api/approvals/\(question)/resolve", ["approved": true])
            #expect(try answer.json()["decision"] == "allow")
            let events = try await bench.frames(of: run).compactMap { $0["event"] }
            #expect(events.first { $0["type"] == "approval_resolved" }?["data"]?["approved"] == true)
            #expect(events.last?["type"] == "run_completed")
        }
    }

    @Test func anAnswerInWordsNeedsSome() async throws {
        try await ContractBench.servingM("hang") { bench in
            let run = try await bench.ordered()
            let question = try #require(try await ask(run, "input", "Ask", bench)["id"]?.text)
            let wrong = try await bench.client.post("/api/approvals/\(question)/resolve", ["approved": true])
            #expect(try refusal(wrong) == "400 invalid_input response is required")
            #expect(try await bench.json("/api/approvals/\(question)")["state"] == "pending")
            _ = try await bench.client.post("/api/runs/\(run)/cancel")
        }
    }

    /// Also where no view of its own shows what it is used with.
    @Test func aQuestionSaysWhatItIsAbout() async throws {
        try await ContractBench.servingM("hang") { bench in
            let run = try await bench.ordered()
            let long = String(repeating: "x", count: 2_000)
            let calls: [(tool: String, payload: JSONValue, shown: String)] = [
                (
                    "WebFetch", ["url": "https://evil.example/x"],
                    #"May the agent use WebFetch? {"url":"https://evil.example/x"}"#
                ),
                ("mcp__db__drop", ["table": "users"], #"May the agent use mcp__db__drop? {"table":"users"}"#),
                (
                    "Fetch", ["url": .string(long)],
                    "May the agent use Fetch? {\"url\":\"\(String(repeating: "x", count: 992))…\n{\"url\":\"\(long)\"}"
                ),
            ]
            for call in calls {
                let made = try await ask(run, "approval", call.tool, bench, call.payload)
                #expect(made["payload"] == ["message": .string(call.shown)])
                let id = try #require(made["id"]?.text)
                #expect(try await bench.json("/api/approvals/\(id)")["payload"]?["message"]?.text == call.shown)
            }
            _ = try await bench.client.post("/api/runs/\(run)/cancel")
        }
    }

    /// Agents name files by whole paths; what is there is shown as what goes.
    @Test func aFileThatIsOverwrittenIsShownAsOne() async throws {
        try await ContractBench.servingM("work") { bench in
            let run = try await bench.ordered()
            let own = try await bench.asked(by: run)
            let place = try #require(try await bench.services.runs.state(of: RunID(run)).workspace?.path)
            try "1\n2\n".write(toFile: "\(place)/a.py", atomically: true, encoding: .utf8)
            let payload: JSONValue = ["file_path": .string("\(place)/a.py"), "content": "1\n"]
            let made = try await ask(run, "approval", "Write", bench, payload)
            let file = try #require(made["payload"]?["files"]?.elements.first)
            #expect(file == ["path": "a.py", "additions": 0, "deletions": 1, "content": "@@ -1,2 +1 @@\n 1\n-2\n"])
            let question = try #require(made["id"]?.text)
            let path = "/api/approvals/\(question)"
            #expect(try await bench.client.post("\(path)/resolve", ["approved": true]).status == .ok)
            let later = try await bench.json(path)["payload"]?["diff"]?.text
            let unknown = "What it holds now is not shown: The question is not open any more."
            #expect(later == "--- a/a.py\n+++ b/a.py\n\(unknown)\n+1\n")
            #expect(try await bench.client.post("/api/approvals/\(own)/resolve", ["approved": true]).status == .ok)
        }
    }
}
