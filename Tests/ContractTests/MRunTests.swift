import HTTPKit
import MContract
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// Runs as clients of Project M know them: six states, one run to a repository, questions that are answered once.
@Suite(.timeLimit(.minutes(5)))
struct MRunTests {
    @Test func aRunAsksBeforeItWritesAndEnds() async throws {
        try await ContractBench.servingM("work") { bench in
            let run = try await bench.ordered("Write it down.")
            let question = try await bench.asked(by: run)
            let shown = try await bench.json("/api/runs/\(run)")
            #expect(shown["state"] == "waiting_approval")
            #expect(shown["prompt"] == "Write it down.")
            #expect(shown["workspace_path"]?.text == "\(bench.directory)/place-\(run)")
            let pending = try await bench.json("/api/approvals/pending")
            #expect(pending.elements.map { $0["id"]?.text } == [question])
            let open = try #require(pending.elements.first)
            #expect((open["run_id"], open["tool"], open["type"]) == (.string(run), "write", "generic"))
            #expect(open["request_id"]?.text == question)
            #expect(open["payload"]?["message"]?.text?.contains("write") == true)
            let body: JSONValue = ["approved": true, "reason": "Fine."]
            let answer = try await bench.client.post("/api/approvals/\(question)/resolve", body)
            #expect(try answer.json()["decision"] == "allow")
            #expect(try answer.json()["state"] == "resolved")
            #expect(try answer.json()["message"] == "Fine.")
            _ = try await bench.frames(of: run)
            #expect(try await bench.json("/api/runs/\(run)")["state"] == "completed")
            let again = try await bench.client.post("/api/approvals/\(question)/resolve", body)
            #expect(try refusal(again) == "409 invalid_state approval is not pending")
            #expect(try await bench.json("/api/approvals/pending") == [])
        }
    }

    @Test func whatIsNotApprovedIsBlockedAndTheRunGoesOn() async throws {
        try await ContractBench.servingM("work") { bench in
            let run = try await bench.ordered()
            let question = try await bench.asked(by: run)
            let answer = try await bench.client.post("/api/approvals/\(question)/resolve", ["reason": "Not there."])
            #expect(try answer.json()["decision"] == "block", "what is not approved is not")
            let frames = try await bench.frames(of: run)
            let resolved = frames.first { $0["event"]?["type"] == "approval_resolved" }?["event"]?["data"]
            #expect(resolved == ["approval_id": .string(question), "approved": false, "reason": "Not there."])
            let end = frames.last { $0["event"]?["type"] == "tool_call_end" }?["event"]?["data"]
            #expect(end?["success"] == false)
            #expect(end?["error"]?.text?.contains("Not there.") == true)
            #expect(try await bench.json("/api/runs/\(run)")["state"] == "completed")
        }
    }

