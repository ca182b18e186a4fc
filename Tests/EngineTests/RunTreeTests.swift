import AgentsTool
import Foundation
import PipelineKit
import PipelineTesting
import Testing

@testable import PipelineEngine

/// Runs are compared, and played again, with those that worked for them.
struct RunTreeTests {
    private func tree(
        _ steps: [JSONValue],
        _ models: [String: [JSONValue]],
        _ more: [String: JSONValue] = [:],
        on bench: Bench = StepBench.make()
    ) async throws -> RunTree {
        defer { bench.remove() }
        _ = try await bench.play(try StepBench.pipeline(steps, models, more))
        return try await bench.services.runs.tree(of: "r1")
    }

    private func told(_ deed: RunDeeds.Deed?) -> String? {
        deed.map { "\($0.run?.value ?? "?") \($0.work): \($0.words)" }
    }

    private func replies(_ text: String, _ more: [JSONValue] = []) -> [JSONValue] {
        [StepBench.write("b.txt", text)] + more + [["text": .string("I wrote \(text).")]]
    }

    @Test func whatAStepSaysAndDoesIsCompared() async throws {
        let steps = [StepBench.model("plan"), StepBench.model("fix", ["plan"])]
        let left = try await tree(steps, ["plan": [["text": "A plan."]], "fix": replies("1")])
        let more = [StepBench.write("evil.txt")]
        let right = try await tree(steps, ["plan": [["text": "A plan."]], "fix": replies("2", more)])
        let comparison = RunComparison(left, right)
        #expect(told(comparison.otherWords?.left) == "r1-1-2 step 'fix': I wrote 1.")
        #expect(told(comparison.otherWords?.right) == "r1-1-2 step 'fix': ")
        #expect(
            told(comparison.otherDeeds?.left) == #"r1-1-2 step 'fix': calls write {"file":"b.txt","text":"1"}"#
        )
        #expect(
            told(comparison.otherDeeds?.right) == #"r1-1-2 step 'fix': calls write {"file":"b.txt","text":"2"}"#
        )
        #expect(comparison.missing == [])
        let same = RunComparison(left, left)
        #expect(same.otherWords == nil && same.otherDeeds == nil)
    }

    @Test func allThatWorkedForARunIsCounted() async throws {
        let steps = [StepBench.model("plan"), StepBench.model("fix", ["plan"])]
        let outcome = RunOutcome(try await tree(steps, ["plan": [["text": "A plan."]], "fix": replies("1")]))
        #expect(outcome.models == ["plan/x", "fix/x"])
        #expect(outcome.replies == 3 && outcome.calls == 1 && outcome.spent.tokens == 45)
        #expect(outcome.winners == [])
    }

    @Test func whatAStepHasSpentThatIsUnderWayCounts() async throws {
        let asking = StepBench.model("fix", [], ["tools": ["allow": [], "ask": ["write"]]])
        let outcome = RunOutcome(try await tree([asking], ["fix": replies("1")]))
        #expect(outcome.status == .waiting)
        #expect(outcome.replies == 1 && outcome.calls == 1 && outcome.spent.tokens == 15)
    }

    @Test func ofStepsSideBySideItDoesNotMatterWhichWasFaster() async throws {
        let steps = [StepBench.model("b"), StepBench.model("a"), StepBench.model("c", ["a", "b"])]
        let tree = try await tree(steps, ["a": [["text": "A."]], "b": [["text": "B."]], "c": [["text": "C."]]])
        var events = tree.events
        let places = events.indices.filter { events[$0].payload.step.map { $0 != "c" } ?? false }
        for (place, event) in zip(places, places.reversed().map { events[$0] }) { events[place] = event }
        var other = RunTree(events)
        other.branches = tree.branches
        let comparison = RunComparison(tree, other)
        #expect(comparison.otherWords == nil && comparison.otherDeeds == nil)
        #expect(
            RunDeeds(other).said.map { told($0) } == [
                "r1-1-1 step 'b': B.", "r1-1-2 step 'a': A.", "r1-1-3 step 'c': C.",
            ]
        )
    }

    @Test func passesElementsTriesAndStepsOfStepsAreToldApart() async throws {
        let goal: JSONValue = ["gate": "content", "with": ["file": "a", "is": "done"]]
        let work: [String: JSONValue] = [
            "each": ["x", "y"], "goal": goal, "retry": ["times": 1], "limits": ["iterations": 1],
            "on_failure": "ignore",
        ]
        let inner: JSONValue = [
            "name": "inner", "model": "notes/x", "steps": [["id": "deep"]], "tools": ["allow": ["look"]],
            "providers": ["notes": ["replies": [["text": "Deep."]]]],
        ]
        let steps: [JSONValue] = [
            StepBench.model("work", [], work), ["id": "call", "pipeline": inner, "needs": ["work"]],
            ["id": "look", "gate": "content", "with": ["file": "b"], "needs": ["call"]],
        ]
        let tree = try await tree(steps, ["work": [["text": "No."]]], ["limits": ["iterations": 2]])
        let pass = ["element 1", "element 1, attempt 2", "element 2", "element 2, attempt 2"]
        let said = RunDeeds(tree).said.map { "\($0.work): \($0.words)" }
        #expect(
            said == pass.map { "step 'work', \($0): No." } + ["step 'call': step 'deep': Deep."]
                + pass.map { "step 'work' (pass 2), \($0): No." } + ["step 'call' (pass 2): step 'deep': Deep."]
        )
        #expect(tree.missing == [])
    }

    /// Each run has files of its own.
    private static let apart = PlainWorkspaces(opened: { opened, order in
        let place = "\(order.project)/\(UUID().uuidString)"
        try? FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        opened.workspace = Workspace(path: place, project: order.project)
    })

    private func race(_ a: String, _ b: String) async throws -> RunTree {
        try await tree(
            [],
            ["a": [StepBench.write("f", a)], "b": [StepBench.write("f", b)]],
            [
                "limits": ["iterations": 1], "steps": .null, "race": ["models": ["a/x", "b/x"], "win": "cheapest"],
                "goal": ["gate": "content", "with": ["file": "f", "is": "done"]],
            ],
            on: Bench(registry: StepBench.registry, workspaces: Self.apart)
        )
    }

    @Test func whoWonARaceIsNamed() async throws {
        let (left, right) = (try await race("done", "no"), try await race("no", "done"))
        let comparison = RunComparison(left, right)
        #expect(comparison.left.winners == ["a/x"] && comparison.right.winners == ["b/x"])
        #expect(told(comparison.otherDeeds?.left) == "r1 : decides the race race: a/x")
        #expect(told(comparison.otherDeeds?.right) == "r1 : decides the race race: b/x")
        #expect(comparison.left.models == ["a/x", "b/x"])
        #expect(comparison.left.replies == 4 && comparison.left.spent.tokens == 30)
        #expect(left.branches.map(\.words) == ["step 'race', model 1", "step 'race', model 2"])
        let nobody = RunOutcome(try await race("no", "no"))
        #expect(nobody.winners == [nil])
    }

    @Test func runsThatWereRemovedAreNamed() async throws {
        try await StepBench.with { bench in
            let work = StepBench.model("work", [], ["each": ["x", "y"]])
            _ = try await bench.play(try StepBench.pipeline([work], ["work": [["text": "Yes."]]]))
            let whole = try await bench.services.runs.tree(of: "r1")
            _ = try await bench.services.runs.remove(["r1-1-1-2"])
            let tree = try await bench.services.runs.tree(of: "r1")
            #expect(tree.branches.map(\.tree.run) == ["r1-1-1-1"])
            let sentence = "cannot be read: it was removed, or never began."
            #expect(
                tree.missing.map { "\($0)" } == [
                    "The run 'r1-1-1-2', for step 'work', element 2 of run 'r1', \(sentence)"
                ]
            )
            #expect(RunComparison(whole, tree).missing == tree.missing)
        }
    }

    @Test func aHistoryThatIsNotHereHasNoOthers() async throws {
        try await StepBench.with { bench in
            let work = StepBench.model("work")
            _ = try await bench.play(try StepBench.pipeline([work], ["work": [["text": "Yes."]]]))
            let events = try await bench.services.runs.events(of: "r1")
            #expect(try await bench.services.runs.tree(events).branches.count == 1)
            try await StepBench.with { other in
                _ = try await other.play(try StepBench.pipeline([work], ["work": [["text": "No."]]]))
                let tree = try await other.services.runs.tree(events)
                #expect(tree.branches.isEmpty)
                #expect(tree.missing.map(\.reason) == ["the run that it worked for is not in this database."])
            }
        }
    }

    @Test func elementsThatWereLeftOutAreNotMissed() async throws {
        let tasks: JSONValue = [
            ["id": "a", "task": "The first."], ["id": "b", "task": "The second.", "needs": ["a"]],
        ]
        let goal: JSONValue = ["gate": "content", "with": ["file": "never"]]
        let work: [String: JSONValue] = [
            "each": tasks, "instructions": "Do ${item.task}", "goal": goal, "limits": ["iterations": 1],
        ]
        let tree = try await tree(
            [StepBench.model("work", [], work)],
            ["work": [["text": "Done?"]]],
            ["limits": ["iterations": 1]]
        )
        #expect(tree.branches.map(\.words) == ["step 'work', element 1"])
        #expect(tree.missing == [])
    }

    @Test func agentsArePartOfIt() async throws {
        var registry = Bench.registry
        registry.add(AgentSource())
        let bench = Bench(registry: registry)
        defer { bench.remove() }
        let helper: JSONValue = [
            "name": "helper", "model": "notes/x", "goal": ["gate": "content", "with": ["file": "part"]],
            "tools": ["allow": ["write"]], "limits": ["iterations": 1],
            "providers": ["notes": ["replies": [StepBench.write("part"), ["text": "The part is written."]]]],
        ]
        let ask: JSONValue = [
            "calls": [["tool": "run_agent", "arguments": ["agent": "helper", "task": "Write the part."]]]
        ]
        let pipeline = try Pipeline(json: [
            "name": "p", "model": "notes/x", "goal": ["gate": "content", "with": ["file": "part"]],
            "tools": ["allow": ["run_agent"]],
            "providers": ["notes": ["replies": [ask, ["text": "All is done."]]]],
            "agents": ["helper": ["pipeline": helper, "help": "Writes parts."]],
        ])
        _ = try await bench.play(pipeline)
        let tree = try await bench.services.runs.tree(of: "r1")
        #expect(
            RunDeeds(tree).said.map { told($0) } == [
                "r1 : ", "r1-1-1 agent 'helper': ", "r1-1-1 agent 'helper': The part is written.", "r1 : All is done.",
            ]
        )
        let outcome = RunOutcome(tree)
        #expect(outcome.replies == 4 && outcome.calls == 2 && outcome.spent.tokens == 60)
        #expect(try TreeReplay(tree, registry).count == 4)
        _ = try await bench.services.runs.remove(["r1-1-1"])
        let rest = try await bench.services.runs.tree(of: "r1")
        #expect(rest.missing.map(\.words) == ["agent 'helper'"])
    }

    @Test func aStepThatCouldNotBeStartedIsNotMissed() async throws {
        let unknown: JSONValue = [
            "name": "inner", "model": "nobody/x", "goal": ["gate": "content", "with": ["file": "b"]],
        ]
        let tree = try await tree([["id": "call", "pipeline": unknown]], [:], ["limits": ["iterations": 1]])
        #expect(tree.namesOthers)
        #expect(tree.branches.isEmpty && tree.missing == [])
    }

    // MARK: - Requests made again

    @Test func requestsOfStepsAreMadeAgain() async throws {
        let steps = [StepBench.model("plan"), StepBench.model("fix", ["plan"])]
        var tree = try await tree(steps, ["plan": [["text": "A plan."]], "fix": replies("1")])
        let same = try TreeReplay(tree, StepBench.registry)
        #expect(same.count == 3 && same.difference == nil)
        tree.branches[1].tree = try changed(tree.branches[1].tree)
        let replay = try TreeReplay(tree, StepBench.registry)
        #expect(replay.count == 2)
        #expect(replay.difference?.run == "r1-1-2" && replay.difference?.work == "step 'fix'")
        #expect(replay.difference?.request.turn == 2)
        var registry = Registry()
        registry.add(LookTool.self)
        registry.add(WriteTool.self)
        let failure = #expect(throws: Failure.self) { try TreeReplay(tree, registry) }
        #expect(failure?.message.hasPrefix("Run 'r1-1-1', for step 'plan': ") == true)
    }

    /// The same with another answer of its tool.
    private func changed(_ tree: RunTree) throws -> RunTree {
        var events = tree.events
        let index = try #require(events.firstIndex { if case .callFinished = $0.payload { true } else { false } })
        events[index].payload = .callFinished("1.1", RecordedOutput(text: "something else"))
        return RunTree(events)
    }

    @Test func requestsOfARaceAreMadeAgain() async throws {
        let replay = try TreeReplay(try await race("done", "no"), StepBench.registry)
        #expect(replay.count == 4 && replay.difference == nil)
    }
}

extension Event.Payload {
    fileprivate var step: String? {
        switch self {
        case .stepStarted(let place, _), .stepFinished(let place, _, _): place.step
        default: nil
        }
    }
}
