import HTTPKit
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// Events and questions through Sluice's own interface.
@Suite(.timeLimit(.minutes(5)))
struct NativeStreamTests {
    @Test func eventsAreReadPageByPage() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.order()
            try await bench.end(of: run)
            var (events, after): ([JSONValue], Int?) = ([], 0)
            while let place = after {
                let page = try await bench.json("/api/v1/runs/\(run)/events?after=\(place)&limit=4")
                events += page["items"]?.elements ?? []
                after = page["next"]?.integer
            }
            let recorded = try await bench.services.runs.events(of: RunID(run))
            #expect(try events == recorded.map { try EventLine($0, of: RunID(run)).json })
        }
    }

    @Test(arguments: ["stream", "socket"])
    func aStreamTellsTheHistoryAndEndsWithIt(kind: String) async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.order()
            let (texts, code) = try await bench.client.listen("/api/v1/runs/\(run)/\(kind)")
            let recorded = try await bench.services.runs.events(of: RunID(run))
            #expect(try texts.filter { $0["kind"] == nil } == recorded.map { try EventLine($0, of: RunID(run)).json })
            #expect(code == (kind == "socket" ? 1000 : code))
        }
    }

    @Test func aClientThatComesBackGoesOnWhereItWas() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.order()
            try await bench.end(of: run)
            let stream = try await bench.client.open(
                "/api/v1/runs/\(run)/stream?after=1",
                headers: ["last-event-id": "5"]
            )
            let first = try await stream.next { _ in true }
            #expect(first?["sequence"] == 6)
            await stream.leave()
            let wrong = try await bench.client.send(
                .get,
                "/api/v1/runs/\(run)/stream",
                headers: ["last-event-id": "soon"],
                body: []
            )
            #expect(
                try wrong.json()["detail"] == "Last-Event-ID must be the sequence of an event, but is 'soon'."
            )
        }
    }

    /// Whatever they say they have: what is not there yet, nobody is sent twice, and a run that is over is over.
    @Test(arguments: ["stream", "socket"])
    func whoHasEverythingIsToldThatItIsOver(kind: String) async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.order()
            try await bench.end(of: run)
            let count = try await bench.services.runs.events(of: RunID(run)).count
            for after in [count - 1, count, count + 5] {
                let (texts, code) = try await bench.client.listen("/api/v1/runs/\(run)/\(kind)?after=\(after)")
                #expect(texts.map { $0["sequence"]?.integer } == (after < count ? [count] : []))
                #expect(code == (kind == "socket" ? 1000 : code))
            }
        }
    }

    /// What the model is saying is told to those who are there, and recorded nowhere.
    @Test func piecesPassByWhileTheModelSpeaks() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.order(["model": "notes/chat", "human_gate": "after_check"])
            _ = try await bench.question(of: run)
            let stream = try await bench.client.open("/api/v1/runs/\(run)/socket")
            // Who has just come may still be reading what is recorded while the model speaks, and hears the next turn.
            var (turn, piece) = (1, JSONValue?.none)
            while turn < 6, piece == nil {
                _ = try await stream.next { $0["type"] == "approval.requested" }
                turn += 1
                _ = try await bench.client.post("/api/v1/runs/\(run)/approvals/a\(turn - 1)", ["decision": "approve"])
                let next = try await stream.next { ["model", "model.replied"].contains($0["kind"] ?? $0["type"]) }
                piece = next?["kind"] == nil ? nil : next
            }
            #expect(piece == ["kind": "model", "turn": .int(turn), "text": "Well"])
            await stream.leave()
            _ = try await bench.client.post("/api/v1/runs/\(run)/cancel")
        }
    }

    @Test func aQuestionIsFoundAndAnswered() async throws {
        try await ContractBench.serving(as: Principal(name: "ada")) { bench in
            let run = try await bench.order(["human_gate": "after_failed_check"])
            _ = try await bench.question(of: run)
            let open = try await bench.json("/api/v1/approvals")["items"]?.elements ?? []
            let question = try #require(open.first)
            #expect(open.count == 1)
            #expect(question["run"] == .string(run))
            #expect(question["approval"] == "a1")
            #expect(question["subject"] == ["kind": "check", "iteration": 1, "round": 1])
            #expect(question["question"] == "The goal does not hold yet. Go on? It is ''.")
            #expect(question["pipeline"] == "fix")
            #expect(question["on_deadline"] == "abort")
            #expect(question["resolution"] == nil)
            #expect(try await bench.json("/api/v1/runs/\(run)")["approvals_open"] == [question])
            let path = "/api/v1/runs/\(run)/approvals/a1"
            let other = String(repeating: "0", count: 64)
            let differs = try await bench.client.post(path, ["decision": "approve", "shown": .string(other)])
            #expect(differs.status == .conflict)
            #expect(try differs.json()["code"] == "shown_differs")
            let body: JSONValue = ["decision": "approve", "message": "Go.", "shown": question["shown"] ?? .null]
            let answer = try await bench.client.post(path, body)
            #expect(answer.status == .ok)
            #expect(try answer.json()["run"] == .string(run))
            let again = try await bench.client.post(path, ["decision": "reject"])
            #expect(again.status == .conflict)
            #expect(try again.json()["detail"] == "Approval 'a1' was already approved by ada.")
            try await bench.end(of: run)
            let all = try await bench.json("/api/v1/runs/\(run)/approvals")["items"]?.elements ?? []
            #expect(all.map { $0["resolution"] } == [["decision": "approved", "by": "ada", "message": "Go."]])
            #expect(try await bench.json("/api/v1/approvals")["items"] == [])
        }
    }

    @Test func anAnswerMayMakeAnotherCallAndAllowOthers() async throws {
        try await ContractBench.serving(as: Principal(name: "ada")) { bench in
            let run = try await bench.order(["human_gate": "before_writes"])
            _ = try await bench.question(of: run)
            let path = "/api/v1/runs/\(run)/approvals/a1"
            let wrong = try await bench.client.post(
                path,
                ["decision": "approve", "arguments": ["file": 5, "text": "x"]]
            )
            #expect(wrong.status == .unprocessable)
            #expect(
                try wrong.json()["detail"]
                    == "The arguments of 'write' are wrong. Field 'file' must be text, but is 5."
            )
            let no = try await bench.client.post(path, ["decision": "reject", "for_run": true])
            #expect(
                try no.json()["detail"]
                    == "Field 'decision' must be approve where 'for_run', 'like' or 'arguments' is given, but is reject."
            )
            let body: JSONValue = [
                "decision": "approve", "like": "ou*", "arguments": ["file": "./out", "text": "done"],
            ]
            #expect(try await bench.client.post(path, body).status == .ok)
            try await bench.end(of: run)
            let answers = try await bench.json("/api/v1/runs/\(run)/approvals")["items"]?.elements ?? []
            #expect(
                answers.map { $0["resolution"] } == [
                    [
                        "decision": "approved", "by": "ada", "grant": ["tool": "write", "with": ["file": "ou*"]],
                        "arguments": #"{"file":"./out","text":"done"}"#,
                    ]
                ]
            )
        }
    }

    @Test func anUnknownQuestionIsAProblem() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.order(["human_gate": "after_failed_check"])
            _ = try await bench.question(of: run)
            let answer = try await bench.client.post("/api/v1/runs/\(run)/approvals/a9", ["decision": "approve"])
            #expect(answer.status == .notFound)
            #expect(try answer.json()["code"] == "no_such_approval")
            #expect(try answer.json()["detail"] == "This run has no approval 'a9'.")
            let digest = try await bench.client.post(
                "/api/v1/runs/\(run)/approvals/a9",
                ["decision": "approve", "shown": "x"]
            )
            #expect(
                try digest.json()["detail"] == "Field 'shown' must be a digest, 64 hexadecimal digits, but is \"x\"."
            )
        }
    }
}

extension EventLine {
    fileprivate var json: JSONValue {
        get throws { try JSONValue(parsing: text) }
    }
}
