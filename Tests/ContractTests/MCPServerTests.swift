import Foundation
import MCPContract
import PipelineEngine
import PipelineKit
import RPCKit
import Testing

/// Runs as tools of a client of the Model Context Protocol, in both revisions.
@Suite(.timeLimit(.minutes(10)))
struct MCPServerTests {
    private static let reading = [
        "list_pipelines", "list_runs", "read_run", "read_diff", "read_report", "read_artifact", "list_questions",
        "watch_run",
    ]
    private static let writing = ["start_run", "say_to_run", "resume_run", "cancel_run"]

    @Test(arguments: MCPTrial.Revision.allCases)
    func aRunIsStartedFollowedAndRead(revision: MCPTrial.Revision) async throws {
        try await MCPTrial.with(revision) { trial in
            let started = try await trial.value(
                "start_run",
                ["pipeline": "fix", "id": "mine", "instructions": "Be brief."]
            )
            #expect(started["origin"] == "mcp")
            #expect(started["project"] == .string(trial.bench.directory))
            let seen = try await trial.value(
                "watch_run",
                ["run": "mine", "wait_seconds": 60, "limit": 200],
                token: "t1"
            )
            #expect(seen["status"] == "achieved")
            #expect(seen["events"]?.elements.last?["type"] == "run.finished")
            #expect(seen["next"] == seen["recorded"])
            let told = trial.heard.params(of: "notifications/progress")
            #expect(told.allSatisfy { $0["progressToken"] == "t1" })
            #expect(told.compactMap { $0["progress"]?.integer } == Array(1...told.count))
            #expect(told.last?["message"] == "run.finished")
            let read = try await trial.value("read_run", ["run": "mine"])
            #expect(read["reason"] == "It is 'done'.")
            #expect(read["normal"] == nil)
            let state = try await trial.bench.services.runs.state(of: "mine")
            #expect(state.pipeline?.instructions == "Be brief.")
            let listed = try await trial.value("list_runs", ["status": "achieved"])
            #expect(listed["items"]?.elements.compactMap { $0["run"]?.text } == ["mine"])
            let report = try await trial.call("read_report", ["run": "mine"])
            #expect(report["content"]?.elements.first?["text"]?.text?.contains("It is 'done'.") == true)
        }
    }

