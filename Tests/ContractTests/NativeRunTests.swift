import Foundation
import HTTPKit
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// Runs through Sluice's own interface.
@Suite(.timeLimit(.minutes(5)))
struct NativeRunTests {
    @Test func aRunIsStartedAndShown() async throws {
        try await ContractBench.serving { bench in
            let response = try await bench.client.post(
                "/api/v1/runs",
                [
                    "pipeline": "fix", "inputs": ["word": "done"], "cwd": ".",
                    "limits": ["cost": "2.00 USD", "turns": 9],
                    "human_gate": "never", "id": "mine",
                ]
            )
            #expect(response.status == .created)
            #expect(response.headers["location"] == "/api/v1/runs/mine")
            let started = try response.json()
            #expect(started["run"] == "mine")
            #expect(started["status"] == "running")
            #expect(started["origin"] == "sluice")
            #expect(started["project"] == .string(bench.directory))
            try await bench.end(of: "mine")
            let shown = try await bench.json("/api/v1/runs/mine")
            #expect(shown["status"] == "achieved")
            #expect(shown["reason"] == "It is 'done'.")
            #expect(shown["holds"] == true)
            #expect(shown["limits"]?["cost"] == "2.00 USD")
            #expect(shown["limits"]?["turns"] == 9)
            #expect(shown["inputs"] == ["word": "done"])
            #expect(shown["normal"]?["name"] == "fix")
            #expect(shown["approvals_open"] == [])
            let open: JSONValue = ["confined": false, "reason": "This program cannot confine commands."]
            #expect(shown["workspace"] == ["path": .string(bench.directory), "isolation": "none", "sandbox": open])
            #expect(shown["iterations_done"] == [0, 1, 2])
            #expect(shown["goal"] == "content")
        }
    }

