import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// Steps, carried out.
struct StepTests {
    @Test func whatAStepHandsOnIsKnownToThoseBehindIt() async throws {
        try await StepBench.with { bench in
            let pipeline = try StepBench.pipeline(
                [
                    StepBench.model(
                        "plan",
                        [],
                        ["outputs": ["tasks": ["type": "list", "help": "What is to be done."]]]
                    ),
                    StepBench.model("work", ["plan"], ["instructions": "Do ${steps.plan.tasks} and $${this}."]),
                ],
                ["plan": [StepBench.handOn(["tasks": ["a", "b"]]), ["text": "Two."]], "work": [["text": "Both."]]]
            )
            let state = try await bench.play(pipeline)
            #expect(state.phase == .finished(.achieved, reason: "2 of 2 steps passed."))
            #expect(try await bench.ends() == ["1 plan passed: Two.", "1 work passed: Both."])
            let plan = try await bench.services.runs.state(of: "r1-1-1")
            #expect(plan.pipeline?.name == "p/plan" && plan.pipeline?.tools.allow.last == "set_outputs")
            #expect(plan.start?.parent == ParentWork(run: "r1", step: StepPlace(pass: 1, step: "plan")))
            let told = try await bench.services.runs.state(of: "r1-1-2").pipeline?.instructions
            #expect(
                told == """
                    Do ["a","b"] and ${this}.

                    Your work is the step 'work' of a larger piece of work.

                    Before it, the step 'plan' passed.
                    Two.
                    It hands on: {"tasks":["a","b"]}
                    """
            )
        }
    }

    @Test func aStepThatHandsNothingOnIsToldToAndFailsWhenItDoesNot() async throws {
        try await StepBench.with { bench in
            let pipeline = try StepBench.pipeline(
                [StepBench.model("plan", [], ["outputs": ["x": [:]], "limits": ["iterations": 2]])],
                ["plan": [["text": "So."], ["text": "So."]]],
                ["limits": ["iterations": 1]]
            )
            let state = try await bench.play(pipeline)
            let missing = "Not handed on yet: 'x'. Call 'set_outputs' with what is missing."
            let why = "Run 'r1-1-1': not achieved. The goal does not hold after 2 iterations. \(missing)"
            #expect(state.phase == .finished(.notAchieved, reason: "Step 'plan' failed. \(why)"))
            let messages = try await bench.services.runs.state(of: "r1-1-1").messages
            #expect(messages.contains { if case .user(let text) = $0 { text.contains(missing) } else { false } })
        }
    }

    @Test func aPassThatFailsIsFollowedByAnotherThatIsToldWhy() async throws {
        try await StepBench.with { bench in
            let check: JSONValue = ["id": "check", "gate": "content", "with": ["file": "a"], "needs": ["work"]]
            let pipeline = try StepBench.pipeline(
                [StepBench.model("work"), check],
                ["work": [["text": "First."]]],
                ["limits": ["iterations": 2], "goal": ["gate": "content", "with": ["file": "a"]]]
            )
            let state = try await bench.play(pipeline)
            let found = "It is ''."
            #expect(
                state.phase == .finished(.notAchieved, reason: "Step 'check' failed in the last of 2 passes. \(found)")
            )
            #expect(
                try await bench.ends() == [
                    "1 work passed: First.", "1 check failed: \(found)", "2 work passed: First.",
                    "2 check failed: \(found)",
                ]
            )
            let told = try await bench.services.runs.state(of: "r1-2-1").pipeline?.instructions ?? ""
            let words =
                "This is pass 2: the work was done before, and was not good enough. The step 'check' failed. \(found)"
            #expect(told.hasSuffix(words), "\(told)")
        }
    }

    @Test func theGoalIsJudgedWhenAllStepsHavePassed() async throws {
        try await StepBench.with { bench in
            let pipeline = try StepBench.pipeline(
                [StepBench.model("work")],
                ["work": [["text": "Nothing."]]],
                ["limits": ["iterations": 2], "goal": ["gate": "content", "with": ["file": "a"]]]
            )
            let state = try await bench.play(pipeline)
            #expect(
                state.phase == .finished(.notAchieved, reason: "The goal does not hold after 2 iterations. It is ''.")
            )
            let told = try await bench.services.runs.state(of: "r1-2-1").pipeline?.instructions ?? ""
            #expect(told.hasSuffix("not good enough. The goal does not hold. It is ''."), "\(told)")
        }
    }

    @Test func aPersonIsAskedAndAnswersAsAStep() async throws {
        for (answer, status, ends) in [
            (
                Resolution(.approved, by: "ada", message: "Well."), RunStatus.achieved,
                ["1 ship passed: Well.", "1 sign passed: I stop."]
            ),
            (Resolution(.rejected, by: "ada"), .aborted, []),
            (
                Resolution(.rejected, by: "ada", message: "Shorter."), .waiting,
                ["1 ship failed: Shorter.", "1 sign skipped", "2 work passed: It."]
            ),
        ] {
            try await StepBench.with { bench in
                let pipeline = try StepBench.pipeline(
                    [
                        StepBench.model("work"),
                        ["id": "ship", "human": "Ship ${steps.work.summary}?", "needs": ["work"]],
                        ["id": "sign", "needs": ["ship"]],
                    ],
                    ["work": [["text": "It."]]]
                )
                let run = try await bench.start(pipeline)
                let waiting = try await bench.services.runs.carryOn(run)
                #expect(waiting.status == .waiting)
                let asked = try #require(waiting.pendingApprovals.first?.approval)
                #expect(
                    asked.question == "Ship It.?" && asked.subject == .step(StepPlace(pass: 1, step: "ship"), run: nil)
                )
                try await bench.services.approvals.resolve(asked.id, of: run, with: answer, shown: asked.shown)
                let state = try await bench.services.runs.carryOn(run)
                #expect(state.status == status)
                #expect(try await bench.ends() == ["1 work passed: It."] + ends)
                if status == .waiting {
                    let told = try await bench.services.runs.state(of: "r1-2-1").pipeline?.instructions ?? ""
                    #expect(told.hasSuffix("The step 'ship' failed. Shorter."), "\(told)")
                }
            }
        }
    }

    @Test func conditionsSayWhatIsLeftOut() async throws {
        try await StepBench.with { bench in
            let gate: JSONValue = ["id": "look", "gate": "content", "with": ["file": "a"], "on_failure": "ignore"]
            let pipeline = try StepBench.pipeline(
                [
                    gate, StepBench.model("mend", ["look"], ["if": "steps.look.failed"]),
                    StepBench.model("praise", ["look"], ["if": "steps.look.passed"]),
                ],
                ["mend": [StepBench.write("a"), ["text": "Mended."]], "praise": []]
            )
            let state = try await bench.play(pipeline)
            #expect(state.phase == .finished(.achieved, reason: "1 of 3 steps passed."))
            #expect(
                try await bench.ends() == ["1 look failed: It is ''.", "1 praise skipped", "1 mend passed: Mended."]
            )
        }
    }

    @Test func aStepIsDoneAlthoughItsGoalHoldsAlready() async throws {
        try await StepBench.with { bench in
            let goal: JSONValue = ["gate": "content", "with": ["file": "a", "is": "kept"]]
            let pipeline = try StepBench.pipeline(
                [StepBench.model("work", [], ["goal": goal])],
                ["work": [StepBench.write("b"), ["text": "Done, and it holds."]]]
            )
            try "kept".write(toFile: "\(bench.directory)/a", atomically: true, encoding: .utf8)
            let state = try await bench.play(pipeline)
            #expect(state.status == .achieved && bench.read("b") == "done")
            #expect(try await bench.ends() == ["1 work passed: Done, and it holds."])
            let first = try await bench.services.runs.state(of: "r1-1-1").messages.first { _ in true }
            #expect(first == .user("The goal holds before any work. It is to hold when yours is done."))
        }
    }

    @Test func aStepIsTriedAgainAsOftenAsItSays() async throws {
        try await StepBench.with { bench in
            let goal: JSONValue = ["gate": "content", "with": ["file": "a", "is": "${steps.plan.x}"]]
            let work = StepBench.model(
                "work",
                ["plan"],
                ["goal": goal, "limits": ["iterations": 1], "retry": ["times": 2]]
            )
            let pipeline = try StepBench.pipeline(
                [StepBench.model("plan", [], ["outputs": ["x": [:]]]), work],
                ["plan": [StepBench.handOn(["x": "5"])], "work": [StepBench.write("a", "4")]],
                ["limits": ["iterations": 1]]
            )
            let state = try await bench.play(pipeline)
            #expect(state.status == .notAchieved)
            let runs = try await bench.services.runs.list(RunQuery(limit: 9)).map(\.run.value).sorted()
            #expect(runs == ["r1", "r1-1-1", "r1-1-2", "r1-1-2-t2", "r1-1-2-t3"])
            let tokens = try await ["r1-1-1", "r1-1-2", "r1-1-2-t2", "r1-1-2-t3"].asyncReduce { run in
                try await bench.services.runs.state(of: RunID(run)).spent.tokens
            }
            #expect(state.spent.tokens == tokens && tokens > 0, "what all tries have spent counts")
        }
    }

    @Test func aStepIsDoneForEachElementOfAList() async throws {
        try await StepBench.with { bench in
            let each: [String: JSONValue] = [
                "each": "${steps.plan.parts}", "instructions": "Write ${item}.",
                "outputs": ["size": ["type": "integer"]],
            ]
            let pipeline = try StepBench.pipeline(
                [
                    StepBench.model("plan", [], ["outputs": ["parts": ["type": "list"]]]),
                    StepBench.model("work", ["plan"], each),
                    [
                        "id": "check", "gate": "content", "each": ["a", "b"], "with": ["file": "${item}"],
                        "needs": ["work"],
                    ],
                ],
                [
                    "plan": [StepBench.handOn(["parts": ["a", "b", "c"]])],
                    "work": [
                        StepBench.write("a"), StepBench.write("b"), StepBench.handOn(["size": 4]), ["text": "So."],
                    ],
                ]
            )
            let state = try await bench.play(pipeline)
            #expect(state.status == .achieved)
            #expect(
                try await bench.ends().dropFirst() == [
                    "1 work passed: 1. passed: So.\n2. passed: So.\n3. passed: So.",
                    "1 check passed: 1. passed: It is 'done'.\n2. passed: It is 'done'.",
                ]
            )
            #expect(state.steps?.results["work"]?.outputs == ["size": [4, 4, 4]])
            let told = try await bench.services.runs.state(of: "r1-1-2-3").pipeline?.instructions ?? ""
            #expect(told.hasPrefix("Write c."))
        }
    }

    @Test func whatIsNoListFailsTheStep() async throws {
        for (value, sentence) in [
            ("x", "'each' must be a list, but is \"x\".")
        ] as [(JSONValue, String)] {
            try await StepBench.with { bench in
                let pipeline = try StepBench.pipeline(
                    [
                        StepBench.model("plan", [], ["outputs": ["parts": [:]]]),
                        StepBench.model("work", ["plan"], ["each": "${steps.plan.parts}"]),
                    ],
                    ["plan": [StepBench.handOn(["parts": value])], "work": []],
                    ["limits": ["iterations": 1]]
                )
                let state = try await bench.play(pipeline)
                #expect(state.phase == .finished(.notAchieved, reason: "Step 'work' failed. \(sentence)"))
            }
        }
    }

    @Test func anotherPipelineIsAStep() async throws {
        try await StepBench.with { bench in
            let called: JSONValue = [
                "name": "writer", "inputs": ["text": [:]], "model": "notes/x", "tools": ["allow": ["write"]],
                "goal": ["gate": "content", "with": ["file": "a", "is": "${inputs.text}"]],
                "providers": ["notes": ["replies": [StepBench.write("a", "well"), ["text": "Written."]]]],
            ]
            let pipeline = try StepBench.pipeline([
                ["id": "write", "pipeline": called, "with": ["text": "well"]]
            ])
            let state = try await bench.play(pipeline)
            #expect(state.status == .achieved)
            #expect(try await bench.ends() == ["1 write passed: Written."])
            #expect(try await bench.services.runs.state(of: "r1-1-1").start?.inputs == ["text": "well"])
        }
    }

    @Test func whatARunOfAStepAsksIsAskedByTheRunItWorksFor() async throws {
        try await StepBench.with { bench in
            let pipeline = try StepBench.pipeline(
                [StepBench.model("work", [], ["tools": ["allow": [], "ask": ["write"]]])],
                ["work": [StepBench.write("a"), ["text": "Asked."]]]
            )
            let run = try await bench.start(pipeline)
            let asked = try #require(try await bench.services.runs.carryOn(run).pendingApprovals.first?.approval)
            #expect(asked.subject == .step(StepPlace(pass: 1, step: "work"), run: "r1-1-1"))
            let call = #"Let the model call write? {"file":"a","text":"done"}"#
            #expect(asked.question == "The step 'work' (run r1-1-1) asks: \(call)")
            let yes = Resolution(.approved, by: "ada", answer: ["decision": "approve"])
            try await bench.services.approvals.resolve(asked.id, of: run, with: yes, shown: nil)
            #expect(try await bench.services.runs.carryOn(run).status == .achieved)
            #expect(bench.read("a") == "done")
        }
    }

    @Test func whoeverWorksForARunEndsAndGoesOnWithIt() async throws {
        try await StepBench.with { bench in
            let pipeline = try StepBench.pipeline(
                [StepBench.model("work", [], ["tools": ["allow": [], "ask": ["write"]]])],
                ["work": [StepBench.write("a"), ["text": "Asked."]]]
            )
            let run = try await bench.start(pipeline)
            _ = try await bench.services.runs.carryOn(run)
            try await bench.services.runs.cancel(run, by: "ada")
            #expect(try await bench.services.runs.state(of: "r1-1-1").status == .aborted)
            try await bench.services.runs.reopen(run, limits: nil, by: "ada")
            let state = try await bench.services.runs.carryOn(run)
            // The call that was asked about was refused when the run ended, and the model goes on without it.
            #expect(state.status == .achieved, "\(state.phase)")
            let work = try await bench.services.runs.state(of: "r1-1-1")
            #expect(work.status == .achieved && work.sequence > 10)
        }
    }
}

extension [String] {
    func asyncReduce(_ number: (String) async throws -> Int) async rethrows -> Int {
        var sum = 0
        for element in self { sum += try await number(element) }
        return sum
    }
}
