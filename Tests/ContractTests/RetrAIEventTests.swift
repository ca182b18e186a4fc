import HTTPKit
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

@testable import RetrAIContract

/// A history is told in the words of retrAI: what its documentation names, and what its web client reads.
struct RetrAIEventTests {
    static let pipeline: JSONValue = ["name": "pytest", "model": "openai/stub-fix", "goal": "pytest"]

    /// A call, with what comes before and after it.
    static func call(_ id: CallID, _ tool: String, _ arguments: JSONValue, _ output: RecordedOutput) -> [Event.Payload]
    {
        [
            .callProposed(ProposedCall(id, tool, arguments, reach: [.runs])), .callStarted(id),
            .callFinished(id, output),
        ]
    }

    static let red = CheckResult(
        .failed,
        "2 of 3 tests failed.",
        counts: [.passed: 1, .failed: 2],
        failing: [TestCase("test_calc.py::test_add", .failed, "assert -1 == 3")],
        details: "FF."
    )
    static let green = CheckResult(.passed, "All 3 tests passed.")

    static func opening() -> [Event.Payload] {
        [.started(pipeline), .opened] + Event.Payload.checked(0, red) + [.iterationStarted(1)]
    }

    static func redToGreen() -> [Event.Payload] {
        let usage = Usage(input: 1200, output: 80)
        return opening()
            + Event.Payload.replied(1, "I will look at the project first.", usage: usage)
            + call("1.1", "bash_exec", ["command": "ls"], RecordedOutput(text: "calc.py", exitCode: 0))
            + Event.Payload.replied(2, "Done?", usage: usage) + Event.Payload.checked(1, red) + [.iterationStarted(2)]
            + Event.Payload.replied(3, "  ", usage: usage)
            + call("3.1", "file_patch", ["path": "calc.py"], RecordedOutput(text: "No such text.", isError: true))
            + Event.Payload.replied(4, "Now.", usage: usage) + Event.Payload.checked(2, green)
            + [.runFinished(.achieved, reason: "All 3 tests passed.")]
    }

    /// Every key that the documentation names, or that the web client reads, with its type.
    static let keys: [String: [String: String]] = [
        "step_start": ["node": "text", "iteration": "integer"],
        "tool_call": ["tool": "text", "args": "object", "id": "text"],
        "tool_result": ["tool": "text", "output": "text", "content": "text", "error": "boolean", "id": "text"],
        "llm_usage": [
            "input_tokens": "integer", "output_tokens": "integer", "prompt_tokens": "integer",
            "completion_tokens": "integer", "total_tokens": "integer", "model": "text",
        ],
        "reasoning": ["text": "text", "model": "text", "has_tool_calls": "boolean"],
        "log": ["message": "text", "level": "text"],
        "goal_check": ["achieved": "boolean", "reason": "text", "details": "object"],
        "human_check_required": [
            "iteration": "integer", "summary": "text", "goal_reason": "text", "message": "text", "approval": "text",
        ],
        "human_check_response": ["decision": "text", "message": "text"],
        "iteration_complete": ["iteration": "integer", "tokens": "integer", "goal_achieved": "boolean"],
        "run_end": [
            "status": "text", "reason": "text", "achieved": "boolean", "iterations": "integer",
            "total_tokens": "integer", "estimated_cost_usd": "double",
        ],
        "error": ["message": "text", "error": "text", "traceback": "text"],
    ]

    @Test func aRunFromRedToGreenIsToldStepByStep() throws {
        let lines = try tell(Self.redToGreen()).map { "\($0["iteration"]?.integer ?? -1) \($0.kind)" }
        let expected = [
            "0 log", "0 step_start", "0 goal_check", "0 step_start", "0 llm_usage", "0 reasoning", "0 step_start",
            "0 tool_call", "0 tool_result", "0 step_start", "0 llm_usage", "0 reasoning", "1 step_start",
            "1 goal_check", "1 iteration_complete", "1 step_start", "1 llm_usage", "1 step_start", "1 tool_call",
            "1 tool_result", "1 step_start", "1 llm_usage", "1 reasoning", "2 step_start", "2 goal_check",
            "2 iteration_complete", "2 run_end",
        ]
        #expect(lines == expected)
    }

