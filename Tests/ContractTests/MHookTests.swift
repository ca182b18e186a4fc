import Foundation
import HTTPKit
import MContract
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// The hook of an agent asks a person and waits, as long as it takes and however often it comes.
@Suite(.timeLimit(.minutes(5)))
struct MHookTests {
    private func body(_ run: String, _ more: [String: JSONValue] = [:]) -> JSONValue {
        .object(
            [
                "run_id": .string(run), "type": "approval", "tool": "Bash", "request_id": "k1",
                "payload": ["command": "make"],
            ].merging(more) { $1 }
        )
    }

    private static let question = #"May the agent use Bash? {"command":"make"}"#

    private func ask(_ bench: ContractBench, _ body: JSONValue) async throws -> HTTPResponse {
        try await bench.client.post("/api/internal/interaction-request", body)
    }

    private func answer(_ bench: ContractBench, _ question: String, _ body: JSONValue) async throws {
        let response = try await bench.client.post("/api/approvals/\(question)/resolve", body)
        #expect(response.status == .ok, "\(response.bodyText)")
    }

    @Test func itWaitsUntilAPersonHasAllowedIt() async throws {
        try await ContractBench.servingM("hang") { bench in
            let run = try await bench.ordered()
            async let first = ask(bench, body(run))
            let question = try await bench.asked(by: run)
            let shown = try #require(try await bench.json("/api/approvals/pending").elements.first)
            #expect((shown["type"], shown["tool"], shown["request_id"]) == ("command", "Bash", "k1"))
            #expect(shown["payload"] == ["message": .string(Self.question), "command": "make"])
            #expect(try await bench.json("/api/runs/\(run)")["state"] == "waiting_approval")
            async let second = ask(bench, body(run))
            try await answer(bench, question, ["approved": true])
            for response in [try await first, try await second] {
                // The second may have come when it was answered already.
                #expect([.ok, .conflict].contains(response.status))
                #expect(try response.json() == ["decision": "allow"])
            }
            #expect(try await first.status == .ok)
            let again = try await ask(bench, body(run))
            #expect((again.status, try again.json()) == (.conflict, ["decision": "allow"]))
            #expect(try await bench.json("/api/runs/\(run)")["state"] == "running")
            _ = try await bench.client.post("/api/runs/\(run)/cancel")
            let frames = try await bench.frames(of: run)
            #expect(frames.types.count { $0 == "approval_requested" } == 1)
        }
    }

    @Test func aNoIsToldWithItsReason() async throws {
        try await ContractBench.servingM("hang") { bench in
            let run = try await bench.ordered()
            async let response = ask(bench, body(run))
            let question = try await bench.asked(by: run)
            try await answer(bench, question, ["approved": false, "reason": "no thanks"])
            #expect(try await response.json() == ["decision": "block", "message": "no thanks"])
            _ = try await bench.client.post("/api/runs/\(run)/cancel")
        }
    }

    @Test(arguments: ["input", "resolve"])
    func wordsAreGivenToTheHook(by way: String) async throws {
        try await ContractBench.servingM("hang") { bench in
            let run = try await bench.ordered()
            let payload: JSONValue = [
                "questions": [["question": "Which colour?", "options": [["label": "red"], ["label": "blue"]]]]
            ]
            async let response = ask(
                bench,
                body(run, ["type": "input", "tool": "AskUserQuestion", "payload": payload])
            )
            let stream = try await bench.client.open("/api/runs/\(run)/events")
            let asked = try await stream.next { $0["event"]?["type"] == "input_requested" }
            await stream.leave()
            #expect(asked?["event"]?["data"] == ["question": "Which colour? (red, blue)"])
            #expect(try await bench.json("/api/runs/\(run)")["state"] == "waiting_input")
            if way == "input" {
                let given = try await bench.client.post("/api/runs/\(run)/input", ["text": "blue"])
                #expect(given.status == .ok)
            } else {
                let open = try await bench.json("/api/approvals?run_id=\(run)&state=pending").elements
                let question = try #require(open.first?["id"]?.text)
                try await answer(bench, question, ["approved": true, "response": "blue"])
            }
            #expect(try await response.json() == ["decision": "allow", "response": "blue"])
            _ = try await bench.client.post("/api/runs/\(run)/cancel")
        }
    }

