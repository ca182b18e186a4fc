import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// Runs that cannot be played again, as another one may win or nobody plays the model: they are not recorded.
struct RefusedRecordingTests {
    private typealias Rule = RecordedSteps.Rule

    @Test func aRaceIsNotRecorded() async throws {
        try await withBench { bench in
            let script = JSONValue.array([RecordedSteps.write("a", "x"), ["text": "So."]])
            for name in ["one", "two"] { try bench.write(script.jsonText, to: "\(name).json") }
            let race = "race: [scripted/one.json, scripted/two.json]"
            let goal = "goal: { gate: command, with: { command: test -f a } }"
            let head = "name: p\ntools: [file_write]\nworkspace: { sandbox: off }\n"
            for (text, place) in [
                ("\(head)\(race)\n\(goal)\n", ""),
                ("\(head)steps: [{ id: fix, \(race), \(goal) }]\n", " in its step 'fix'"),
            ] {
                try? FileManager.default.removeItem(atPath: "\(bench.project)/a")
                try bench.write(text, to: "p.yaml")
                let ran = try await bench.sluice("run", "p.yaml", "--cwd", "project")
                try #require(ran.status == 0, "\(ran)")
                let run = try #require(try await bench.sluice("runs", "--json").output.split(separator: "\n").first)
                let name = try #require(try JSONValue(parsing: String(run))["run"]?.text)
                let ended = try await bench.sluice("test", "--record", "p.test.yaml", name)
                let sentence = """
                    Run '\(name)' has models race\(place): who wins may be another one each time, so it cannot be recorded as \
                    a test. Record the run of a model that worked by itself.

                    """
                #expect(ended.errors == sentence && ended.status == 64)
                #expect(bench.read("p.test.yaml") == nil)
            }
        }
    }

    /// An agent whose model is a script of its own is played as it was; any other is not.
    @Test func anAgentIsRecordedOnlyWhereItsModelIsAScript() async throws {
        let pipeline = """
            tools: [run_agent, file_write]
            agents: { helper: { pipeline: helper.yaml } }
            steps: [{ id: work, instructions: Have it done. }]

            """
        let rules = [
            Rule(
                "Have it done",
                tries: [RecordedSteps.call("run_agent", ["agent": "helper", "task": "Do it."]), ["text": "Well."]]
            ),
            Rule("Do it.", tries: [RecordedSteps.write("done.txt", ""), ["text": "Done."]]),
        ]
        for model in ["command/local", "scripted/helper.json"] {
            try await withSteps(pipeline, rules) { stage in
                let bench = stage.bench
                let providers = stage.providers
                let goal = "goal: { gate: command, with: { command: test -f done.txt } }\ntools: [file_write]\n"
                let helper = "name: helper\nmodel: \(model)\n\(goal)instructions: Do it.\n\(providers)\n"
                try bench.write(helper, to: "helper.yaml")
                try bench.write(JSONValue.array(rules[1].tries[0]).jsonText, to: "helper.json")
                try await stage.run()
                guard model.hasPrefix("command") else {
                    try await stage.record()
                    return
                }
                let ended = try await bench.sluice("test", "--record", "p.test.yaml", "r1")
                let sentence = """
                    Run 'r1-1-1' had the agent 'helper' work, whose model spoke in the run 'r1-1-1-1-1'. A test plays the models \
                    of agents only where the pipeline names a script for them, so it has to be written by hand.

                    """
                #expect(ended.errors == sentence && ended.status == 64)
            }
        }
    }
}
