import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// Runs that do the work of steps are found by their names.
struct StepAttemptTests {
    private static let names: [(String, String, Int, element: Int?, number: Int)] = [
        ("r1", "r1-1-2", 1, nil, 1), ("r1", "r1-1-2-3", 1, 3, 1), ("r1", "r1-12-200-64", 12, 64, 1),
        ("r1", "r1-1-2-t2", 1, nil, 2), ("r1", "r1-1-2-3-t21", 1, 3, 21), ("t2-1", "t2-1-1-2-t2", 1, nil, 2),
        ("r1-1-2-3-t2", "r1-1-2-3-t2-1-4-2", 1, 2, 1), ("a-t3", "a-t3-2-1", 2, nil, 1),
    ]

    @Test(arguments: names) func aNameSaysForWhatItIs(
        parent: String,
        name: String,
        pass: Int,
        element: Int?,
        number: Int
    ) throws {
        let attempt = try #require(StepAttempt(RunID(name), of: RunID(parent), StepPlace(pass: pass, step: "s")))
        #expect(attempt.run == RunID(name) && attempt.place == StepPlace(pass: pass, step: "s"))
        #expect(attempt.element == element && attempt.number == number)
    }

    @Test(arguments: [
        ("r1", "r2-1-2"), ("r1", "r1-2-1"), ("r1", "r1-1-2-x"), ("r1", "r1-1-2-3-4"), ("r1", "r1-1-2-tx"),
    ])
    func aRunThatIsCalledOtherwiseIsNone(parent: String, name: String) {
        #expect(StepAttempt(RunID(name), of: RunID(parent), StepPlace(pass: 1, step: "s")) == nil)
    }

    /// Whatever the work is called, its name is read as what it is.
    @Test(arguments: 1...40) func theNamesOfWorkAreReadBack(seed: UInt64) throws {
        let pipeline = try GraphMaker.pipeline(seed: seed)
        var state = RunState()
        state.facts.take(RunStart(run: "r1-1-2", pipeline: pipeline.json, project: "/p", origin: "test", version: "1"))
        var dice = Dice(seed: seed)
        for step in pipeline.steps ?? [] where step.changesFiles {
            let place = StepPlace(pass: dice.roll(1...30), step: step.id)
            guard let work = try? StepWork(place, step, state) else { continue }
            let (index, number) = (dice.roll(0...63), dice.roll(1...21))
            let run = work.name(ofElement: index, attempt: number)
            let attempt = try #require(StepAttempt(run, of: "r1-1-2", place), "\(run)")
            #expect(attempt.number == number && attempt.element == (step.each == nil ? nil : index + 1))
        }
    }

    @Test func theRunsOfAllPassesElementsAndTriesAreFound() async throws {
        try await StepBench.with { bench in
            let goal: JSONValue = ["gate": "content", "with": ["file": "a", "is": "done"]]
            let limits: JSONValue = ["iterations": 1]
            let work: [String: JSONValue] = [
                "each": ["x", "y"], "goal": goal, "retry": ["times": 1], "limits": limits, "on_failure": "ignore",
            ]
            let look: JSONValue = ["id": "look", "gate": "content", "with": ["file": "b"], "needs": ["work"]]
            let pipeline = try StepBench.pipeline(
                [StepBench.model("work", [], work), look],
                ["work": [["text": "Nothing."]]],
                ["limits": ["iterations": 2]]
            )
            _ = try await bench.play(pipeline)
            let attempts = try await bench.services.runs.stepAttempts(of: "r1")
            let once = ["r1-1-1-1", "r1-1-1-1-t2", "r1-1-1-2", "r1-1-1-2-t2"]
            #expect(attempts.map(\.run.value) == once + once.map { "r1-2" + $0.dropFirst(4) })
            #expect(attempts.map(\.place.pass) == [1, 1, 1, 1, 2, 2, 2, 2])
            #expect(attempts.map(\.element) == [1, 1, 2, 2, 1, 1, 2, 2])
            #expect(attempts.map(\.number) == [1, 2, 1, 2, 1, 2, 1, 2])
        }
    }
}
