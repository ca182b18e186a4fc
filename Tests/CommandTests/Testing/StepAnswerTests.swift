import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// What people said to a run with steps is recorded, and said again.
struct StepAnswerTests {
    private typealias Rule = RecordedSteps.Rule

    private static let asking = """
        tools: [file_write]
        limits: { iterations: 3 }
        steps:
          - { id: plan, instructions: Make a plan., outputs: { tasks: { type: list } } }
          - { id: ship, needs: [plan], human: "Is it so? ${steps.plan.summary} ${steps.plan.tasks}" }
          - { id: work, needs: [ship], each: "${steps.plan.tasks}", instructions: "Do ${item}." }

        """
    private static let planning = [
        Rule(
            "Make a plan",
            "Shorter, please.",
            tries: [RecordedSteps.call("set_outputs", ["tasks": ["this"]]), ["text": "One task."]]
        ),
        Rule(
            "Make a plan",
            tries: [RecordedSteps.call("set_outputs", ["tasks": ["this", "that"]]), ["text": "Two tasks."]]
        ),
        Rule("Do this", tries: [RecordedSteps.write("this.txt", "this\n"), ["text": "This is done."]]),
    ]

    @Test func peopleSayWhatTheySaid() async throws {
        try await withSteps(Self.asking, Self.planning) { stage in
            try await stage.run([["--reject", "--message", "Shorter, please."], ["--message", "Well."]])
            let test = try await stage.record()
            #expect(test["answers"] == [["reject": "Shorter, please."], ["approve": "Well."]])
            #expect(RecordedSteps.runs(test["steps"]?["plan"]) == ["pass 1: Two tasks.", "pass 2: One task."])
            #expect(
                RecordedSteps.ends(test) == [
                    "plan passed", "ship failed", "work skipped", "plan passed", "ship passed", "work passed",
                ]
            )
        }
    }

    @Test func aNoWithoutAWordEndsIt() async throws {
        try await withSteps(Self.asking, Self.planning) { stage in
            try await stage.run([["--reject"]], status: 1)
            let test = try await stage.record()
            #expect(test["answers"] == ["reject"] && test["expect"]?["end"] == "aborted")
        }
    }

    @Test func aRunThatWaitsIsRecordedSoFar() async throws {
        try await withSteps(Self.asking, Self.planning) { stage in
            try await stage.run(status: 2)
            let test = try await stage.record()
            #expect(
                test["expect"]?["end"] == "waiting" && RecordedSteps.texts(test["steps"]?["plan"]) == ["Two tasks."]
            )
        }
    }

    /// Two steps ask side by side, and then one of them again; the person answers the one that stands behind first.
    @Test func questionsSideBySideAreAnsweredInTheOrderOfTheSteps() async throws {
        let pipeline = """
            tools: { ask: [file_write] }
            goal: { gate: command, with: { command: "cat one.txt two.txt && ! test -e three.txt" } }
            steps: [{ id: first, instructions: Do first. }, { id: second, instructions: Do second. }]

            """
        let rules = [
            Rule(
                "Do first",
                tries: [
                    RecordedSteps.write("one.txt", "1\n"), RecordedSteps.write("three.txt", "3\n"), ["text": "First."],
                ]
            ),
            Rule("Do second", tries: [RecordedSteps.write("two.txt", "2\n"), ["text": "Second."]]),
        ]
        try await withSteps(pipeline, rules) { stage in
            var ended = try await stage.bench.sluice("run", "p.yaml", "--cwd", "project", "--id", "r1")
            for (words, answer) in [("two.txt", "approve"), ("one.txt", "approve"), ("three.txt", "refuse")] {
                try #require(ended.status == 2, "\(ended)")
                let open = try await stage.bench.sluice("approve", "--json").output.split(separator: "\n")
                let asked = try #require(open.first { $0.contains(words) }, "\(open)")
                let id = try #require(try JSONValue(parsing: String(asked))["approval"]?.text, "\(asked)")
                ended = try await stage.bench.sluice("approve", "r1", id, "--answer", "decision=\(answer)", "--resume")
            }
            try #require(ended.status == 0, "\(ended)")
            let test = try await stage.record()
            let decisions = (test["answers"]?.elements ?? []).map { $0["answer"]?["decision"]?.text }
            #expect(decisions == ["approve", "refuse", "approve"])
            #expect(RecordedSteps.ends(test) == [], "which of them ends first may be another one each time")
        }
    }

    /// A process that dies while a call of a step is under way has whoever goes on ask whether it may be made again.
    @Test func whatWasAskedBecauseAProcessDiedIsNoAnswer() async throws {
        let pipeline = """
            tools: { allow: [bash_exec] }
            steps: [{ id: work, instructions: Do it. }, { id: ship, needs: [work], human: "Ship it?" }]

            """
        let replies = [RecordedSteps.call("bash_exec", ["command": "echo done > it.txt"]), ["text": "Done."]]
        try await withSteps(pipeline, [Rule("Do it", tries: replies)]) { stage in
            let bench = stage.bench
            #expect(try await bench.sluice("run", "p.yaml", "--cwd", "project", "--id", "r0").status == 2)
            let started = try await bench.events(of: "r0-1-1").first { $0.payload.type == "tool_call.started" }
            let kill = ["SLUICE_KILL_AT": "r1-1-1:\(try #require(started).sequence)"]
            let words = ["run", "p.yaml", "--cwd", "project", "--id", "r1"]
            #expect(try await bench.start(words, adding: kill).ended().status == 128 + 9)
            #expect(try await bench.sluice("resume", "r1").status == 2)
            let again = try await bench.sluice("approve", "r1", "--answer", "decision=approve", "--resume")
            try #require(again.status == 2 && again.output.contains("Ship it?"), "\(again)")
            #expect(try await bench.sluice("approve", "r1", "--message", "Yes.", "--resume").status == 0)
            #expect(try await stage.record()["answers"] == [["approve": "Yes."]])
        }
    }
    @Test func aRunThatIsNotOverIsNotRecorded() async throws {
        try await withSteps(Self.asking, Self.planning) { stage in
            let words = ["run", "p.yaml", "--cwd", "project", "--id", "r1"]
            let killed = try await stage.bench.start(words, adding: ["SLUICE_KILL_AT": "r1-1-1:4"]).ended()
            #expect(killed.status == 128 + 9)
            let ended = try await stage.bench.sluice("test", "--record", "p.test.yaml", "r1")
            #expect(ended.errors == "Run 'r1' is not over. Carry it on first: sluice resume r1\n", "\(ended)")
            #expect(ended.status == 64)
        }
    }
}
