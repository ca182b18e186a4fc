import ACPContract
import Foundation
import PipelineEngine
import PipelineKit
import RPCKit
import Testing

/// Runs in front of an editor.
@Suite(.timeLimit(.minutes(10)))
struct ACPAgentTests {
    @Test func theEditorIsToldWhatCanBeDone() async throws {
        try await ACPTrial.with { trial in
            let about = try await trial.ask("initialize", ["protocolVersion": 1, "clientCapabilities": [:]])
            #expect(about["protocolVersion"] == 1)
            #expect(about["agentCapabilities"]?["loadSession"] == true)
            #expect(about["agentCapabilities"]?["promptCapabilities"]?["image"] == false)
            #expect(about["agentInfo"] == ["name": "sluice", "title": "Sluice", "version": "test"])
            #expect(about["authMethods"] == [])
        }
    }

    @Test func aPromptIsARunThatIsTold() async throws {
        try await ACPTrial.with { trial in
            let session = try await trial.session()
            #expect(try await trial.prompt("Write it down.", in: session) == "end_turn")
            let state = try await trial.state(of: session)
            #expect(state.status == .achieved)
            #expect(state.start?.origin == "acp")
            #expect(state.start?.inputs == ["prompt": "Write it down."])
            #expect(trial.seen.said == "I look first.Turn 2.Turn 4.\n\nRun achieved: It is 'done'.\n")
            let calls = trial.seen.updates("tool_call")
            let checks = calls.filter { $0["title"] == "Check the goal" }
            #expect(checks.count == 3)
            #expect(checks.first?["toolCallId"] == .string("\(session)/check-0-1"))
            let write = calls.first { $0["title"]?.text?.hasPrefix("write") == true }
            #expect(write?["status"] == "pending")
            #expect(write?["kind"] == "edit")
            #expect(write?["rawInput"] == ["file": "out", "text": "done"])
            let steps = trial.seen.updates("tool_call_update").filter { $0["toolCallId"] == write?["toolCallId"] }
            #expect(steps.compactMap { $0["status"]?.text } == ["in_progress", "completed"])
            let ids = calls.compactMap { $0["toolCallId"]?.text }
            #expect(Set(ids).count == ids.count)
        }
    }

    @Test func wordsAreToldAsTheyComeAndOnce() async throws {
        try await ACPTrial.with(model: "chat", iterations: 2) { trial in
            let session = try await trial.session()
            #expect(try await trial.prompt("Talk.", in: session) == "max_turn_requests")
            // The piece that came first is no beginning of the reply, which is told whole then.
            let end = "\n\nRun not achieved: The goal does not hold after 2 iterations. It is ''.\n"
            #expect(trial.seen.said == "Well\n\nTurn 1.Well\n\nTurn 2." + end)
        }
    }

    // MARK: - Permission

