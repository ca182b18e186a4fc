import OutputsTool
import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// Tasks of a list that need each other, each done by a run of its own.
struct TaskTests {
    private static let tasks: JSONValue = [
        ["id": "client", "task": "Call it.", "needs": ["api"]], ["id": "api", "task": "Serve it."],
        ["id": "docs", "task": "Describe it."], ["id": "ship", "task": "Ship it.", "needs": ["client", "docs"]],
    ]

    private static func pipeline(
        _ tasks: JSONValue = tasks,
        _ build: [String: JSONValue] = [:],
        _ more: [String: JSONValue] = [:],
        saying replies: [JSONValue] = [["text": "So."]]
    ) throws -> Pipeline {
        let each: [String: JSONValue] = [
            "each": "${steps.plan.tasks}", "instructions": "Do '${item.id}': ${item.task}",
        ]
        return try StepBench.pipeline(
            [
                StepBench.model("plan", [], ["outputs": ["tasks": ["type": "tasks"]]]),
                StepBench.model("build", ["plan"], each.merging(build) { $1 }),
            ],
            ["plan": [StepBench.handOn(["tasks": tasks]), ["text": "Four."]], "build": replies],
            more
        )
    }

    /// The instructions of the runs of the second step, in the order of the list.
    private func told(_ bench: Bench, _ count: Int) async throws -> [String] {
        var told: [String] = []
        for number in 1...count {
            told.append(try await bench.services.runs.state(of: RunID("r1-1-2-\(number)")).pipeline?.instructions ?? "")
        }
        return told
    }