    @Test(arguments: MCPTrial.Revision.allCases)
    func mistakesAreTextsForPeople(revision: MCPTrial.Revision) async throws {
        try await MCPTrial.with(revision) { trial in
            let misspelt = try await trial.complaint("start_run", ["pipelin": "fix"])
            #expect(misspelt == "'start_run' was not called: Unknown field 'pipelin'. Did you mean 'pipeline'?")
            #expect(
                try await trial.complaint("start_run", ["pipeline": "fixx"])
                    == "There is no pipeline 'fixx'. Did you mean 'fix'?"
            )
            #expect(
                try await trial.complaint("watch_run", ["run": "mine", "wait_seconds": 61])
                    == "'watch_run' was not called: Field 'wait_seconds' must be from 0 to 60, but is 61."
            )
            #expect(
                try await trial.complaint("cancel_run", ["run": "other"])
                    == "There is no run 'other' of this project. 'list_runs' names them."
            )
            let fault = await #expect(throws: RPCFault.self) { try await trial.call("stat_run") }
            let sentence = "There is no tool 'stat_run'. Did you mean 'start_run'?"
            #expect(fault == .refused(RPCError(RPCError.invalidParams, sentence)))
        }
    }

    @Test func runsOfOtherProjectsAreNotThere() async throws {
        try await MCPTrial.with(.stateless) { trial in
            let other = "\(trial.bench.directory)-other"
            try FileManager.default.createDirectory(atPath: other, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: other) }
            var pipeline = try trial.bench.services.pipelines.load("fix").pipeline
            pipeline = try pipeline.resolved(inputs: [:])
            let order = RunOrder(run: "secret", pipeline: pipeline, project: other, origin: "cli")
            _ = try await trial.bench.services.runs.start(order)
            #expect(try await trial.value("list_runs")["items"] == [])
            for tool in ["read_run", "watch_run", "read_diff", "read_report", "cancel_run", "resume_run"] {
                #expect(
                    try await trial.complaint(tool, ["run": "secret"])
                        == "There is no run 'secret' of this project. 'list_runs' names them."
                )
            }
        }
    }

    // MARK: - Questions

    private func question(_ trial: MCPTrial) async throws {
        _ = try await trial.value("start_run", ["pipeline": "asks.yaml", "id": "r"])
        let seen = try await trial.rest(of: "r")
        #expect(seen["questions"] == ["a1"])
        #expect(try await trial.value("list_questions")["items"]?.elements.first?["approval"] == "a1")
    }

    private func withQuestion(
        _ revision: MCPTrial.Revision,
        answers: MCPSettings.Answers = .person,
        form: JSONValue? = nil,
        _ body: @escaping (MCPTrial) async throws -> Void
    ) async throws {
        try await MCPTrial.with(revision, answers: answers, form: form) { trial in
            try trial.bench.write(
                """
                name: asks
                model: notes/fix
                goal: { gate: content, with: { file: out, is: done } }
                tools: { allow: [look], ask: [write] }
                """,
                to: "asks.yaml"
            )
            try await question(trial)
            try await body(trial)
        }
    }

    @Test func thePersonInFrontOfTheClientAnswersInAForm() async throws {
        let form: JSONValue = ["action": "accept", "content": ["decision": "approve", "message": "Go on."]]
        try await withQuestion(.handshake, form: form) { trial in
            _ = try await trial.value("answer_question", ["run": "r", "question": "a1"])
            let shown = try #require(trial.heard.params(of: "elicitation/create").first)
            #expect(shown["message"]?.text?.hasPrefix("Run r (asks) asks: Let the model call write?") == true)
            #expect(try await trial.rest(of: "r")["status"] == "achieved")
            let answer = try await trial.bench.services.runs.state(of: "r").approvals["a1"]?.resolution
            #expect(answer?.by == "ada in MCP client 'trial'")
            #expect(answer?.message == "Go on.")
            let again = try await trial.complaint("answer_question", ["run": "r", "question": "a1"])
            #expect(again == "Question 'a1' was answered before, by ada in MCP client 'trial'.")
        }
    }

    @Test func whatACallAsksForIsTheForm() async throws {
        let form: JSONValue = ["action": "accept", "content": ["answer": "done"]]
        try await MCPTrial.with(.handshake, form: form) { trial in
            try trial.bench.write(
                #"[{"calls": [{"tool": "ask_human", "arguments": {"question": "Which word?"}}]}]"#,
                to: "replies.json"
            )
            try trial.bench.write(
                """
                name: asks
                model: scripted/\(trial.bench.directory)/replies.json
                goal: { gate: content, with: { file: out, is: done } }
                tools: { allow: [ask_human] }
                """,
                to: "asks.yaml"
            )
            try await question(trial)
            _ = try await trial.value("answer_question", ["run": "r", "question": "a1"])
            let shown = try #require(trial.heard.params(of: "elicitation/create").first)
            #expect(shown["requestedSchema"] == InputForm.text.schema)
            let answer = try await trial.bench.services.runs.state(of: "r").approvals["a1"]?.resolution
            #expect(answer?.answer == ["answer": "done"])
            _ = try await trial.rest(of: "r")
            let call = try await trial.bench.services.runs.state(of: "r").calls["1.1"]
            guard case .done(let output) = call?.stage else { throw CancellationError() }
            #expect(output.text == "ada in MCP client 'trial' answers: done")
        }
    }

    @Test func withoutAHandshakeTheFormComesBetweenTwoCalls() async throws {
        try await withQuestion(.stateless, form: [:]) { trial in
            let arguments: JSONValue = ["run": "r", "question": "a1"]
            let first = try await trial.call("answer_question", arguments)
            #expect(first["resultType"] == "input_required")
            #expect(first["inputRequests"]?["answer"]?["method"] == "elicitation/create")
            let said: JSONValue = ["action": "accept", "content": ["decision": "refuse", "message": "Not this."]]
            var more: [String: JSONValue] = ["inputResponses": ["answer": said], "requestState": "r a1 another"]
            let stale = try await trial.call("answer_question", arguments, with: more)
            #expect(stale["resultType"] == "input_required", "an answer to something else is none")
            more["requestState"] = first["requestState"]
            let last = try await trial.call("answer_question", arguments, with: more)
            #expect(last["resultType"] == "complete")
            let answer = try await trial.bench.services.runs.state(of: "r").approvals["a1"]?.resolution
            #expect(answer?.decision == .rejected)
            #expect(answer?.by == "ada in MCP client 'trial'")
        }
    }

    @Test(arguments: MCPTrial.Revision.allCases)
    func aClientWithoutFormsCannotAnswer(revision: MCPTrial.Revision) async throws {
        try await withQuestion(revision) { trial in
            let said = try await trial.complaint("answer_question", ["run": "r", "question": "a1"])
            #expect(
                said == """
                    This client has no way to show its person a question, and nobody else may answer. Ask the person to \
                    answer at a terminal: sluice approve r a1
                    """
            )
            let forged = try await trial.complaint(
                "answer_question",
                ["run": "r", "question": "a1", "decision": "approve"]
            )
            #expect(forged == "'answer_question' was not called: Unknown field 'decision'.")
            #expect(try await trial.bench.services.approvals.pending(of: "r").count == 1)
        }
    }

    @Test func whoeverWouldRatherNotSayLeavesTheQuestionOpen() async throws {
        try await withQuestion(.handshake, form: ["action": "cancel"]) { trial in
            let said = try await trial.complaint("answer_question", ["run": "r", "question": "a1"])
            #expect(said == "The person has not answered. The question is still open.")
            #expect(try await trial.bench.services.approvals.pending(of: "r").count == 1)
        }
    }

    @Test func aClientMayAnswerWhereThePersonSaidSo() async throws {
        try await withQuestion(.stateless, answers: .client) { trial in
            _ = try await trial.value(
                "answer_question",
                ["run": "r", "question": "a1", "decision": "approve"]
            )
            let answer = try await trial.bench.services.runs.state(of: "r").approvals["a1"]?.resolution
            #expect(answer?.by == "MCP client 'trial' of ada")
        }
    }

    // MARK: - What is offered

    @Test func whatIsOfferedCanBeLess() async throws {
        try await MCPTrial.with(.stateless) { trial in
            let tools = try await trial.tools()
            #expect(tools == Self.reading + Self.writing + ["answer_question"])
        }
        try await MCPTrial.with(.stateless, answers: .none) { trial in
            let tools = try await trial.tools()
            #expect(tools == Self.reading + Self.writing)
        }
        try await MCPTrial.with(.stateless, isReadOnly: true) { trial in
            let tools = try await trial.tools()
            #expect(tools == Self.reading)
            await #expect(throws: RPCFault.self) { try await trial.call("start_run", ["pipeline": "fix"]) }
        }
    }

    // MARK: - The protocol

    @Test func aCallIsTakenBack() async throws {
        try await MCPTrial.with(.handshake) { trial in
            _ = try await trial.value("start_run", ["pipeline": "fix", "id": "slow", "model": "notes/hang"])
            let number = trial.peer.next()
            async let watching = trial.call("watch_run", ["run": "slow", "wait_seconds": 60], number: number, token: 7)
            while trial.heard.params(of: "notifications/progress").isEmpty {
                try await Task.sleep(for: .milliseconds(5))
            }
            let before = ContinuousClock.now
            trial.peer.notify("notifications/cancelled", ["requestId": .int(number)])
            _ = try await watching
            #expect(ContinuousClock.now - before < .seconds(50), "it does not wait for its time to be up")
            _ = try await trial.value("cancel_run", ["run": "slow", "reason": "Enough."])
            #expect(try await trial.rest(of: "slow")["status"] == "aborted")
        }
    }

    @Test func aWatchGivesNoMoreThanItWasAskedFor() async throws {
        try await MCPTrial.with(.stateless) { trial in
            _ = try await trial.value("start_run", ["pipeline": "fix", "id": "r"])
            _ = try await trial.rest(of: "r")
            let first = try await trial.value("watch_run", ["run": "r", "limit": 3])
            #expect(first["events"]?.elements.compactMap { $0["sequence"]?.integer } == [1, 2, 3])
            #expect(first["next"] == 3)
            let second = try await trial.value("watch_run", ["run": "r", "after": 3, "limit": 2])
            #expect(second["events"]?.elements.compactMap { $0["sequence"]?.integer } == [4, 5])
        }
    }

    @Test func versionsThatAreNotSpokenAreNamed() async throws {
        try await MCPTrial.with(.stateless) { trial in
            let meta: JSONValue = ["io.modelcontextprotocol/protocolVersion": "2031-01-01"]
            let fault = await #expect(throws: RPCFault.self) {
                try await trial.peer.call("tools/list", ["_meta": meta], within: MCPTrial.patience)
            }
            let known: JSONValue = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"]
            let words = "Protocol version \"2031-01-01\" is not spoken here."
            let data: JSONValue = ["supported": known, "requested": "2031-01-01"]
            #expect(fault == .refused(RPCError(-32_022, words, data: data)))
            let early = await #expect(throws: RPCFault.self) {
                try await trial.peer.call("tools/list", within: MCPTrial.patience)
            }
            let sentence = "'tools/list' came before 'initialize', and does not name a protocol version in '_meta'."
            #expect(early == .refused(RPCError(RPCError.invalidRequest, sentence)))
            let about = try await trial.ask("server/discover")
            #expect(about["supportedVersions"] == known)
            #expect(about["resultType"] == "complete")
        }
    }

    @Test func garbageIsAnsweredAndEndsNothing() async throws {
        try await MCPTrial.with(.handshake) { trial in
            trial.inject("no JSON at all\n")
            let tools = try await trial.tools()
            #expect(tools.count == 13)
        }
    }
}
