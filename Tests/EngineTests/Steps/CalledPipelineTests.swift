import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// Pipelines that hand something on, as steps of others and alone.
struct CalledPipelineTests {
    @Test func aPipelineHandsOnWhatItSaysItDoes() async throws {
        let called: JSONValue = [
            "name": "teller", "model": "told/x", "outputs": ["size": ["type": "integer"]], "tools": ["allow": ["look"]],
            "providers": [
                "told": ["provider": "notes", "replies": [StepBench.handOn(["size": 3]), ["text": "Three."]]]
            ],
        ]
        try await StepBench.with { bench in
            let pipeline = try StepBench.pipeline(
                [
                    ["id": "tell", "pipeline": called],
                    ["id": "each", "pipeline": called, "each": ["a", "b"], "needs": ["tell"]],
                    StepBench.model("work", ["each"], ["instructions": "Make ${steps.tell.size}."]),
                ],
                ["work": [["text": "Made."]]]
            )
            let state = try await bench.play(pipeline)
            #expect(state.phase == .finished(.achieved, reason: "3 of 3 steps passed."))
            #expect(state.steps?.results["tell"] == StepResult(.passed, summary: "Three.", outputs: ["size": 3]))
            #expect(state.steps?.results["each"]?.outputs == ["size": [3, 3]])
            let told = try await bench.services.runs.state(of: "r1-1-3").pipeline?.instructions ?? ""
            #expect(told.hasPrefix("Make 3."))
        }
        try await StepBench.with { bench in
            let state = try await bench.play(try Pipeline(json: called).resolved())
            #expect(state.phase == .finished(.achieved, reason: "The model has done what it was told to."))
            #expect(state.outputs == ["size": 3])
        }
    }

    @Test func aPipelineThatEndsWithoutWhatItHandsOnHasFailed() async throws {
        let called: JSONValue = [
            "name": "teller", "model": "told/x", "outputs": ["size": [:]],
            "goal": ["gate": "content", "with": ["file": "a"]], "tools": ["allow": ["write"]],
            "providers": ["told": ["provider": "notes", "replies": [StepBench.write("a"), ["text": "Three."]]]],
        ]
        try await StepBench.with { bench in
            let pipeline = try StepBench.pipeline(
                [["id": "tell", "pipeline": called]],
                [:],
                ["limits": ["iterations": 1]]
            )
            _ = try await bench.play(pipeline)
            #expect(try await bench.ends() == ["1 tell failed: It ended without handing on 'size'."])
        }
    }
}
