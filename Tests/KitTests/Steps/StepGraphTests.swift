import PipelineTesting
import Testing

@testable import PipelineKit

/// What needs what, and what is wrong with it.
struct StepGraphTests {
    private func graph(_ steps: JSONValue...) throws -> StepGraph {
        StepGraph(try steps.map { try Step(json: $0) })
    }

    private func problems(_ steps: JSONValue...) throws -> [String] {
        StepGraph(try steps.map { try Step(json: $0) }).problems.map { "\($0.path): \($0.message)" }
    }

    @Test func stepsStandBehindWhatTheyNeed() throws {
        let graph = try graph(
            ["id": "review", "needs": ["work", "lint"], "human": "Ship?"],
            ["id": "plan"],
            ["id": "work", "needs": ["plan"]],
            ["id": "lint", "needs": ["work"], "gate": "ruff"],
            ["id": "alone"]
        )
        #expect(graph.order.map { graph.steps[$0].id } == ["plan", "work", "lint", "review", "alone"])
        #expect(graph.ancestors(of: "review") == ["plan", "work", "lint"])
        #expect(graph.ancestors(of: "plan") == [])
        #expect(graph.mayOverlap("alone", "work") && graph.mayOverlap("work", "alone"))
        #expect(
            !graph.mayOverlap("plan", "review") && !graph.mayOverlap("review", "plan") && !graph.mayOverlap("a", "a")
        )
        #expect(graph["lint"]?.kind == .gate && graph["review"]?.kind == .human && graph["plan"]?.kind == .model)
        #expect(graph.problems.isEmpty)
    }

    @Test func whatIsNotThereIsTold() throws {
        #expect(
            try problems(
                ["id": "plan"],
                ["id": "plan"],
                ["id": "work", "needs": ["paln", "work"]],
                ["id": "ship", "needs": ["plan"], "if": "steps.pan.passed"]
            ) == [
                "[1].id: There is a step 'plan' already.",
                "[2].needs[0]: There is no step 'paln'. Did you mean 'plan'?",
                "[2].needs[1]: The step 'work' needs itself.",
                "[3].if: 'steps.pan.passed' names a step 'pan' that is not there. Did you mean 'plan'?",
            ]
        )
    }

    @Test func circlesAreToldOnceEach() throws {
        #expect(
            try problems(
                ["id": "a", "needs": ["c"]],
                ["id": "b", "needs": ["a"]],
                ["id": "c", "needs": ["b"]],
                ["id": "x", "needs": ["y"]],
                ["id": "y", "needs": ["x"]],
                ["id": "late", "needs": ["a"]],
                ["id": "ok"]
            ) == [
                "[0].needs: These steps wait for each other for ever: 'a' needs 'c' needs 'b' needs 'a'.",
                "[3].needs: These steps wait for each other for ever: 'x' needs 'y' needs 'x'.",
            ]
        )
    }

    @Test func whatIsNotKnownYetCannotBeNamed() throws {
        let plan: JSONValue = ["id": "plan", "outputs": ["tasks": ["type": "list"]]]
        #expect(try problems(plan, ["id": "b", "needs": ["plan"], "if": "steps.plan.tasks"]) == [])
        #expect(try problems(plan, ["id": "b", "needs": ["plan"], "if": "inputs.deep or not inputs.x"]) == [])
        for (condition, message) in [
            ("steps.plan.task", "Nobody sets 'task' of step 'plan'. Did you mean 'steps.plan.tasks'?"),
            (
                "steps.plan.colour",
                "Nobody sets 'colour' of step 'plan'. It has: passed, failed, skipped, status, summary, empty, tasks."
            ),
            ("steps.b.passed", "'steps.b.passed' is of the step itself, and is not known before it has ended."),
            ("steps.c.passed", "'steps.c.passed' is not known when 'b' begins: add 'c' to its 'needs'."),
            ("steps.plan", "'steps.plan' names nothing of a step. Write 'steps.ID.passed', for example."),
        ] {
            let found = try problems(plan, ["id": "b", "needs": ["plan"], "if": .string(condition)], ["id": "c"])
            #expect(found == ["[1].if: \(message)"])
        }
    }

    @Test func stepsThatNeverBeginAreTold() throws {
        #expect(
            try problems(
                ["id": "a"],
                ["id": "b", "needs": ["a"], "if": "steps.a.passed and steps.a.failed"],
                ["id": "c", "needs": ["b"]],
                ["id": "d", "if": false],
                ["id": "e", "needs": ["b"], "if": "steps.b.skipped"],
                ["id": "f", "needs": ["a"], "if": "steps.a.status == 'broken'"]
            ) == [
                "[1].if: Step 'b' never begins: its condition 'steps.a.passed and steps.a.failed' never holds.",
                "[2].needs: Step 'c' never begins: it needs 'b', which never does.",
                "[3].if: Step 'd' never begins: its condition 'false' never holds.",
                "[5].if: Step 'f' never begins: its condition 'steps.a.status == 'broken'' never holds.",
            ]
        )
        #expect(try problems(["id": "a"], ["id": "mend", "needs": ["a"], "if": "steps.a.failed"]) == [])
        // A step that is left out tells nothing, and one that fails may be taken as one that passes.
        let spare: JSONValue = ["id": "b", "needs": ["a"], "if": "steps.a.failed", "outputs": ["x": [:]]]
        let last: JSONValue = ["id": "c", "needs": ["b"], "if": "steps.b.skipped and steps.b.x"]
        #expect(
            try problems(["id": "a"], spare, last)
                == ["[2].if: Step 'c' never begins: its condition 'steps.b.skipped and steps.b.x' never holds."]
        )
    }

    @Test(
        arguments: [
            (
                ["id": "Plan!"],
                "Field 'id' must be 1 to 32 lower-case letters, digits, '_' and '-', the first a letter, but is 'Plan!'."
            ),
            (["id": "a", "gate": "x", "human": "y"], "A step is one thing: take out all but one of 'gate', 'human'."),
            (["id": "a", "gate": "x", "model": "a/b"], "'model' has no meaning in a step with 'gate'."),
            (["id": "a", "human": "x", "each": ["a"]], "'each' has no meaning in a step with 'human'."),
            (["id": "a", "with": ["b": 1]], "'with' has no meaning in a step with 'model'."),
            (["id": "a", "retry": ["times": 0]], "Field 'retry.times' must be from 1 to 20, but is 0."),
            (
                ["id": "a", "outputs": ["status": [:]]],
                "'status' cannot be the name of an output: lower-case letters, digits, '_' and '-', and none of passed, failed, skipped, status, summary, empty."
            ),
            (
                ["id": "a", "if": "x &"],
                "In the condition 'x &', '&' at column 3 means nothing. There are 'and', 'or', 'not', '==', '!=' and parentheses."
            ),
        ] as [(JSONValue, String)]
    )
    func whatIsWrongWithOneStepIsTold(json: JSONValue, message: String) {
        let problems = #expect(throws: FieldProblems.self) { try Step(json: json) }
        #expect(problems?.all.map(\.message) == [message])
    }

    @Test func aStepIsReadBackFromItsNormalForm() throws {
        let step = try Step(json: [
            "id": "work", "needs": ["plan"], "if": "steps.plan.tasks and not steps.plan.empty", "tools": ["file_read"],
            "outputs": ["x": ["type": "integer"]], "each": "${steps.plan.tasks}", "retry": ["times": 2, "wait": "5s"],
            "on_failure": "ignore", "limits": ["turns": 3],
        ])
        let again = try Step(json: step.json)
        #expect(again == step)
    }

    /// Graphs of any shape: the order is one, or there is a circle.
    @Test func everyGraphIsPutInOrderOrToldOf() throws {
        var dice = Dice(seed: 11)
        for _ in 0..<300 {
            let count = dice.roll(1...9)
            let steps = try (0..<count).map { index in
                let needs = (0..<dice.roll(0...3)).map { _ in JSONValue.string("s\(dice.roll(0...count - 1))") }
                return try Step(json: ["id": .string("s\(index)"), "needs": .array(needs)])
            }
            let graph = StepGraph(steps)
            var done: Set<String> = []
            for place in graph.order {
                #expect(Set(steps[place].needs).isSubset(of: done))
                done.insert(steps[place].id)
            }
            #expect((graph.order.count == count) == graph.problems.isEmpty, "\(steps.map { ($0.id, $0.needs) })")
        }
    }
}