    @Test func aNameIsTakenOnce() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.order(["id": "mine"])
            let again = try await bench.client.post("/api/v1/runs", ["pipeline": "fix", "id": .string(run)])
            #expect(again.status == .conflict)
            #expect(again.headers["content-type"] == "application/problem+json")
            #expect(
                try again.json() == [
                    "type": "about:blank", "title": "Conflict", "status": 409, "code": "run_exists",
                    "detail": .string("\(Refusal.alreadyStarted)"),
                ]
            )
            try await bench.end(of: run)
        }
    }

    /// All that is wrong is told at once, each in a sentence.
    @Test(
        arguments: [
            ([:], ["Give 'pipeline', the name of one, or 'yaml', the text of one."]),
            (["pipelin": "fix"], ["Unknown field 'pipelin'. Did you mean 'pipeline'?"]),
            (
                ["pipeline": 5, "cwd": []],
                ["Field 'pipeline' must be text, but is 5.", "Field 'cwd' must be text, but is a list."]
            ),
            (
                ["pipeline": "fix", "id": "Mine!"],
                ["Field 'id' must be up to 64 lower-case letters, digits and dashes, but is \"Mine!\"."]
            ),
            (
                ["pipeline": "fix", "model": "gpt"],
                ["Field 'model' must be a model such as 'openai/gpt-5.2', but is \"gpt\"."]
            ),
            (
                ["pipeline": "fix", "limits": ["iterations": 0, "cost": "0 USD"]],
                [
                    "Field 'limits.iterations' must be from 1 to 10000, but is 0.",
                    "Field 'limits.cost' must be more than nothing, but is 0.00 USD.",
                ]
            ),
            (
                ["yaml": "name: x\ngoal: content\nmodle: notes/fix\n"],
                ["pipeline.yaml:3:1: Unknown field 'modle'. Did you mean 'model'?"]
            ),
            (
                ["pipeline": "fix", "inputs": ["word": 5, "wrod": "x"]],
                ["Unknown input 'wrod'. Did you mean 'word'?", "Input 'word' must be text, but is 5."]
            ),
        ] as [(JSONValue, [String])]
    )
    func aWrongOrderIsRefusedWithEveryMistake(body: JSONValue, sentences: [String]) async throws {
        try await ContractBench.serving { bench in
            let response = try await bench.client.post("/api/v1/runs", body)
            #expect(response.status == .unprocessable)
            let problem = try response.json()
            #expect(problem["title"] == "Unprocessable Content")
            #expect(problem["errors"] == .array(sentences.map(JSONValue.string)))
            #expect(problem["detail"] == .string(sentences.joined(separator: " ")))
            #expect(try await bench.json("/api/v1/runs")["items"] == [])
        }
    }

    @Test func anUnknownRunIsAProblem() async throws {
        try await ContractBench.serving { bench in
            for path in ["", "/events", "/approvals", "/costs", "/diff", "/changes"] {
                let response = try await bench.client.get("/api/v1/runs/nobody\(path)")
                #expect(response.status == .notFound, "\(path)")
                #expect(
                    try response.json() == [
                        "type": "about:blank", "title": "Not Found", "status": 404, "code": "no_such_run",
                        "detail": "There is no run 'nobody'.",
                    ]
                )
            }
        }
    }

    @Test func runsAreListedPageByPage() async throws {
        try await ContractBench.serving { bench in
            try bench.write("done", to: "out")
            for number in 1...5 {
                try await bench.end(of: try await bench.order(["id": .string("run-\(number)")]))
            }
            var (pages, cursor): ([[String]], String?) = ([], nil)
            repeat {
                let page = try await bench.json("/api/v1/runs?limit=2" + (cursor.map { "&cursor=\($0)" } ?? ""))
                pages.append(page["items"]?.elements.compactMap { $0["run"]?.text } ?? [])
                cursor = page["next"]?.text
            } while cursor != nil
            #expect(pages.map(\.count) == [2, 2, 1])
            #expect(Set(pages.joined()) == ["run-1", "run-2", "run-3", "run-4", "run-5"])
        }
    }

    @Test func aListIsFiltered() async throws {
        try await ContractBench.serving { bench in
            try bench.write("done", to: "out")
            let (one, other) = (try await bench.order(), try await bench.start())
            for run in [one, other] { try await bench.end(of: run) }
            for (filter, runs) in [
                ("origin=retrai", [other]), ("origin=sluice", [one]), ("pipeline=fix", [one, other]),
                ("pipeline=none", []), ("status=achieved,failed", [one, other]), ("status=running", []),
                ("project=\(bench.directory)", [one, other]),
            ] {
                let items = try await bench.json("/api/v1/runs?\(filter)")["items"]?.elements ?? []
                #expect(Set(items.compactMap { $0["run"]?.text }) == Set(runs), "\(filter)")
            }
        }
    }

    @Test func runsOfStepsAreListedAndSummedOnlyWhenAsked() async throws {
        try await ContractBench.serving { bench in
            let yaml = """
                name: two
                model: notes/fix
                tools: { allow: [look, write] }
                steps: [{ id: one, instructions: Look. }]

                """
            let body: JSONValue = ["yaml": .string(yaml), "cwd": .string(bench.directory), "id": "mine"]
            let started = try await bench.client.post("/api/v1/runs", body)
            #expect(started.status == .created, "\(started.bodyText)")
            try await bench.end(of: "mine")
            let names = { (query: String) async throws -> Set<String> in
                let items = try await bench.json("/api/v1/runs\(query)")["items"]?.elements ?? []
                return Set(items.compactMap { $0["run"]?.text })
            }
            #expect(try await names("") == ["mine"])
            #expect(try await names("?all=true") == ["mine", "mine-1-1"])
            #expect(try await bench.json("/api/runs").elements.compactMap { $0["run_id"]?.text } == ["mine"])
            let (own, sum) = (try await bench.json("/api/v1/runs/mine"), try await bench.json("/api/v1/costs"))
            #expect(sum["total"]?["runs"] == 1)
            #expect(sum["total"]?["tokens"] == own["tokens"] && own["tokens"] != 0)
        }
    }

    @Test(arguments: [
        ("all=yes", "Parameter 'all' must be true or false, but is 'yes'."),
        ("cursor=x", "Parameter 'cursor' must be the 'next' of a page before, but is 'x'."),
        ("limit=501", "Parameter 'limit' must be a whole number from 1 to 500, but is '501'."),
        (
            "status=wating",
            """
            Parameter 'status' must be of running, waiting, achieved, not_achieved, aborted, failed, but has 'wating'. \
            Did you mean 'waiting'?
            """
        ),
    ])
    func aWrongParameterIsTold(query: String, sentence: String) async throws {
        try await ContractBench.serving { bench in
            let response = try await bench.client.get("/api/v1/runs?\(query)")
            #expect(response.status == .unprocessable)
            #expect(try response.json()["detail"] == .string(sentence))
        }
    }

    @Test func aRunIsChangedAndCancelled() async throws {
        try await ContractBench.serving(as: Principal(name: "ada")) { bench in
            let run = try await bench.order(["model": "notes/hang"])
            let body: JSONValue = [
                "limits": ["iterations": 3], "model": "notes/talk", "human_gate": "after_check",
            ]
            let changed = try await bench.client.send(.patch, "/api/v1/runs/\(run)", body)
            #expect(changed.status == .ok)
            #expect(try changed.json()["iterations"] == 3)
            #expect(try changed.json()["model"] == "notes/talk")
            #expect(try changed.json()["human_gate"] == "after_check")
            let nothing = try await bench.client.send(.patch, "/api/v1/runs/\(run)", [:])
            #expect(
                try nothing.json()["detail"] == "Give something to change: 'limits', 'model' or 'human_gate'."
            )
            let ended = try await bench.client.post("/api/v1/runs/\(run)/cancel", ["reason": "Enough."])
            #expect(try ended.json()["status"] == "aborted")
            #expect(try ended.json()["reason"] == "Enough.")
            let again = try await bench.client.post("/api/v1/runs/\(run)/cancel")
            #expect(again.status == .conflict)
            #expect(try again.json()["code"] == "run_ended")
            #expect(try again.json()["detail"] == "The run has ended already: aborted.")
        }
    }

    @Test func aRunThatEndedIsTakenUpAgain() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.order(["limits": ["iterations": 1]])
            try await bench.end(of: run)
            #expect(try await bench.json("/api/v1/runs/\(run)")["status"] == "not_achieved")
            let answer = try await bench.client.post("/api/v1/runs/\(run)/resume", ["limits": ["iterations": 5]])
            #expect(answer.status == .ok)
            #expect(try answer.json()["status"] == "running")
            let stream = try await bench.client.open("/api/v1/runs/\(run)/socket")
            let end = try await stream.next { $0["type"] == "run.finished" && $0["body"]?["status"] == "achieved" }
            #expect(end != nil)
            await stream.leave()
            let held = try await bench.client.post("/api/v1/runs/\(run)/resume")
            #expect(held.status == .conflict)
            #expect(try held.json()["code"] == "goal_reached")
        }
    }

    @Test func aMessageIsRecordedAndAnEmptyOneIsNot() async throws {
        try await ContractBench.serving(as: Principal(name: "ada")) { bench in
            let run = try await bench.order(["model": "notes/hang"])
            let answer = try await bench.client.post("/api/v1/runs/\(run)/messages", ["text": "Look at add."])
            #expect(answer.status == .ok)
            let types = try await bench.services.runs.events(of: RunID(run)).map(\.payload)
            #expect(types.contains(.messageAdded("Look at add.", by: "ada")))
            let empty = try await bench.client.post("/api/v1/runs/\(run)/messages", ["text": " "])
            #expect(empty.status == .unprocessable)
            #expect(try empty.json()["detail"] == "The message is empty. Say what the model should know.")
            _ = try await bench.client.post("/api/v1/runs/\(run)/cancel")
        }
    }

    @Test func filesAreComparedAndSetBack() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.order()
            try await bench.end(of: run)
            let diff = try await bench.client.get("/api/v1/runs/\(run)/diff?from=0&to=2")
            #expect(diff.headers["content-type"] == "text/x-diff; charset=utf-8")
            #expect(diff.bodyText == "-start\n+snapshot-of-done\n")
            let changes = try await bench.json("/api/v1/runs/\(run)/changes?from=1")
            #expect(changes == ["items": [["path": "out", "kind": "modified"]], "next": nil])
            let back = try await bench.client.post("/api/v1/runs/\(run)/rollback", ["to": 1])
            #expect(try back.json() == ["replaced": "snapshot-of-done"])
            let unknown = try await bench.client.post("/api/v1/runs/\(run)/rollback", ["to": 9])
            #expect(unknown.status == .notFound)
            #expect(try unknown.json()["detail"] == "This run has no snapshot of an iteration 9.")
        }
    }

    @Test func onlyWhatHasEndedIsRemoved() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.order(["model": "notes/hang"])
            let early = try await bench.client.send(.delete, "/api/v1/runs/\(run)", [:])
            #expect(early.status == .conflict)
            let sentence = "Run '\(run)' has not ended: it is running. Cancel it first."
            #expect(try early.json()["detail"] == .string(sentence))
            _ = try await bench.client.post("/api/v1/runs/\(run)/cancel")
            let gone = try await bench.client.send(.delete, "/api/v1/runs/\(run)", [:])
            #expect(gone.status == .noContent)
            #expect(try await bench.client.get("/api/v1/runs/\(run)").status == .notFound)
        }
    }

    @Test func costsAreToldTurnByTurnAndTogether() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.order()
            try await bench.end(of: run)
            let turns = try await bench.json("/api/v1/runs/\(run)/costs")["items"]?.elements ?? []
            #expect(turns.map { $0["tokens"] } == [1280, 2560, 3840, 5120])
            #expect(turns.map { $0["iteration"] } == [1, 1, 2, 2])
            #expect(turns.last?["cost"]?.text == "0.00544 USD")
            let sums = try await bench.json("/api/v1/costs?by=model")
            let sum: JSONValue = ["runs": 1, "tokens": 5120, "cost": "0.00544 USD"]
            #expect(sums["total"] == sum)
            #expect(sums["items"] == [.object(sum.members.merging(["key": "notes/fix"]) { $1 })])
            #expect(try await bench.json("/api/v1/costs?since=2999-01-01T00:00:00Z")["items"] == [])
            let wrong = try await bench.client.get("/api/v1/costs?by=weather")
            #expect(try wrong.json()["detail"] == "Parameter 'by' must be pipeline, model or day, but is 'weather'.")
        }
    }
}
