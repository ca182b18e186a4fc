import PipelineTesting
import Testing

@testable import PipelineKit

/// What comes after what, however the steps happen to end one after the other.
struct StepProgressTests {
    private static let graph: JSONValue = [
        ["id": "plan", "outputs": ["deep": ["type": "boolean"]]], ["id": "work", "needs": ["plan"]],
        ["id": "lint", "needs": ["work"], "gate": "ruff", "on_failure": "ignore"],
        ["id": "deep", "needs": ["plan"], "if": "steps.plan.deep and inputs.budget != 'small'"],
        ["id": "mend", "needs": ["work"], "if": "steps.work.failed"],
        ["id": "ship", "needs": ["work", "lint"], "human": "Ship?"],
    ]

    private func graph() throws -> StepGraph { StepGraph(try Self.graph.elements.map { try Step(json: $0) }) }

    @Test func whatIsDecidedFollowsFromWhatHasEnded() throws {
        let graph = try graph()
        #expect(graph.problems.isEmpty)
        var results: [String: StepResult] = [:]
        #expect(graph.moves(after: results) == [.begin("plan")])
        results["plan"] = StepResult(.passed, outputs: ["deep": true])
        #expect(graph.moves(after: results) == [.begin("work"), .begin("deep")])
        #expect(graph.moves(after: results) { _ in "small" } == [.begin("work"), .leaveOut("deep")])
        results["work"] = StepResult(.passed, summary: "Done.")
        #expect(graph.moves(after: results) == [.begin("lint"), .begin("deep"), .leaveOut("mend")])
        results["lint"] = StepResult(.failed, summary: "E501")
        results["mend"] = StepResult(.skipped)
        results["deep"] = StepResult(.failed)
        #expect(graph.moves(after: results) == [.begin("ship")])
        #expect(!graph.isOver(results))
        results["ship"] = StepResult(.passed)
        #expect(graph.isOver(results) && graph.moves(after: results) == [])
        #expect(graph.failures(in: results) == ["deep"])
    }

    @Test func whatNeedsAFailedStepIsLeftOut() throws {
        let graph = try graph()
        let results = ["plan": StepResult(.passed), "work": StepResult(.failed)]
        #expect(graph.moves(after: results) == [.leaveOut("lint"), .leaveOut("deep"), .begin("mend")])
    }

    @Test func whatAStepTellsOfItselfCanBeNamed() {
        let results = ["a": StepResult(.passed, summary: " \n", outputs: ["x": 5]), "b": StepResult(.skipped)]
        for (name, value) in [
            ("steps.a.passed", true), ("steps.a.failed", false), ("steps.a.status", "passed"), ("steps.a.empty", true),
            ("steps.a.summary", " \n"), ("steps.a.x", 5), ("steps.b.skipped", true), ("steps.a.y", nil),
            ("steps.c.passed", nil), ("inputs.a", nil), ("steps.a", nil),
        ] as [(String, JSONValue?)] {
            #expect(StepGraph.value(of: name, in: results) == value, "\(name)")
        }
    }

    /// Every graph that has no mistake comes to its end, and to the same one whichever of its steps is faster.
    @Test func theEndDoesNotDependOnWhoIsFaster() throws {
        var dice = Dice(seed: 3)
        var count = 0
        while count < 200 {
            let graph = StepGraph(try Self.steps(&dice))
            guard graph.problems.isEmpty else { continue }
            count += 1
            let ends = Dictionary(uniqueKeysWithValues: graph.steps.map { ($0.id, Self.end(&dice)) })
            let first = play(graph, ends, &dice)
            for _ in 0..<3 {
                let again = play(graph, ends, &dice)
                #expect(again == first)
            }
            #expect(graph.isOver(first))
        }
    }

    /// Plays a graph to its end, each time with another of the steps that may end next.
    private func play(_ graph: StepGraph, _ ends: [String: StepResult], _ dice: inout Dice) -> [String: StepResult] {
        var results: [String: StepResult] = [:]
        while case let moves = graph.moves(after: results), !moves.isEmpty {
            switch dice.pick(moves) {
            case .begin(let id): results[id] = ends[id]
            case .leaveOut(let id): results[id] = StepResult(.skipped)
            }
        }
        return results
    }

    private static func end(_ dice: inout Dice) -> StepResult {
        StepResult(
            dice.once(in: 3) ? .failed : .passed,
            outputs: dice.once(in: 2) ? ["x": .bool(dice.once(in: 2))] : [:]
        )
    }

    private static func steps(_ dice: inout Dice) throws -> [Step] {
        try (0..<dice.roll(2...8)).map { index in
            let needs = Set(
                (0..<dice.roll(0...3)).compactMap { _ in index == 0 ? nil : "s\(dice.roll(0...index - 1))" }
            )
            var json: [String: JSONValue] = [
                "id": .string("s\(index)"), "needs": .array(needs.sorted().map(JSONValue.string)),
                "outputs": ["x": [:]],
                "on_failure": .string(dice.pick(["fail", "ignore"])),
            ]
            if let one = needs.sorted().first, dice.once(in: 2) {
                json["if"] = .string(
                    "\(dice.pick(["", "not "]))steps.\(one).\(dice.pick(["passed", "failed", "skipped", "x", "empty"]))"
                )
            }
            return try Step(json: .object(json))
        }
    }
}