    @Test(arguments: [1, 2, 8]) func eachIsDoneAfterThoseItNeeds(sideBySide: Int) async throws {
        try await StepBench.with { bench in
            let limits: [String: JSONValue] = ["limits": ["parallel_steps": .int(sideBySide)]]
            let state = try await bench.play(try Self.pipeline(Self.tasks, [:], limits))
            #expect(state.status == .achieved)
            #expect(
                try await bench.ends().last
                    == "1 build passed: client passed: So.\napi passed: So.\ndocs passed: So.\nship passed: So."
            )
            let runs = try await bench.services.runs.list(RunQuery(limit: 20))
            let times = Dictionary(uniqueKeysWithValues: runs.map { ($0.run.value, $0) })
            let (client, api, ship) = (times["r1-1-2-1"], times["r1-1-2-2"], times["r1-1-2-4"])
            #expect(try #require(api?.updatedAt) <= #require(client?.startedAt))
            #expect(try #require(client?.updatedAt) <= #require(ship?.startedAt))
            let told = try await told(bench, 4)
            #expect(told[0].contains("Before it, the task 'api' passed.\nSo.\n\nDo 'client': Call it."))
            #expect(told[1].contains("Do 'api': Serve it.") && !told[1].contains("Before it, the task"))
            #expect(told[3].contains("Before it, the task 'client' passed.\nSo.\n\nBefore it, the task 'docs' passed."))
        }
    }

    /// Each works on a copy of its own, and those that others need are brought over as they end.
    @Test func whatATaskNeedsIsThereWhenItBegins() async throws {
        try await StepBench.with { bench in
            let tasks: JSONValue = [
                ["id": "b", "task": "b", "needs": ["a"]], ["id": "a", "task": "a"], ["id": "c", "task": "c"],
            ]
            // The goal of the second holds only on top of what the first has left, and each is judged by its own file.
            let goal: JSONValue = ["goal": ["gate": "content", "with": ["file": "${item.id}"]]]
            let step = goal.members
            let replies = ["a", "b", "c"].map { StepBench.write($0) } + [["text": "So."]]
            let state = try await bench.play(try Self.pipeline(tasks, step, saying: replies))
            #expect(state.status == .achieved, "\(state.phase)")
            #expect(["a", "b", "c"].allSatisfy { bench.read($0) == "done" })
        }
    }

    @Test func whatNeedsATaskThatFailedIsLeftOut() async throws {
        try await StepBench.with { bench in
            let goal: [String: JSONValue] = [
                "goal": ["gate": "content", "with": ["file": "${item.id}"]], "limits": ["iterations": 1],
            ]
            let replies = ["client", "docs", "ship"].map { StepBench.write($0) } + [["text": "So."]]
            let more: [String: JSONValue] = ["limits": ["iterations": 1]]
            let state = try await bench.play(try Self.pipeline(Self.tasks, goal, more, saying: replies))
            #expect(state.status == .notAchieved)
            let summary = try #require(state.steps?.results["build"]?.summary.split(separator: "\n").map(String.init))
            #expect(summary.first == "client skipped: It was left out, as it needs 'api'.")
            #expect(summary[1].hasPrefix("api failed: Run 'r1-1-2-2': not achieved."))
            #expect(summary.last == "ship skipped: It was left out, as it needs 'client'.")
            #expect(summary.contains { $0.hasPrefix("docs passed:") })
            let runs = try await bench.services.runs.list(RunQuery(limit: 20)).map(\.run.value).sorted()
            #expect(runs == ["r1", "r1-1-1", "r1-1-2-2", "r1-1-2-3"])
        }
    }

    @Test func whoeverHandsOnTasksThatCannotBeDoneIsToldAtOnce() async throws {
        try await StepBench.with { bench in
            let wrong: JSONValue = [["id": "a", "task": "A.", "needs": ["b"]]]
            let right: JSONValue = [["id": "a", "task": "A."]]
            let pipeline = try StepBench.pipeline(
                [StepBench.model("plan", [], ["outputs": ["tasks": ["type": "tasks"]]])],
                [
                    "plan": [
                        StepBench.handOn(["tasks": wrong]), StepBench.handOn(["tasks": right]), ["text": "One."],
                    ]
                ]
            )
            let state = try await bench.play(pipeline)
            #expect(state.steps?.results["plan"]?.outputs == ["tasks": right])
            let outputs = try await bench.services.runs.events(of: "r1-1-1").compactMap { event in
                if case .callFinished(_, let output) = event.payload { output.text } else { nil as String? }
            }
            let told = "The arguments of 'set_outputs' are wrong. There is no task 'b'. Did you mean 'a'?"
            #expect(outputs == [told, "Set: tasks."])
        }
    }

    /// Whoever hands tasks on with the tool is told before; this is for those that come otherwise.
    @Test func tasksThatNeedEachOtherInACircleAreNotGoneThrough() throws {
        var step = Step()
        step.id = "build"
        step.each = "${steps.plan.tasks}"
        let circle: JSONValue = [["id": "a", "needs": ["b"]], ["id": "b", "needs": ["a"]]]
        let results = ["plan": StepResult(.passed, outputs: ["tasks": circle])]
        let sentence = """
            'each' cannot be gone through: 'each[0].needs': These tasks wait for each other for ever: 'a' needs 'b' needs 'a'.
            """
        #expect(throws: Failure(.invalidInput, sentence)) { try StepWork.elements(of: step, results) }
    }

    @Test func aMemberThatAnElementDoesNotHaveFailsTheStep() async throws {
        try await StepBench.with { bench in
            let each: JSONValue = [["id": "a", "task": "A."], ["id": "b", "tsk": "B."]]
            let pipeline = try StepBench.pipeline(
                [StepBench.model("build", [], ["each": each, "instructions": "Do ${item.task}"])],
                ["build": []],
                ["limits": ["iterations": 1]]
            )
            let reason = """
                Step 'build' failed. '${item.task}' stands for nothing: the element has no 'task'. Did you mean 'tsk'? It is \
                {"id":"b","tsk":"B."}.
                """
            #expect(try await bench.play(pipeline).phase == .finished(.notAchieved, reason: reason))
            #expect(try await bench.services.runs.list(RunQuery(limit: 9)).count == 1, "nothing was begun")
        }
    }

    @Test func aPersonReadsTasksAndListsAsLines() async throws {
        try await StepBench.with { bench in
            let pipeline = try StepBench.pipeline(
                [
                    StepBench.model(
                        "plan",
                        [],
                        ["outputs": ["tasks": ["type": "tasks"], "risks": ["type": "list"], "none": ["type": "list"]]]
                    ),
                    [
                        "id": "ask", "needs": ["plan"],
                        "human": """
                        Build?\n${steps.plan.tasks}\nRisks:\n${steps.plan.risks}\nElse:\n${steps.plan.none}\n
                        """,
                    ],
                ],
                [
                    "plan": [
                        StepBench.handOn([
                            "tasks": Self.tasks, "risks": ["It is slow.", "It is\nlong."], "none": [],
                        ]), ["text": "Four."],
                    ]
                ]
            )
            let asked = try await bench.play(pipeline).pendingApprovals.first?.approval.question
            #expect(
                asked == """
                    Build?
                    - client: Call it. (after api)
                    - api: Serve it.
                    - docs: Describe it.
                    - ship: Ship it. (after client, docs)
                    Risks:
                    - It is slow.
                    - It is
                      long.
                    Else:
                    (nothing)
                    """
            )
        }
    }
}