    @Test func wordsAreAskedForAndGiven() async throws {
        try await ContractBench.servingM("asks") { bench in
            let run = try await bench.ordered()
            try await bench.wait(for: "waiting_input", of: run)
            #expect(try await bench.json("/api/approvals/pending") == [], "who allows things is not asked for words")
            let wrong = try await bench.client.post("/api/runs/\(run)/input", ["text": "dots"])
            #expect(try refusal(wrong).hasPrefix("400 invalid_input Approval 'a1' asks for something else."))
            let first = try await bench.client.post("/api/runs/\(run)/input", ["text": "tabs"])
            #expect(first.status == .ok, "\(first.bodyText)")
            let stream = try await bench.client.open("/api/runs/\(run)/events")
            let second = try await stream.next { $0["event"]?["data"]?["question"] == "How many?" }
            #expect(second != nil)
            await stream.leave()
            let question = try #require(
                try await bench.json("/api/approvals?state=pending").elements.first?["id"]?.text
            )
            let answer = try await bench.client.post(
                "/api/approvals/\(question)/resolve",
                ["approved": true, "response": "4"]
            )
            #expect(try answer.json()["response"] == "4")
            let frames = try await bench.frames(of: run)
            let texts = frames.filter { $0["event"]?["type"] == "input_received" }
            #expect(texts.map { $0["event"]?["data"]?["text"] } == ["tabs", "4"])
            let late = try await bench.client.post("/api/runs/\(run)/input", ["text": "5"])
            #expect(try refusal(late) == "409 invalid_state run is not waiting for input")
        }
    }

    @Test func aRunThatAsksIsCancelledAndNothingIsAllowedAfterwards() async throws {
        try await ContractBench.servingM("work") { bench in
            let run = try await bench.ordered()
            let question = try await bench.asked(by: run)
            let answer = try await bench.client.post("/api/runs/\(run)/cancel")
            #expect((answer.status, try answer.json()["state"]) == (.ok, "cancelled"))
            let again = try await bench.client.post("/api/runs/\(run)/cancel")
            #expect(try refusal(again) == "409 invalid_state run is not in an active state")
            let late = try await bench.client.post("/api/approvals/\(question)/resolve", ["approved": true])
            #expect(try refusal(late) == "409 invalid_state approval is not pending")
            let closed = try await bench.json("/api/approvals/\(question)")
            #expect((closed["state"], closed["decision"]) == ("resolved", "block"))
            let types = try await bench.frames(of: run).types
            #expect(types.suffix(2) == ["approval_resolved", "run_cancelled"])
        }
    }

    @Test func aRepositoryHasOneRunAtATime() async throws {
        try await ContractBench.servingM("hang") { bench in
            let repository = try await bench.repository()
            let path = "/api/repos/\(repository)/runs"
            let answers = try await withThrowingTaskGroup(of: HTTPResponse.self) { group in
                for number in 1...20 {
                    group.addTask { try await bench.client.post(path, ["prompt": .string("Number \(number).")]) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(answers.count { $0.status == .created } == 1)
            let refused = try answers.filter { $0.status != .created }.map(refusal)
            #expect(Set(refused) == ["409 conflict repo already has an active run"])
            let runs = try await bench.json(path).elements
            #expect(runs.count == 1)
            let run = try #require(runs.first?["id"]?.text)
            _ = try await bench.client.post("/api/runs/\(run)/cancel")
            let next = try await bench.client.post(path, ["prompt": "Next."])
            #expect(next.status == .created)
            let both = try await bench.json(path).elements.compactMap { $0["prompt"]?.text }
            #expect(both.first == "Next.", "the newest first")
            #expect(both.count == 2)
            let other = try #require(try next.json()["id"]?.text)
            _ = try await bench.client.post("/api/runs/\(other)/cancel")
        }
    }

    @Test func severalRunsStandSideBySideWhereThatIsConfigured() async throws {
        try await ContractBench.servingM("hang", sideBySide: true) { bench in
            let path = "/api/repos/\(try await bench.repository())/runs"
            for _ in 1...2 {
                let answer = try await bench.client.post(path, ["prompt": "Wait."])
                #expect(answer.status == .created)
            }
            for run in try await bench.json(path).elements {
                _ = try await bench.client.post("/api/runs/\(run["id"]?.text ?? "")/cancel")
            }
        }
    }

    @Test func whatIsNotThereIsTold() async throws {
        try await ContractBench.servingM("work") { bench in
            let client = bench.client
            #expect(try refusal(await client.get("/api/repos/x/runs")) == "404 not_found repo not found")
            #expect(try refusal(await client.post("/api/repos/x/runs", [:])) == "404 not_found repo not found")
            #expect(try refusal(await client.post("/api/runs/x/cancel")) == "404 not_found run not found")
            #expect(try refusal(await client.post("/api/runs/x/input", [:])) == "400 invalid_input text is required")
            #expect(try refusal(await client.post("/api/runs/x/input", ["text": "a"])) == "404 not_found run not found")
            #expect(try refusal(await client.get("/api/runs/x/events")) == "404 not_found run not found")
            for id in ["x", "x.a1", "x."] {
                #expect(try refusal(await client.get("/api/approvals/\(id)")) == "404 not_found approval not found")
            }
            let path = "/api/repos/\(try await bench.repository())/runs"
            #expect(try refusal(await client.post(path, [:])) == "400 invalid_input prompt is required")
            #expect(
                try refusal(await client.get("/api/approvals?state=open"))
                    == "400 invalid_input state must be pending or resolved, but is 'open'"
            )
            #expect(try refusal(await client.send(.put, "/api/repos", [:])).hasPrefix("405 "))
            #expect(try refusal(await client.get("/api/repos/a/b/c")).hasPrefix("404 not_found "))
        }
    }

    /// Both are asked for a run at the same path, and each answers for its own.
    @Test func aRunIsShownInTheWordsOfWhoeverStartedIt() async throws {
        try await ContractBench.servingM("work") { bench in
            let ours = try await bench.ordered()
            let theirs = try await bench.start()
            #expect(try await bench.json("/api/runs/\(ours)")["repo_id"] != nil)
            #expect(try await bench.json("/api/runs/\(theirs)")["run_id"]?.text == theirs)
            _ = try await bench.client.post("/api/runs/\(ours)/cancel")
            try await bench.end(of: theirs)
            #expect(try await bench.json("/api/runs/\(theirs)/events").elements.last?["type"] == "run_completed")
        }
    }

    /// 200 answers and cancellations at once: each question has one outcome, and the run one end.
    @Test func manyAnswersAndCancellationsHaveOneOutcome() async throws {
        try await ContractBench.servingM("work") { bench in
            let run = try await bench.ordered()
            let question = try await bench.asked(by: run)
            let statuses = try await withThrowingTaskGroup(of: (isCancel: Bool, status: HTTPStatus).self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let isCancel = number % 4 == 3
                        let path = isCancel ? "/api/runs/\(run)/cancel" : "/api/approvals/\(question)/resolve"
                        let body: JSONValue = isCancel ? [:] : ["approved": .bool(number % 4 == 0)]
                        return (isCancel, try await bench.client.post(path, body).status)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { $0.status == .ok || $0.status == .conflict })
            #expect(statuses.count { !$0.isCancel && $0.status == .ok } <= 1)
            #expect(statuses.count { $0.isCancel && $0.status == .ok } <= 1)
            let frames = try await bench.frames(of: run)
            #expect(frames.types.count { $0 == "approval_resolved" } == 1)
            let ends = frames.types.filter { ["run_completed", "run_failed", "run_cancelled"].contains($0) }
            #expect(ends.count == 1)
            #expect(frames.types.last == ends.first)
        }
    }
}