    @Test func theStepsAreThoseOfTheLoop() throws {
        let nodes = try tell(Self.redToGreen()).filter { $0.kind == "step_start" }.compactMap { $0["payload"]?["node"] }
        let expected = ["evaluate", "plan", "act", "plan", "evaluate", "plan", "act", "plan", "evaluate"]
        #expect(nodes == expected.map(JSONValue.string))
    }

    @Test func theEnvelopeIsWhatClientsRead() throws {
        let first = try #require(try tell(Self.redToGreen()).first)
        #expect(
            first == [
                "kind": "log", "run_id": "r1", "iteration": 0, "ts": .double(1_767_225_600), "sequence": 1,
                "payload": ["message": "Started 'pytest' in /project.", "level": "info"],
            ]
        )
    }

    @Test func everyPayloadHasTheKeysThatAreDocumentedAndThoseThatAreRead() throws {
        let lines = try tell(Self.redToGreen()) + tell(Self.withQuestion(.approved)) + tell(Self.broken)
        for (kind, members) in Self.keys {
            let payloads = lines.filter { $0.kind == kind }.compactMap { $0["payload"] }
            #expect(!payloads.isEmpty, "No '\(kind)' was told.")
            for payload in payloads {
                for (name, type) in members {
                    #expect(payload[name]?.typeName == type, "\(kind).\(name) in \(payload)")
                }
            }
        }
    }

    @Test func aCallAndItsResultShareAName() throws {
        let lines = try tell(Self.redToGreen())
        let call = try #require(lines.first { $0.kind == "tool_call" })
        #expect(call["payload"] == ["tool": "bash_exec", "args": ["command": "ls"], "id": "1.1"])
        let results = lines.filter { $0.kind == "tool_result" }.compactMap { $0["payload"] }
        #expect(
            results == [
                [
                    "tool": "bash_exec", "output": "calc.py", "content": "calc.py", "exit_code": 0, "error": false,
                    "id": "1.1", "artifact": nil,
                ],
                [
                    "tool": "file_patch", "output": "No such text.", "content": "No such text.", "exit_code": nil,
                    "error": true, "id": "3.1", "artifact": nil,
                ],
            ]
        )
    }

    @Test func reasoningSaysWhetherCallsFollow() throws {
        let said = try tell(Self.redToGreen()).filter { $0.kind == "reasoning" }.compactMap { $0["payload"] }
        #expect(said.map { $0["text"] } == ["I will look at the project first.", "Done?", "Now."])
        #expect(said.map { $0["has_tool_calls"] } == [true, false, false])
        #expect(said.allSatisfy { $0["model"] == "openai/stub-fix" })
    }

    @Test func aCheckTellsWhichTestsFail() throws {
        let check = try #require(try tell(Self.redToGreen()).first { $0.kind == "goal_check" })
        #expect(
            check["payload"] == [
                "achieved": false, "reason": "2 of 3 tests failed.",
                "details": [
                    "outcome": "failed", "summary": ["passed": 1, "failed": 2, "total": 3], "stdout": "FF.",
                    "failures": [
                        ["nodeid": "test_calc.py::test_add", "outcome": "failed", "longrepr": "assert -1 == 3"]
                    ],
                ],
            ]
        )
    }

    @Test func theEndCountsAllThatWasUsed() throws {
        let lines = try tell(Self.redToGreen())
        #expect(lines.filter { $0.kind == "iteration_complete" }.map { $0["payload"]?["tokens"] } == [2560, 2560])
        #expect(
            lines.last?["payload"] == [
                "status": "achieved", "reason": "All 3 tests passed.", "achieved": true, "iterations": 2,
                "total_tokens": 5120, "estimated_cost_usd": .double(0),
            ]
        )
    }

    static func withQuestion(_ decision: Resolution.Decision) -> [Event.Payload] {
        opening() + Event.Payload.replied(1, "So.") + Event.Payload.checked(1, red) + [
            .approvalRequested(
                Approval(
                    id: "a1",
                    subject: .check(CheckName(iteration: 1)),
                    question: "The goal does not hold yet. Go on?",
                    shown: Chain.start,
                    deadline: .start
                )
            ), .approvalResolved("a1", Resolution(decision, by: "ada", message: "Look at add.")),
        ]
    }

    @Test func aQuestionOpensTheDialogueAndItsAnswerClosesIt() throws {
        let lines = try tell(Self.withQuestion(.approved)).suffix(3)
        #expect(lines.map { $0.kind } == ["step_start", "human_check_required", "human_check_response"])
        #expect(lines.first?["payload"] == ["node": "human_check", "iteration": 1])
        #expect(
            lines.dropFirst().first?["payload"] == [
                "iteration": 1, "summary": "The goal does not hold yet. Go on?",
                "message": "The goal does not hold yet. Go on?", "goal_reason": "2 of 3 tests failed.",
                "approval": "a1", "subject": "check", "deadline": "2026-01-01T00:00:00.000Z",
            ]
        )
        #expect(
            lines.last?["payload"] == [
                "decision": "approve", "by": "ada", "message": "Look at add.", "approval": "a1",
            ]
        )
    }

    @Test func whatAProgramOutsideAsksAndTellsIsTold() throws {
        let approval = Approval(
            id: "a1",
            subject: .outside(key: "k1", tool: "Bash"),
            question: "May it run?",
            shown: Chain.start,
            about: ["command": "make"]
        )
        let reports: [OutsideReport] = [
            .output(.stderr, "Hm."), .callBegun(id: "c1", tool: "Bash", input: ["command": "make"]),
            .callEnded(id: "c1", tool: "Bash", isError: false, duration: .seconds(1), error: nil),
            .callEnded(id: "c2", tool: "Write", isError: true, duration: .seconds(1), error: "No room."),
        ]
        let lines = try tell(Self.opening() + [.approvalRequested(approval)] + reports.map(Event.Payload.reported))
        #expect(
            lines.first { $0.kind == "human_check_required" }?["payload"]?["message"]
                == "Bash: May it run?\n{\n  \"command\": \"make\"\n}"
        )
        #expect(
            lines.suffix(4).map { $0["payload"] } == [
                ["message": "stderr: Hm.", "level": "info"],
                ["message": #"Calls Bash: {"command":"make"}"#, "level": "info"],
                ["message": "The call of Bash is over.", "level": "info"],
                ["message": "The call of Write failed: No room.", "level": "warning"],
            ]
        )
    }

    @Test(arguments: [
        (Resolution.Decision.approved, "approve"), (.rejected, "reject"), (.expired, "abort"),
    ])
    func everyAnswerHasAWord(decision: Resolution.Decision, word: String) throws {
        #expect(try tell(Self.withQuestion(decision)).last?["payload"]?["decision"] == .string(word))
    }

    @Test func questionsOfOneReplyAreShownOneAfterTheOther() throws {
        let asked = ["a1", "a2"].map { id in
            Event.Payload.approvalRequested(
                Approval(id: ApprovalID(id), subject: .call("1.1"), question: "\(id)?", shown: Chain.start)
            )
        }
        let answers = ["a1", "a2"].map {
            Event.Payload.approvalResolved(ApprovalID($0), Resolution(.approved, by: "ada"))
        }
        let lines = try tell(Self.opening() + asked + answers).filter { $0.kind.hasPrefix("human_check") }
        #expect(
            lines.map { "\($0.kind) \($0["payload"]?["approval"]?.text ?? "")" } == [
                "human_check_required a1", "human_check_response a1", "human_check_required a2",
                "human_check_response a2",
            ]
        )
    }

    @Test func anEndWithoutAnAnswerClosesTheDialogue() throws {
        let asked = Self.withQuestion(.approved).dropLast()
        let lines = try tell(asked + [.runFinished(.aborted, reason: "Cancelled by ada.")]).suffix(2)
        #expect(lines.map { $0.kind } == ["human_check_response", "run_end"])
        #expect(lines.first?["payload"]?["decision"] == "abort")
        #expect(lines.last?["payload"]?["status"] == "aborted")
    }

    static let broken: [Event.Payload] =
        opening() + [
            .modelRequested(
                ModelIntent(turn: 1, attempt: 1, model: "m", reserved: Spending(tokens: 100), request: Chain.start)
            ),
            .modelFailed(turn: 1, attempt: 1, Failure(.unavailable, "It is down.", mayHaveCost: true), retryAt: nil),
            .runFinished(.failed, reason: "It is down."),
        ]

    @Test func aRunThatBreaksTellsTheErrorAndThenTheEnd() throws {
        let lines = try tell(Self.broken).suffix(3)
        #expect(lines.map { $0.kind } == ["log", "error", "run_end"])
        #expect(
            lines.first?["payload"] == [
                "message": "Attempt 1 gave no reply, and the model is not asked again. It is down.", "level": "error",
            ]
        )
        #expect(
            lines.dropFirst().first?["payload"] == [
                "message": "It is down.", "error": "It is down.", "traceback": "",
            ]
        )
        #expect(lines.last?["payload"]?["status"] == "failed")
        #expect(lines.last?["payload"]?["total_tokens"] == 100)
    }

    @Test func longTextsAreCutAndSayHowMuchIsMissing() throws {
        let output = RecordedOutput(text: String(repeating: "ä", count: 20_000), exitCode: 0)
        let long = JSONValue.string(String(repeating: "x", count: 200_000))
        let lines = try tell(Self.opening() + Self.call("1.1", "file_write", ["path": "a", "content": long], output))
        let call = try #require(lines.first { $0.kind == "tool_call" }?["payload"]?["args"])
        #expect(call["path"] == "a")
        #expect(call["content"] == .string(String(repeating: "x", count: 2_000) + "… (198000 bytes more)"))
        let result = try #require(lines.first { $0.kind == "tool_result" }?["payload"])
        #expect(result["output"] == .string(String(repeating: "ä", count: 8_000) + "… (24000 bytes more)"))
        #expect(result["content"] == .string(String(repeating: "ä", count: 500) + "… (39000 bytes more)"))
    }

    @Test func argumentsThatAreNoJSONAreShownAsTheyAre() throws {
        let call = ToolCall(id: "s", tool: "look", arguments: "{\"path\": ")
        let lines = try tell(Self.opening() + [.callProposed(ProposedCall(id: "1.1", call: call, reach: []))])
        #expect(lines.last?["payload"]?["args"] == "{\"path\": ")
    }

    @Test func aStreamIsOverAtTheEndAndNotWhenTheRunIsTakenUpAgain() throws {
        var renderer = RetrAIRenderer(run: "r1")
        for item in items(Self.broken) { _ = renderer.frames(for: item) }
        #expect(renderer.isOver)
        for item in items(Self.broken + [.runReopened(by: "ada")]).suffix(1) { _ = renderer.frames(for: item) }
        #expect(!renderer.isOver)
    }

    // MARK: -

    private func items(_ payloads: [Event.Payload]) -> [EventFeed.Item] {
        let rows = Chain.rows(payloads, after: 0, head: Chain.start, at: .start)
        return zip(rows, payloads).map { row, payload in
            .event("r1", Event(sequence: row.sequence, at: .start, payload: payload, digest: row.digest))
        }
    }

    private func tell(_ payloads: some Collection<Event.Payload>) throws -> [JSONValue] {
        var renderer = RetrAIRenderer(run: "r1")
        return try items(Array(payloads)).flatMap { renderer.frames(for: $0) }.map { try JSONValue(parsing: $0.text) }
    }
}

extension JSONValue {
    var kind: String { self["kind"]?.text ?? "" }

    /// What a client's type check sees.
    var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .int: "integer"
        case .double: "double"
        case .string: "text"
        case .array: "list"
        case .object: "object"
        }
    }
}
