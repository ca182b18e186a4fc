import Foundation
import PipelineEngine
import PipelineKit
import SocketTesting
import Testing

/// A question of a run that a client of retrAI started: it outlives the server, and every way to answer it works.
@Suite(.timeLimit(.minutes(5)))
struct ApprovalDoorTests {
    /// A way to answer, and who is recorded for it.
    enum Door: CaseIterable {
        case retrAI, native, program, deadline

        var person: String {
            switch self {
            case .retrAI, .native: "somebody at 127.0.0.1"
            case .program: "ada"
            case .deadline: "the deadline"
            }
        }
    }

    static let message = "Look at the fixtures."

    private static func prepare(_ bench: Bench) throws {
        try bench.write(
            """
            name: asking
            model: scripted/script.json
            goal: { gate: command, with: { command: "test -e two.txt" } }
            human: { deadline: 1h, on_deadline: approve }
            """,
            to: "asking.yaml"
        )
        let script: JSONValue = [
            ["calls": [["tool": "file_write", "arguments": ["path": "one.txt", "content": "1\n"]]]],
            ["text": "Wrote the first."],
            ["calls": [["tool": "file_write", "arguments": ["path": "two.txt", "content": "2\n"]]]],
            ["text": "Wrote the second."],
        ]
        try bench.write(script.jsonText, to: "script.json")
    }

    /// A server over a database in which a run of retrAI asks; the server that asked is gone.
    private func withQuestion(after signal: Int32, _ body: (Bench, String) async throws -> Void) async throws {
        try await withBench { bench in
            try Self.prepare(bench)
            let run = try await withServer(bench) { server in
                let order: JSONValue = ["goal": "asking.yaml", "cwd": "project", "hitl_enabled": true]
                let answer = try await server.client.post("/api/runs", order)
                let run = try #require(answer.json["run_id"]?.text, "\(answer.text)")
                let question = try await server.client.listen(to: run) { $0["kind"] == "human_check_required" }
                #expect(question?["payload"]?["iteration"] == 1)
                try await expectOpen(run, server.client)
                server.running.send(signal)
                let ended = await server.running.ended()
                #expect(ended.status == (signal == SIGTERM ? 0 : Ended.killed))
                return run
            }
            try await body(bench, run)
        }
    }

    /// Whoever asks finds the question: clients of retrAI, and those of the native interface.
    private func expectOpen(_ run: String, _ client: Client) async throws {
        let row = try await client.get("/api/runs/\(run)").json
        #expect((row["status"], row["awaiting_human"]) == ("running", true))
        let questions = try await client.questions()
        #expect(questions.map { $0["run"] } == [.string(run)])
        #expect(questions.first?["approval"] == "a1")
        #expect(questions.first?["subject"]?["kind"] == "check")
        #expect(try await client.runs("waiting") == [run])
    }

    @Test(arguments: Door.allCases, [SIGTERM, SIGKILL])
    func theQuestionOutlivesTheServerAndIsAnswered(door: Door, signal: Int32) async throws {
        try await withQuestion(after: signal) { bench, run in
            let late = ["SLUICE_TEST_CLOCK": "\(Instant(Date()) + .seconds(3601))"]
            try await withServer(bench, adding: door == .deadline ? late : [:]) { server in
                if door != .deadline { try await expectOpen(run, server.client) }
                try await answer(run, door, bench, server.client)
                let events = try await server.client.end(of: run)
                #expect(events.end == .achieved)
                try expectAnswer(in: events, door)
                try await expectSecondRefused(run, bench, server.client, events)
                #expect(try await server.client.questions() == [])
                #expect(try await server.client.runs("waiting") == [])
                #expect(await server.stop().status == 0)
            }
        }
    }

    private func answer(_ run: String, _ door: Door, _ bench: Bench, _ client: Client) async throws {
        let message = JSONValue.string(Self.message)
        switch door {
        case .retrAI:
            let answer = try await client.post(
                "/api/runs/\(run)/resume",
                ["decision": "approve", "message": message]
            )
            #expect(answer.json == ["run_id": .string(run), "resumed_with": "approve"])
        case .native:
            let answer = try await client.post(
                "/api/v1/runs/\(run)/approvals/a1",
                ["decision": "approve", "message": message]
            )
            #expect(answer.status == 200)
        case .program:
            let answered = try await bench.sluice("approve", run, "a1", "--message", Self.message)
            #expect(answered.status == 0, "\(answered)")
        case .deadline: break
        }
    }

    private func expectAnswer(in events: [Event], _ door: Door) throws {
        let (answer, at) = try #require(events.resolution(of: "a1"))
        #expect(answer.by == door.person)
        #expect(answer.decision == (door == .deadline ? .expired : .approved))
        let asked = try #require(events.first { if case .approvalRequested = $0.payload { true } else { false } })
        #expect(at > asked.at)
        guard door != .deadline else { return }
        #expect(answer.message == Self.message)
        // What the next request held is what the history says up to it; its digest is recorded with it.
        let place = try #require(events.firstIndex { $0.at >= at && $0.payload.type == "model.requested" })
        let said = "\(door.person) says: \(Self.message)"
        let messages = RunState(replaying: Array(events[...place])).messages
        #expect(messages.contains { if case .user(let text) = $0 { text.contains(said) } else { false } })
    }

    private func expectSecondRefused(_ run: String, _ bench: Bench, _ client: Client, _ events: [Event]) async throws {
        let first = try await client.post("/api/v1/runs/\(run)/approvals/a1", ["decision": "reject"])
        #expect(first.status == 409)
        let second = try await client.post("/api/runs/\(run)/resume", ["decision": "abort"])
        #expect(second.status == 409)
        let third = try await bench.sluice("approve", run, "a1", "--reject")
        #expect(third.status == 1, "\(third)")
        #expect(try await bench.events(of: run) == events)
    }
}

extension Client {
    /// Reads the messages of retrAI's stream up to one that is looked for.
    func listen(to run: String, until isWanted: @escaping @Sendable (JSONValue) -> Bool) async throws -> JSONValue? {
        try await onThread { [port] in
            let client = RawClient(port)
            client.upgrade("/api/ws/\(run)", host: "127.0.0.1:\(port)")
            while let frame = client.frame() {
                guard frame.hasPrefix("text ") else { continue }
                let message = try JSONValue(parsing: String(frame.dropFirst(5)))
                if isWanted(message) { return message }
            }
            return nil
        }
    }
}
