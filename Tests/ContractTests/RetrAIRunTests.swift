import Foundation
import HTTPKit
import PipelineEngine
import PipelineKit
import PipelineTesting
import RetrAIContract
import Testing

/// The examples of retrAI's documentation, asked as its clients ask.
@Suite(.timeLimit(.minutes(5)))
struct RetrAIRunTests {
    @Test func aRunIsStartedAndReachesItsGoal() async throws {
        try await ContractBench.serving { bench in
            let response = try await bench.client.post(
                "/api/runs",
                [
                    "goal": "fix", "cwd": .string(bench.directory), "model_name": "notes/fix", "max_iterations": 20,
                    "hitl_enabled": false,
                ]
            )
            #expect(response.status == .created)
            let run = try #require(try response.json()["run_id"]?.text)
            #expect(UUID(uuidString: run) != nil, "\(run)")
            #expect(try response.json() == ["run_id": .string(run), "status": "running"])
            let texts = try await bench.end(of: run)
            #expect(texts.first?["sequence"] == 1)
            #expect(texts.last?.kind == "run_end")
            #expect(texts.last?["payload"]?["status"] == "achieved")
        }
    }

    @Test func aRunIsShownAsDocumented() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.start()
            try await bench.end(of: run)
            let shown = try await bench.json("/api/runs/\(run)")
            let (created, updated) = (shown["created_at"]?.text ?? "", shown["updated_at"]?.text ?? "")
            #expect(Instant(created) != nil && Instant(updated) != nil)
            #expect(
                shown == [
                    "run_id": .string(run), "goal": "fix", "status": "achieved", "model_name": "notes/fix",
                    "max_iterations": 20, "hitl_enabled": false, "cwd": .string(bench.directory), "error": nil,
                    "final_state": [
                        "iteration": 2, "goal_achieved": true, "goal_reason": "It is 'done'.", "total_tokens": 5120,
                        "estimated_cost_usd": .double(0.00544),
                    ], "created_at": .string(created), "updated_at": .string(updated), "awaiting_human": false,
                    "approval": nil,
                ]
            )
        }
    }

    @Test func aRunUnderWayHasNoFinalState() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.start(["model_name": "notes/hang"])
            let shown = try await bench.json("/api/runs/\(run)")
            #expect(shown["status"] == "running")
            #expect(shown["final_state"] == .null)
            _ = try await bench.client.post("/api/runs/\(run)/abort")
        }
    }

    @Test func aRunThatRunsOutOfIterationsHasFailed() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.start(["model_name": "notes/talk", "max_iterations": 2])
            let end = try await bench.end(of: run).last?["payload"]
            #expect(end?["status"] == "failed")
            #expect(end?["achieved"] == false)
            #expect(end?["iterations"] == 2)
            let shown = try await bench.json("/api/runs/\(run)")
            #expect(shown["status"] == "failed")
            #expect(shown["error"] == .null)
            #expect(shown["final_state"]?["goal_reason"] == "It is ''.")
        }
    }

    @Test func anErrorOfTheModelIsToldAndKept() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.start(["model_name": "notes/down"])
            let kinds = try await bench.end(of: run).suffix(2).map { $0.kind }
            #expect(kinds == ["error", "run_end"])
            #expect(try await bench.json("/api/runs/\(run)")["error"] == "The service refused the key.")
        }
    }

    @Test func runsAreListedOldestFirst() async throws {
        try await ContractBench.serving { bench in
            var runs: [String] = []
            for _ in 0..<3 {
                let run = try await bench.start()
                try await bench.end(of: run)
                runs.append(run)
                try FileManager.default.removeItem(atPath: "\(bench.directory)/out")
            }
            let list = try await bench.json("/api/runs").elements
            #expect(Set(list.compactMap { $0["run_id"]?.text }) == Set(runs))
            let times = list.compactMap { $0["created_at"]?.text.flatMap(Instant.init) }
            #expect(times == times.sorted())
            let row = try #require(list.first)
            #expect(
                Set(row.members.keys) == [
                    "run_id", "goal", "status", "created_at", "model_name", "max_iterations", "cwd", "awaiting_human",
                    "approval",
                ]
            )
            #expect(try await bench.json("/api/runs?limit=1").elements.count == 1)
            #expect(try await bench.json("/api/runs?status=running").elements == [])
            #expect(try await bench.json("/api/runs?status=achieved").elements.count == 3)
        }
    }

    /// What a client may give as goal.
    @Test(arguments: ["fix", "content", "own.yaml", "name: mine\ngoal: content\n"])
    func aGoalIsAPipelineAGateAFileOrAText(goal: String) async throws {
        try await ContractBench.serving { bench in
            try bench.write("name: own\ngoal: content\n", to: "own.yaml")
            try bench.write("done", to: "out")
            let run = try await bench.start(["goal": .string(goal), "model_name": "notes/fix"])
            #expect(try await bench.end(of: run).last?["payload"]?["status"] == "achieved")
        }
    }

    @Test func inputsAndMoneyAreTakenBesideWhatIsDocumented() async throws {
        try await ContractBench.serving { bench in
            try bench.write("ready", to: "out")
            let run = try await bench.start([
                "inputs": ["word": "ready"], "max_cost_usd": 0.5, "unknown_of_an_old_client": true,
            ])
            #expect(try await bench.end(of: run).last?["payload"]?["status"] == "achieved")
            let state = try await bench.services.runs.state(of: RunID(run))
            #expect(state.limits.cost == .usd(0.5))
            #expect(state.start?.origin == "retrai")
        }
    }

    /// Nothing is started when anything is wrong; what is wrong is said in one sentence.
    @Test(
        arguments: [
            (["goal": "fixx"], "There is no pipeline 'fixx'. Did you mean 'fix'?"),
            (
                ["goal": "name: x\ngoal: contnt\n"],
                "pipeline.yaml:2:7: Unknown gate 'contnt'. Did you mean 'content'?"
            ),
            (
                ["goal": "content", "model_name": "claude-sonnet-4-6"],
                """
                There is no key for 'api.anthropic.com': set the environment variable ANTHROPIC_API_KEY, or run \
                'sluice key set anthropic'.
                """
            ),
            (
                ["model_name": "stub"],
                """
                Nobody can tell who offers the model 'stub'. Give it as provider/name. There are these providers: anthropic, command, google, notes, \
                openai, scripted.
                """
            ),
            (["goal": "content"], "The pipeline names no model. Add 'model: provider/name' to it, or give --model."),
            (["inputs": ["wrod": 1]], "Unknown input 'wrod'. Did you mean 'word'?"),
            (
                ["model_name": "notes/unpriced", "max_cost_usd": 1],
                """
                The price of 'notes/unpriced' is not known, so the limit of 1.00 USD cannot be kept. Give input_price and \
                output_price under 'providers: notes:', write the model into prices.yaml, leave 'limits.cost' out, or \
                set 'limits.allow_unknown_price: true' (--allow-unknown-price).
                """
            ),
        ] as [([String: JSONValue], String)]
    )
    func aWrongOrderIsRefusedInASentence(members: [String: JSONValue], sentence: String) async throws {
        try await ContractBench.serving { bench in
            let body = JSONValue.object(["goal": "fix"].merging(members) { $1 })
            let response = try await bench.client.post("/api/runs", body)
            #expect(response.status == .unprocessable)
            #expect(try response.json() == ["detail": .string(sentence)])
            #expect(try await bench.json("/api/runs") == [])
        }
    }

    @Test func aDirectoryOutsideOfThoseServedIsRefused() async throws {
        try await ContractBench.serving { bench in
            let response = try await bench.client.post("/api/runs", ["goal": "fix", "cwd": "/etc"])
            #expect(response.status == .unprocessable)
            let sentence =
                "'/etc' is no directory within those that this server works on: '\(bench.directory)'."
            #expect(try response.json() == ["detail": .string(sentence)])
        }
    }

    /// FastAPI's form, which clients may take apart.
    @Test(
        arguments: [
            (
                [:], "missing", ["body", "goal"],
                "Missing required field 'goal': A pipeline, a gate, a file with a pipeline, or the text of one.", [:]
            ),
            (["goal": 5], "string_type", ["body", "goal"], "Field 'goal' must be text, but is 5.", 5),
            (
                ["goal": "fix", "max_iterations": "7"], "int_type", ["body", "max_iterations"],
                "Field 'max_iterations' must be a whole number, but is \"7\".", "7"
            ),
            (
                ["goal": "fix", "max_iterations": 0], "value_error", ["body", "max_iterations"],
                "Field 'max_iterations' must be from 1 to 10000, but is 0.", 0
            ),
            (
                ["goal": "fix", "hitl_enabled": "yes"], "bool_type", ["body", "hitl_enabled"],
                "Field 'hitl_enabled' must be true or false, but is \"yes\".", "yes"
            ),
        ] as [(JSONValue, String, JSONValue, String, JSONValue)]
    )
    func aBodyThatDoesNotFitIsToldFieldByField(
        body: JSONValue,
        type: String,
        place: JSONValue,
        message: String,
        input: JSONValue
    ) async throws {
        try await ContractBench.serving { bench in
            let response = try await bench.client.post("/api/runs", body)
            #expect(response.status == .unprocessable)
            let problem: JSONValue = ["type": .string(type), "loc": place, "msg": .string(message), "input": input]
            #expect(try response.json() == ["detail": [problem]])
        }
    }

    @Test func aBodyThatIsNoJSONIsTold() async throws {
        try await ContractBench.serving { bench in
            let response = try await bench.client.send(.post, "/api/runs", headers: [:], body: Array("{".utf8))
            #expect(response.status == .unprocessable)
            #expect(try response.json()["detail"]?.elements.first?["type"] == "json_invalid")
        }
    }

    @Test(arguments: [
        (HTTPMethod.get, "/api/runs/nobody"), (.post, "/api/runs/nobody/resume"), (.post, "/api/runs/nobody/abort"),
        (.patch, "/api/runs/nobody/config"),
    ])
    func anUnknownRunIsNotFound(method: HTTPMethod, path: String) async throws {
        try await ContractBench.serving { bench in
            let response = try await bench.client.send(method, path, ["decision": "approve"])
            #expect(response.status == .notFound)
            #expect(response.bodyText == #"{"detail":"Run not found"}"#)
        }
    }

    @Test func aWrongParameterIsTold() async throws {
        try await ContractBench.serving { bench in
            let status = try await bench.client.get("/api/runs?status=achievd")
            #expect(status.status == .unprocessable)
            #expect(
                try status.json()["detail"] == """
                    Parameter 'status' must be one of running, achieved, failed, aborted, but is 'achievd'. \
                    Did you mean 'achieved'?
                    """
            )
            let limit = try await bench.client.get("/api/runs?limit=0")
            #expect(
                try limit.json()["detail"] == "Parameter 'limit' must be a whole number from 1 to 10000, but is '0'."
            )
        }
    }

    @Test(arguments: [
        ("sonnet", "notes/fix"), ("notes/talk", "notes/talk"),
    ])
    func anAliasStandsForAModel(name: String, model: String) async throws {
        let alias = try #require(ModelName("notes/fix"))
        try await ContractBench.serving(settings: RetrAI.Settings(aliases: ["sonnet": alias])) { bench in
            try bench.write("done", to: "out")
            let run = try await bench.start(["model_name": .string(name)])
            #expect(try await bench.json("/api/runs/\(run)")["model_name"] == .string(model))
            try await bench.end(of: run)
        }
    }
}
