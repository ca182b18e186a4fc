import HTTPKit
import PipelineEngine
import PipelineKit
import PipelineTesting
import RetrAIContract
import Testing

/// People in the loop, as retrAI's clients see them: asked after a check that did not hold, and answered in two words.
@Suite(.timeLimit(.minutes(5)))
struct RetrAIPersonTests {
    @Test func aQuestionPausesTheRunAndSaysSo() async throws {
        try await ContractBench.serving(as: Principal(name: "ada")) { bench in
            let run = try await bench.start(["hitl_enabled": true])
            let question = try await bench.question(of: run)
            #expect(question["iteration"] == 1)
            #expect(question["summary"] == "The goal does not hold yet. Go on? It is ''.")
            #expect(question["goal_reason"] == "It is ''.")
            let shown = try await bench.json("/api/runs/\(run)")
            #expect(shown["status"] == "running")
            #expect(shown["awaiting_human"] == true)
            #expect(shown["approval"] == question["approval"])
            #expect(shown["hitl_enabled"] == true)
            let answer = try await bench.client.post("/api/runs/\(run)/resume", ["decision": "approve"])
            #expect(answer.status == .ok)
            #expect(try answer.json() == ["run_id": .string(run), "resumed_with": "approve"])
            let texts = try await bench.end(of: run)
            let response = texts.first { $0.kind == "human_check_response" }?["payload"]
            #expect(response == ["decision": "approve", "by": "ada", "message": "", "approval": "a1"])
            #expect(texts.last?["payload"]?["status"] == "achieved")
        }
    }

