import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// What steps may use, alone and together.
struct StepLimitTests {
    @Test func whoeverUsesUpWhatIsLeftAsksForMoreAndGoesOn() async throws {
        try await StepBench.with { bench in
            let greedy: JSONValue = [
                "input": 9_900, "calls": [["tool": "write", "arguments": ["file": "a", "text": "x"]]],
            ]
            let pipeline = try StepBench.pipeline(
                [StepBench.model("work")],
                ["work": [greedy, StepBench.write("b"), ["text": "Both."]]],
                ["limits": ["tokens": 10_000, "reply": 1_000]]
            )
            let run = try await bench.start(pipeline)
            let asked = try #require(try await bench.services.runs.carryOn(run).pendingApprovals.first?.approval)
            #expect(asked.subject == .limit(.tokens))
            let words =
                "The run has used 9905 of 10k tokens, and the step 'work' needs more. Raise the limit to 20k tokens?"
            #expect(asked.question == words)
            let yes = Resolution(.approved, by: "ada")
            try await bench.services.approvals.resolve(asked.id, of: run, with: yes, shown: asked.shown)
            let state = try await bench.services.runs.carryOn(run)
            #expect(state.status == .achieved && bench.read("b") == "done", "\(state.phase)")
            let work = try await bench.services.runs.state(of: "r1-1-1")
            #expect(work.limits.tokens == TokenCount(20_000) && state.spent.tokens == work.spent.tokens)
            #expect(try await bench.ends() == ["1 work passed: Both."])
        }
    }

    @Test func modelsThatRaceHavePlacesOfTheirOwnHoweverFewStepsMayBeUnderWay() async throws {
        try await StepBench.with { bench in
            let pipeline = try StepBench.pipeline(
                [StepBench.model("a"), StepBench.model("b")],
                ["a": [StepBench.write("a")], "b": [["text": "B."]]],
                ["limits": ["parallel_steps": 1]]
            )
            _ = try await bench.play(pipeline)
            #expect(
                try await bench.services.runs.state(of: "r1-1-1").pipeline?.workspace.isolation
                    == WorkspacePolicy.Isolation.none
            )
        }
        try await StepBench.with { bench in
            var pipeline = try StepBench.pipeline(
                [],
                ["a": [StepBench.write("f")], "b": [["text": "B."]]],
                [
                    "limits": ["parallel_steps": 1, "iterations": 1], "steps": .null, "race": ["a/x", "b/x"],
                    "goal": ["gate": "content", "with": ["file": "f"]],
                ]
            )
            pipeline.workspace.isolation = .none
            #expect(try await bench.play(pipeline).status == .achieved)
            for run in ["r1-1-1-1", "r1-1-1-2"] as [RunID] {
                #expect(try await bench.services.runs.state(of: run).pipeline?.workspace.isolation == .copy)
            }
        }
    }

    @Test func whatAStepMayUseItselfNobodyRaises() async throws {
        try await StepBench.with { bench in
            let greedy: JSONValue = ["input": 9_900, "calls": [["tool": "look"]]]
            let pipeline = try StepBench.pipeline(
                [StepBench.model("work", [], ["limits": ["tokens": 10_000, "reply": 1_000]])],
                ["work": [greedy, ["text": "No."]]],
                ["limits": ["iterations": 1, "tokens": 50_000]]
            )
            let state = try await bench.play(pipeline)
            let why = "Run 'r1-1-1': not achieved. run r1 did not raise the limit 'tokens'."
            #expect(state.phase == .finished(.notAchieved, reason: "Step 'work' failed. \(why)"))
        }
    }

    @Test func sideBySideTheyKeepOneLimitTogether() async throws {
        try await StepBench.with { bench in
            // A reply costs 0.0015 USD, and may cost 0.2 USD and what its request does.
            let replies = (0..<60).map { StepBench.write("f\($0)") }
            let notes: (String) -> JSONValue = { _ in
                ["provider": "notes", "replies": .array(replies), "price": "100 USD"]
            }
            let pipeline = try StepBench.pipeline(
                [StepBench.model("a"), StepBench.model("b"), StepBench.model("c")],
                [:],
                [
                    "limits": ["cost": "0.45 USD", "reply": 2_000, "iterations": 1],
                    "providers": ["a": notes("a"), "b": notes("b"), "c": notes("c"), "notes": [:]],
                ]
            )
            let state = try await bench.play(pipeline)
            #expect(state.pendingApprovals.map(\.approval.subject) == [.limit(.cost)], "\(state.phase)")
            let spent = try await ["r1-1-1", "r1-1-2", "r1-1-3"].asyncReduce { run in
                try await bench.services.runs.state(of: RunID(run)).spent.cost?.nanodollars ?? 0
            }
            let balance = try await bench.store.balance(of: .run("r1"))
            #expect(balance.spent.nanodollars == spent && balance.reserved == .zero)
            #expect(spent <= 450_000_000 && spent > 0)
        }
    }

    @Test func underALimitStepsTakeTurns() async throws {
        for (limits, most) in [(["tokens": 100_000], 1), ([:], 2)] as [(JSONValue, Int)] {
            try await StepBench.with { bench in
                let models: [String: [JSONValue]] = ["a": [["text": "A."]], "b": [["text": "B."]]]
                let pipeline = try StepBench.pipeline(
                    [StepBench.model("a"), StepBench.model("b"), StepBench.model("c", ["a", "b"])],
                    models.merging(["c": [["text": "C."]]]) { $1 },
                    ["limits": limits]
                )
                let state = try await bench.play(pipeline)
                #expect(state.status == .achieved)
                var (open, seen) = (0, 0)
                for event in try await bench.services.runs.events(of: "r1") {
                    if case .stepStarted = event.payload { open += 1 }
                    if case .stepFinished = event.payload { open -= 1 }
                    seen = max(seen, open)
                }
                #expect(seen == most)
            }
        }
    }
}