    @Test func theEndOfTheRunIsANo() async throws {
        try await ContractBench.servingM("hang") { bench in
            let run = try await bench.ordered()
            async let response = ask(bench, body(run))
            _ = try await bench.asked(by: run)
            _ = try await bench.client.post("/api/runs/\(run)/cancel")
            let block: JSONValue = ["decision": "block", "message": "The run has ended: aborted."]
            #expect(try await response.json() == block)
            #expect(try await response.status == .ok)
            let again = try await ask(bench, body(run))
            #expect((again.status, try again.json()) == (.conflict, block))
            let other = try await ask(bench, body(run, ["request_id": "k2"]))
            #expect(try refusal(other) == "409 invalid_state run is not in an active state")
            let types = try await bench.frames(of: run).types
            #expect(types.suffix(2) == ["approval_resolved", "run_cancelled"])
        }
    }

    @Test func whoWaitsTooLongIsToldToComeAgain() async throws {
        try await ContractBench.servingM("hang", patience: .milliseconds(50)) { bench in
            let run = try await bench.ordered()
            let response = try await ask(bench, body(run))
            #expect(try refusal(response) == "504 timeout Nobody has answered within 50ms; ask again.")
            let question = try #require(try await bench.json("/api/approvals/pending").elements.first?["id"]?.text)
            try await answer(bench, question, ["approved": true])
            let again = try await ask(bench, body(run))
            #expect((again.status, try again.json()) == (.conflict, ["decision": "allow"]))
            _ = try await bench.client.post("/api/runs/\(run)/cancel")
        }
    }

    /// The id in the field stands before that in the body.
    @Test func theIdMayStandInAField() async throws {
        try await ContractBench.servingM("hang") { bench in
            let run = try await bench.ordered()
            async let response = bench.client.send(
                .post,
                "/api/internal/interaction-request",
                headers: ["content-type": "application/json", "x-m-request-id": "f1", "x-m-hook-version": "1"],
                body: body(run).encoded()
            )
            _ = try await bench.asked(by: run)
            #expect(try await bench.json("/api/approvals/pending").elements.first?["request_id"] == "f1")
            _ = try await bench.client.post("/api/runs/\(run)/cancel")
            _ = try await response
        }
    }

    @Test func whatIsNoQuestionIsTold() async throws {
        try await ContractBench.servingM("hang") { bench in
            let run = try await bench.ordered()
            let wrong: [(JSONValue, String)] = [
                ([:], "400 invalid_input run_id is required"),
                (["run_id": .string(run)], "400 invalid_input type is required"),
                (["run_id": .string(run), "type": "approval"], "400 invalid_input tool is required"),
                (
                    ["run_id": .string(run), "type": "approval", "tool": "Bash"],
                    "400 invalid_input request_id is required"
                ),
                (
                    body(run, ["type": "order"]),
                    "400 invalid_input Field 'type' must be one of approval, input, but is \"order\"."
                ),
                (body("x"), "404 not_found run not found"),
            ]
            for (body, message) in wrong {
                let told = try refusal(await ask(bench, body))
                #expect(told == message)
            }
            let long = try await ask(bench, body(run, ["tool": .string(String(repeating: "t", count: 300))]))
            #expect(try refusal(long).hasPrefix("400 invalid_input The question cannot be asked."))
            #expect(try await bench.json("/api/approvals/pending") == [])
            _ = try await bench.client.post("/api/runs/\(run)/cancel")
        }
    }

    @Test func aQuestionMayBeLeftWithoutWaiting() async throws {
        try await ContractBench.servingM("hang") { bench in
            let run = try await bench.ordered()
            let asked: JSONValue = [
                "run_id": .string(run), "type": "approval", "tool": "Write",
                "payload": #"{"file_path":"a.txt","content":"1\n"}"#,
            ]
            let made = try await bench.client.post("/api/approvals", asked)
            #expect(made.status == .created)
            #expect(try made.json()["state"] == "pending")
            #expect(try made.json()["type"] == "diff")
            let wrong = try await bench.client.post(
                "/api/approvals",
                ["run_id": .string(run), "type": "approval", "tool": "Write", "payload": "{"]
            )
            #expect(try refusal(wrong).hasPrefix("400 invalid_input payload must be JSON: "))
            #expect(try await bench.json("/api/approvals/pending").elements.count == 1)
            _ = try await bench.client.post("/api/runs/\(run)/cancel")
        }
    }