    @Test func aMessageReachesTheModel() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.start(["hitl_enabled": true, "model_name": "notes/deaf"])
            _ = try await bench.question(of: run)
            let body: JSONValue = ["decision": "approve", "message": "Write it.", "of_an_old_client": 1]
            _ = try await bench.client.post("/api/runs/\(run)/resume", body)
            let stream = try await bench.client.open("/api/ws/\(run)")
            let call = try await stream.next { $0.kind == "tool_call" }
            #expect(call?["payload"]?["tool"] == "write")
            await stream.leave()
            let messages = try await bench.services.runs.state(of: RunID(run)).messages
            #expect(messages.contains(.user("somebody at 127.0.0.1 says: Write it.")))
        }
    }

    @Test func abortEndsTheRunAndNothingIsDoneAfterwards() async throws {
        try await ContractBench.serving(as: Principal(name: "ada")) { bench in
            let run = try await bench.start(["hitl_enabled": true])
            _ = try await bench.question(of: run)
            let answer = try await bench.client.post("/api/runs/\(run)/resume", ["decision": "abort"])
            #expect(try answer.json() == ["run_id": .string(run), "resumed_with": "abort"])
            let texts = try await bench.end(of: run).suffix(3)
            #expect(texts.map { $0.kind } == ["human_check_required", "human_check_response", "run_end"])
            #expect(texts.dropFirst().first?["payload"]?["decision"] == "abort")
            #expect(texts.last?["payload"]?["status"] == "aborted")
            #expect(texts.last?["payload"]?["reason"] == "Aborted by ada.")
            #expect(try await bench.json("/api/runs/\(run)")["status"] == "aborted")
        }
    }

    @Test func anAnswerThatNobodyWaitsForIsRefused() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.start()
            try await bench.end(of: run)
            let answer = try await bench.client.post("/api/runs/\(run)/resume", ["decision": "approve"])
            #expect(answer.status == .conflict)
            let sentence = "Run \(run) is not waiting for a person (status=achieved)."
            #expect(try answer.json() == ["detail": .string(sentence)])
        }
    }

    @Test func anotherQuestionThanTheOpenOneIsRefused() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.start(["hitl_enabled": true])
            _ = try await bench.question(of: run)
            let body: JSONValue = ["decision": "approve", "approval": "a7"]
            let answer = try await bench.client.post("/api/runs/\(run)/resume", body)
            #expect(answer.status == .conflict)
            let sentence = "Run \(run) has no open question 'a7'. Open are: a1."
            #expect(try answer.json() == ["detail": .string(sentence)])
        }
    }

    @Test(
        arguments: [
            (["decision": "banana"], "enum", "Field 'decision' must be one of approve, abort, but is \"banana\"."),
            (["decision": 5], "enum", "Field 'decision' must be one of approve, abort, but is 5."),
            ([:], "missing", "Missing required field 'decision': What to do."),
        ] as [(JSONValue, String, String)]
    )
    func anotherDecisionIsRefusedAndTheQuestionStaysOpen(
        body: JSONValue,
        type: String,
        message: String
    ) async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.start(["hitl_enabled": true])
            _ = try await bench.question(of: run)
            let answer = try await bench.client.post("/api/runs/\(run)/resume", body)
            #expect(answer.status == .unprocessable)
            let problem = try answer.json()["detail"]?.elements.first
            #expect(problem?["type"] == .string(type))
            #expect(problem?["msg"] == .string(message))
            #expect(try await bench.json("/api/runs/\(run)")["awaiting_human"] == true)
        }
    }

    /// Nobody answers in time: the pipeline says what that counts as.
    @Test(arguments: [("abort", "aborted"), ("approve", "achieved")])
    func aDeadlineAnswersInThePlaceOfAPerson(fallback: String, status: String) async throws {
        let text = """
            name: patient
            model: notes/fix
            goal: content
            tools: { allow: [look, write] }
            human: { gate: after_failed_check, deadline: 1ms, on_deadline: \(fallback) }
            """
        try await ContractBench.serving { bench in
            let run = try await bench.start(["goal": .string(text)])
            let texts = try await bench.end(of: run)
            let response = texts.first { $0.kind == "human_check_response" }?["payload"]
            #expect(response?["decision"] == .string(fallback))
            #expect(response?["by"] == "the deadline")
            #expect(texts.last?["payload"]?["status"] == .string(status))
        }
    }

    @Test func abortEndsARunUnderWay() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.start(["model_name": "notes/hang"])
            let stream = try await bench.client.open("/api/ws/\(run)")
            _ = try await stream.next { $0["payload"]?["node"] == "plan" }
            let answer = try await bench.client.send(.post, "/api/runs/\(run)/abort", headers: [:], body: [])
            #expect(answer.status == .ok)
            #expect(try answer.json() == ["run_id": .string(run), "status": "aborted"])
            let end = try await stream.next { $0.kind == "run_end" }
            #expect(end?["payload"]?["status"] == "aborted")
            let again = try await bench.client.post("/api/runs/\(run)/abort")
            #expect(again.status == .badRequest)
            let sentence = "Run \(run) is not running (status=aborted)"
            #expect(try again.json() == ["detail": .string(sentence)])
        }
    }

    @Test func aChangeReallyChangesTheRun() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.start(["hitl_enabled": true, "model_name": "notes/talk"])
            _ = try await bench.question(of: run)
            let body: JSONValue = ["model_name": "notes/deaf", "max_iterations": 2, "hitl_enabled": false]
            let answer = try await bench.client.send(.patch, "/api/runs/\(run)/config", body)
            #expect(answer.status == .ok)
            #expect(
                try answer.json() == [
                    "run_id": .string(run), "max_iterations": 2, "model_name": "notes/deaf", "hitl_enabled": false,
                ]
            )
            _ = try await bench.client.post("/api/runs/\(run)/resume", ["decision": "approve"])
            let texts = try await bench.end(of: run)
            let usage = texts.filter { $0.kind == "llm_usage" }.map { $0["payload"]?["model"] }
            #expect(usage == ["notes/talk", "notes/deaf"])
            #expect(texts.filter { $0.kind == "human_check_required" }.count == 1)
            #expect(texts.last?["payload"]?["iterations"] == 2)
            #expect(texts.last?["payload"]?["status"] == "failed")
        }
    }

    @Test func aChangeOfARunThatHasEndedIsRefused() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.start()
            try await bench.end(of: run)
            let answer = try await bench.client.send(.patch, "/api/runs/\(run)/config", ["max_iterations": 5])
            #expect(answer.status == .badRequest)
            let sentence = "Run \(run) is not running (status=achieved)"
            #expect(try answer.json() == ["detail": .string(sentence)])
        }
    }

    @Test func aChangeThatCannotBeIsRefusedAndNothingIsChanged() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.start(["hitl_enabled": true])
            _ = try await bench.question(of: run)
            let body: JSONValue = ["model_name": "mistral/large", "max_iterations": 3]
            let answer = try await bench.client.send(.patch, "/api/runs/\(run)/config", body)
            #expect(answer.status == .unprocessable)
            #expect(
                try answer.json()["detail"] == """
                    Model 'mistral/large' needs the provider 'mistral', which is not there. There are: anthropic, command, google, notes, \
                    openai, scripted. Give the model as provider/name, or an alias for it in the settings.
                    """
            )
            #expect(try await bench.json("/api/runs/\(run)")["max_iterations"] == 20)
        }
    }
}