    @Test func thePersonIsAskedAndAllows() async throws {
        try await ACPTrial.with(asks: true) { trial in
            _ = try await trial.ask(
                "initialize",
                ["protocolVersion": 1, "clientInfo": ["name": "zed", "version": "1"]]
            )
            let session = try await trial.session()
            #expect(try await trial.prompt("Write it down.", in: session) == "end_turn")
            let asked = try #require(trial.seen.permissions.first)
            #expect(asked["sessionId"] == .string(session))
            let call = try #require(
                trial.seen.updates("tool_call").first { $0["title"]?.text?.hasPrefix("write") == true }
            )
            #expect(asked["toolCall"]?["toolCallId"] == call["toolCallId"])
            let shown = asked["toolCall"]?["content"]?.elements.last?["content"]?["text"]?.text
            #expect(shown?.hasPrefix("Let the model call write?") == true)
            let kinds = asked["options"]?.elements.compactMap { $0["kind"]?.text }
            #expect(kinds == ["allow_once", "allow_always", "reject_once"])
            let answer = try await trial.state(of: session).approvals["a1"]?.resolution
            #expect(answer?.decision == .approved)
            #expect(answer?.by == "ada in ACP client 'zed'")
            #expect(answer?.grant == nil)
        }
    }

    @Test func whatIsAllowedAlwaysIsAGrant() async throws {
        try await ACPTrial.with(asks: true, choice: "allow_always") { trial in
            let session = try await trial.session()
            #expect(try await trial.prompt("Write it down.", in: session) == "end_turn")
            #expect(try await trial.state(of: session).approvals["a1"]?.resolution?.grant != nil)
        }
    }

    @Test func whatIsRefusedIsNotDone() async throws {
        try await ACPTrial.with(asks: true, iterations: 2, choice: "reject_once") { trial in
            let session = try await trial.session()
            #expect(try await trial.prompt("Write it down.", in: session) == "max_turn_requests")
            #expect(trial.seen.updates("tool_call_update").contains { $0["status"] == "failed" })
            #expect(!FileManager.default.fileExists(atPath: "\(trial.bench.directory)/out"))
        }
    }

    @Test func aQuestionThatIsDismissedStaysOpenAndIsAskedAgainWithTheNextPrompt() async throws {
        try await ACPTrial.with(asks: true, choice: "dismiss") { trial in
            let session = try await trial.session()
            for number in 1...2 {
                #expect(try await trial.prompt("Write it down.", in: session) == "end_turn")
                #expect(trial.seen.permissions.count == number)
            }
            #expect(try await trial.state(of: session).status == .waiting)
            let words = "Run \(session) waits for an answer. Answer with: sluice approve \(session) a1 --resume"
            #expect(trial.seen.said.contains(words))
        }
    }

    @Test func whatTheModelAsksIsChosenOrWritten() async throws {
        try await ACPTrial.with(model: "asks", iterations: 1, choice: "answer-1") { trial in
            let session = try await trial.session()
            #expect(try await trial.prompt("Indent it.", in: session) == "end_turn")
            let options = try #require(trial.seen.permissions.first?["options"]?.elements)
            #expect(options.map { $0["name"]?.text } == ["tabs", "spaces", "I do not answer"])
            #expect(options.map { $0["kind"]?.text } == ["allow_once", "allow_once", "reject_once"])
            #expect(trial.seen.said.hasSuffix("\n\nHow many?\n\n(What you write next is the answer.)\n"))
            #expect(try await trial.state(of: session).status == .waiting)
            _ = try await trial.prompt("Four.", in: session)
            let state = try await trial.state(of: session)
            #expect(state.approvals["a1"]?.resolution?.answer == ["answer": "spaces"])
            #expect(state.approvals["a2"]?.resolution?.answer == ["answer": "Four."])
            #expect(state.approvals["a2"]?.resolution?.by == "ada in ACP client 'unnamed'")
        }
    }

    @Test func whoAnswersElsewhereAnswersForTheEditorToo() async throws {
        try await ACPTrial.with(asks: true, choice: "later") { trial in
            let session = try await trial.session()
            async let stop = trial.prompt("Write it down.", in: session)
            while trial.seen.permissions.isEmpty { await Task.yield() }
            let answer = Resolution(.approved, by: "eve")
            try await trial.bench.services.approvals.resolve("a1", of: RunID(session), with: answer, shown: nil)
            #expect(try await stop == "end_turn")
        }
    }

    // MARK: - Sessions

    @Test func aTurnIsCancelled() async throws {
        try await ACPTrial.with(model: "hang") { trial in
            let session = try await trial.session()
            async let stop = trial.prompt("Wait.", in: session)
            while trial.seen.said.isEmpty { await Task.yield() }
            trial.peer.notify("session/cancel", ["sessionId": .string(session)])
            #expect(try await stop == "cancelled")
            #expect(try await trial.state(of: session).status == .aborted)
        }
    }

    @Test func whatIsSaidWhileItWorksIsAMessage() async throws {
        try await ACPTrial.with(model: "hang") { trial in
            let session = try await trial.session()
            async let first = trial.prompt("Wait.", in: session)
            while trial.seen.said.isEmpty { await Task.yield() }
            async let second = trial.prompt("Not so long.", in: session)
            while try await trial.state(of: session).sequence < 7 { await Task.yield() }
            trial.peer.notify("session/cancel", ["sessionId": .string(session)])
            #expect(try await [first, second] == ["cancelled", "cancelled"])
            let events = try await trial.bench.services.runs.events(of: RunID(session))
            #expect(events.contains { $0.payload == .messageAdded("Not so long.", by: "ada in ACP client 'unnamed'") })
        }
    }

    @Test func theNextPromptIsARunThatKnowsTheOneBefore() async throws {
        try await ACPTrial.with(model: "chat", iterations: 1) { trial in
            let session = try await trial.session()
            #expect(try await trial.prompt("Talk.", in: session) == "end_turn")
            #expect(try await trial.prompt("Go on.", in: session) == "end_turn")
            let told = try await trial.state(of: "\(session)-2").pipeline?.instructions
            #expect(
                told == """
                    Go on.

                    What was said before in this conversation, the oldest first:

                    They asked:
                    Talk.

                    The answer was:
                    Turn 1.
                    """
            )
        }
    }

    @Test func aSessionIsTakenUpAndToldAgain() async throws {
        try await ACPTrial.with(model: "chat", iterations: 1) { trial in
            let session = try await trial.session()
            _ = try await trial.prompt("Talk.", in: session)
            _ = try await trial.prompt("Go on.", in: session)
            trial.seen.forget()
            let place: [String: JSONValue] = ["cwd": .string(trial.bench.directory), "mcpServers": []]
            let load = JSONValue.object(place.merging(["sessionId": .string(session)]) { $1 })
            #expect(try await trial.ask("session/load", load) == [:])
            let asked = trial.seen.updates("user_message_chunk").compactMap { $0["content"]?["text"]?.text }
            #expect(asked == ["Talk.", "Go on."])
            let end = "\n\nRun not achieved: The goal does not hold after 1 iteration. It is ''.\n"
            #expect(trial.seen.said == "Turn 1.\(end)Turn 1.\(end)")
            _ = try await trial.prompt("Once more.", in: session)
            #expect(try await trial.state(of: "\(session)-3").isFinished)
        }
    }

    // MARK: - Mistakes

    private func refusal(_ ask: () async throws(RPCFault) -> JSONValue) async -> RPCError? {
        do throws(RPCFault) { _ = try await ask() } catch {
            if case .refused(let refusal) = error { return refusal }
        }
        return nil
    }

    @Test func mistakesAreToldInASentence() async throws {
        try await ACPTrial.with { trial in
            let session = try await trial.session()
            let block: JSONValue = ["type": "image", "mimeType": "image/png", "data": ""]
            let cases: [(String, JSONValue, String)] = [
                ("session/new", ["cwd": "here"], "'cwd' must be the absolute path of a directory, but is 'here'."),
                (
                    "session/prompt", ["sessionId": "nobody", "prompt": []],
                    "There is no session \"nobody\". Begin one with session/new or session/load."
                ),
                ("session/prompt", ["sessionId": .string(session), "prompt": []], "The prompt is empty."),
                (
                    "session/prompt", ["sessionId": .string(session), "prompt": [block]],
                    "'image' cannot be read here: text and resources can."
                ),
                (
                    "session/load", ["sessionId": "nobody", "cwd": .string(trial.bench.directory)],
                    "There is no session 'nobody' in '\(trial.bench.directory)'."
                ),
            ]
            for (method, params, sentence) in cases {
                let said = await refusal { () async throws(RPCFault) in try await trial.ask(method, params) }
                #expect(said == RPCError(RPCError.invalidParams, sentence))
            }
            let unknown = await refusal { () async throws(RPCFault) in try await trial.ask("session/dance") }
            #expect(unknown?.code == RPCError.methodNotFound)
        }
    }

    @Test func aRunThatFailsIsAnErrorWithItsReason() async throws {
        try await ACPTrial.with(model: "down") { trial in
            let session = try await trial.session()
            let said = await refusal { () async throws(RPCFault) in
                .string(try await trial.prompt("Try.", in: session))
            }
            #expect(said?.message.contains("The service refused the key.") == true)
        }
    }

    @Test func resourcesAreReadAsText() async throws {
        try await ACPTrial.with(model: "chat", iterations: 1) { trial in
            let session = try await trial.session()
            let prompt: JSONValue = [
                ["type": "text", "text": "Explain this."],
                ["type": "resource_link", "uri": "file:///srv/a%20b.py", "name": "a b.py"],
                ["type": "resource", "resource": ["uri": "file:///srv/c.py", "text": "x = 1"]],
            ]
            _ = try await trial.ask("session/prompt", ["sessionId": .string(session), "prompt": prompt])
            let told = try await trial.state(of: session).start?.inputs["prompt"]
            #expect(told == "Explain this.\n\nSee a b.py: /srv/a b.py\n\n/srv/c.py:\n```\nx = 1\n```")
        }
    }
}