    @Test func anAgentTellsWhatItDoes() async throws {
        try await ContractBench.servingM("hang") { bench in
            let run = try await bench.ordered()
            let path = "/api/runs/\(run)/events"
            let events: JSONValue = [
                "events": [
                    [
                        "type": "tool_call_start",
                        "data": ["call_id": "c1", "tool": "Bash", "input": ["command": "ls"]],
                    ],
                    ["type": "stderr", "data": ["text": "Hm."]],
                    [
                        "type": "tool_call_end",
                        "data": ["call_id": "c1", "tool": "Bash", "success": false, "duration_ms": 12, "error": "No."],
                    ],
                ]
            ]
            let all = try await bench.client.post(path, events)
            #expect((all.status, try all.json()) == (.created, ["accepted": 3]))
            let one = try await bench.client.post(path, ["type": "stdout", "data": ["text": "Done.\n"]])
            #expect(try one.json() == ["accepted": 1])
            let wrong: [(JSONValue, String)] = [
                ([:], "Either 'events' is required, a list, or 'type' and 'data' of one event"),
                (["events": []], "events has no event"),
                (
                    ["type": "run_completed"],
                    "type must be stdout, stderr, tool_call_start or tool_call_end, but is \"run_completed\""
                ),
                (
                    ["events": [["type": "stdout", "data": ["text": "not told"]], ["type": "stdout"]]],
                    "events[1]: data.text is required"
                ),
                (
                    ["type": "tool_call_end", "data": ["call_id": "c1", "tool": "Bash", "success": true]],
                    "Report 1: The call 'c1' has not begun, or has ended already."
                ),
            ]
            for (body, message) in wrong {
                let answer = try await bench.client.post(path, body)
                #expect(try refusal(answer) == "400 invalid_input \(message)")
            }
            _ = try await bench.client.post("/api/runs/\(run)/cancel")
            let frames = try await bench.frames(of: run)
            #expect(
                frames.types == [
                    "run_started", "tool_call_start", "stderr", "tool_call_end", "stdout", "run_cancelled",
                ]
            )
            let late = try await bench.client.post(path, ["type": "stdout", "data": ["text": "Late."]])
            #expect(try refusal(late) == "409 invalid_state run is not in an active state")
        }
    }

    /// What the agent of a run holds asks and reports for that run, and answers nothing: not its own question either.
    @Test func theTokenOfARunAnswersNothing() async throws {
        try await ContractBench.servingM("hang") { bench in
            let run = try await bench.ordered()
            let token = try #require(try await bench.json("/api/runs/\(run)/token")["token"]?.text)
            let tokens = bench.services.tokens
            #expect(try await tokens.run(of: token) == RunID(run))
            let wrong = [
                "", "slr_", "slr__", "slr_\(run)", "slr_\(run)_", "\(token)0", String(token.dropLast()),
                token.replacingOccurrences(of: run, with: "other"),
            ]
            for text in wrong { #expect(try await tokens.run(of: text) == nil, "\(text)") }
            _ = try await bench.client.post("/api/runs/\(run)/cancel")
        }
        let agent = Principal(name: "the agent", run: "r1")
        try await ContractBench.servingM("hang", as: agent) { bench in
            let refused = "401 unauthorized This token may ask and report for its run, and nothing else."
            let client = bench.client
            let repositories = try await client.get("/api/repos")
            #expect(try refusal(repositories) == refused)
            #expect(try refusal(await client.get("/api/runs/r1/events")) == refused)
            #expect(try refusal(await client.get("/api/runs/r1/token")) == refused)
            #expect(try refusal(await client.post("/api/runs/r1/cancel")) == refused)
            #expect(try refusal(await client.post("/api/approvals/r1.a1/resolve", ["approved": true])) == refused)
            #expect(try await client.get("/api/v1/runs").status == .forbidden)
            let other = "401 unauthorized This token is for run 'r1', and for no other one."
            #expect(try refusal(await ask(bench, body("r2"))) == other)
            #expect(try refusal(await client.post("/api/runs/r2/events", ["type": "stdout"])) == other)
            #expect(try refusal(await ask(bench, body("r1"))) == "404 not_found run not found")
        }
    }
}
