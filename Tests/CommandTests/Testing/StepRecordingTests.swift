import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// A run with steps that was recorded becomes a test that passes, though its models spoke in runs of their own.
struct StepRecordingTests {
    private typealias Rule = RecordedSteps.Rule

    @Test func elementsSideBySideSayWhatEachOfThemSaid() async throws {
        let pipeline = """
            goal: { gate: command, with: { command: "grep -qx one a.txt && grep -qx two b.txt" } }
            tools: [file_write]
            steps:
              - { id: plan, instructions: Make a plan., outputs: { tasks: { type: list } } }
              - { id: work, needs: [plan], each: "${steps.plan.tasks}", instructions: "Write ${item}." }

            """
        let rules = [
            Rule(
                "Make a plan",
                tries: [RecordedSteps.call("set_outputs", ["tasks": ["one to a", "two to b"]]), ["text": "Planned."]]
            ),
            Rule("Write one to a", tries: [RecordedSteps.write("a.txt", "one\n"), ["text": "One."]]),
            Rule("Write two to b", tries: [RecordedSteps.write("b.txt", "two\n"), ["text": "Two."]]),
        ]
        try await withSteps(pipeline, rules) { stage in
            try await stage.run()
            let test = try await stage.record()
            #expect(RecordedSteps.texts(test["steps"]?["plan"]) == ["Planned."])
            #expect(RecordedSteps.runs(test["steps"]?["work"]) == ["element 1: One.", "element 2: Two."])
            #expect(test["model"] == nil && test["answers"] == nil)
            #expect(RecordedSteps.ends(test) == ["plan passed", "work passed"])
        }
    }

    @Test func whereAllRunsSaidTheSameItIsSaidOnce() async throws {
        let pipeline = """
            tools: [file_write]
            steps:
              - { id: work, each: [a, b, c], instructions: "Write ${item}." }
              - { id: look, needs: [work], gate: command, with: { command: "true" } }

            """
        try await withSteps(pipeline, [Rule("Write", tries: [["text": "Written."]])]) { stage in
            try await stage.run()
            let test = try await stage.record()
            #expect(RecordedSteps.texts(test["steps"]?["work"]) == ["Written."])
            #expect(test["steps"]?.members.keys.sorted() == ["work"])
            #expect(RecordedSteps.ends(test) == ["work passed", "look passed"])
        }
    }

    /// A try that fails, for one of two elements alone; and a pass that fails, as a gate does.
    @Test func furtherTriesAndPassesSayWhatTheySaid() async throws {
        let pipeline = """
            tools: [file_write]
            limits: { iterations: 2 }
            steps:
              - id: work
                each: [a, b]
                instructions: "Write ${item}."
                limits: { iterations: 1 }
                goal: { gate: command, with: { command: "grep -qx done ${item}.txt" } }
                retry: { times: 2 }
              - { id: all, needs: [work], gate: command, with: { command: test -f c.txt } }

            """
        let rules = [
            Rule("Write a", "pass 2", tries: [RecordedSteps.write("c.txt", "done\n"), ["text": "C too."]]),
            Rule(
                "Write a",
                tries: [RecordedSteps.write("a.txt", "half\n"), ["text": "Half of A."]],
                [RecordedSteps.write("a.txt", "done\n"), ["text": "All of A."]]
            ),
            Rule("Write b", tries: [RecordedSteps.write("b.txt", "done\n"), ["text": "All of B."]]),
        ]
        try await withSteps(pipeline, rules) { stage in
            try await stage.run()
            let test = try await stage.record()
            #expect(
                RecordedSteps.runs(test["steps"]?["work"]) == [
                    "pass 1 element 1 attempt 1: Half of A.", "pass 1 element 1 attempt 2: All of A.",
                    "pass 1 element 2 attempt 1: All of B.", "pass 2 element 1 attempt 1: C too.",
                    "pass 2 element 2 attempt 1: All of B.",
                ]
            )
            #expect(RecordedSteps.ends(test) == ["work passed", "all failed", "work passed", "all passed"])
        }
    }

    @Test func runsAreToldApartByNoMoreThanItTakes() async throws {
        let pipeline = """
            tools: [file_write]
            limits: { iterations: 2 }
            steps:
              - { id: work, each: [a, b], instructions: "Write ${item}." }
              - { id: sum, needs: [work], instructions: Sum it up. }
              - { id: all, needs: [sum], gate: command, with: { command: test -f c.txt } }

            """
        let rules = [
            Rule("Sum it up", "pass 2", tries: [RecordedSteps.note("c.txt", "done\n"), RecordedSteps.say("Now.")]),
            Rule("Sum it up", tries: [RecordedSteps.say("Not yet.")]),
            Rule("Write a", tries: [RecordedSteps.note("a.txt", "a\n"), RecordedSteps.say("A.")]),
            Rule("Write b", tries: [RecordedSteps.note("b.txt", "b\n"), RecordedSteps.say("B.")]),
        ]
        try await withSteps(pipeline, rules) { stage in
            try await stage.run()
            let steps = try await stage.record()["steps"]
            #expect(RecordedSteps.runs(steps?["work"]) == ["element 1: A.", "element 2: B."])
            #expect(RecordedSteps.runs(steps?["sum"]) == ["pass 1: Not yet.", "pass 2: Now."])
        }
    }

    private static let outer = """
        tools: [file_write]
        goal: { gate: command, with: { command: "cat a-1.txt a-2.txt b-1.txt b-2.txt plain.txt" } }
        steps:
          - { id: parts, each: [a, b], pipeline: inner.yaml, with: { name: "${item}" } }
          - { id: plain, needs: [parts], pipeline: plain.yaml }

        """
    private static let inner = """
        name: inner
        inputs: { name: {} }
        tools: [file_write]
        model: openai/gpt-5.2
        steps:
          - { id: numbers, each: [1, 2], instructions: "Write ${inputs.name} ${item}.", model: anthropic/x }
          - { id: end, needs: [numbers], instructions: "End ${inputs.name}." }

        """

    /// A pipeline as a step, with steps of its own, done for two elements.
    @Test func pipelinesInPipelinesSayWhatTheySaid() async throws {
        var rules = [
            Rule("End", tries: [["text": "The end."]]),
            Rule("Plainly", tries: [RecordedSteps.write("plain.txt", ""), ["text": "So."]]),
        ]
        for (name, number) in [("a", 1), ("a", 2), ("b", 1), ("b", 2)] {
            let replies = [RecordedSteps.write("\(name)-\(number).txt", ""), ["text": .string("\(name)\(number).")]]
            rules.append(Rule("Write \(name) \(number)", tries: replies))
        }
        try await withSteps(Self.outer, rules) { stage in
            let own = Self.inner.replacing("openai/gpt-5.2", with: "command/local")
                .replacing("anthropic/x", with: "command/local")
            let providers = stage.providers
            try stage.bench.write("\(own)\(providers)\n", to: "inner.yaml")
            let plain = "name: plain\ngoal: { gate: command, with: { command: cat plain.txt } }\ntools: [file_write]\n"
            try stage.bench.write("\(plain)instructions: Plainly.\n\(providers)\n", to: "plain.yaml")
            try await stage.run()
            // The models of the pipelines within are others by now, for which there is no key: they are not asked.
            try stage.bench.write(Self.inner, to: "inner.yaml")
            let steps = try await stage.record()["steps"]
            let parts = steps?["parts"]?["runs"]?.elements ?? []
            #expect(parts.map { $0["element"] } == [1, 2])
            let numbers = parts.map { RecordedSteps.runs($0["steps"]?["numbers"]) }
            #expect(numbers == [["element 1: a1.", "element 2: a2."], ["element 1: b1.", "element 2: b2."]])
            #expect(parts.map { RecordedSteps.texts($0["steps"]?["end"]) } == [["The end."], ["The end."]])
            #expect(RecordedSteps.texts(steps?["plain"]) == ["So."])
        }
    }

    /// Also steps that were never begun have models whose price has to be known.
    @Test func whatCostsIsRecordedWithItsPrice() async throws {
        let pipeline = """
            tools: [file_write]
            limits: { cost: 1 USD, iterations: 1 }
            steps:
              - { id: work, instructions: Do it. }
              - { id: mend, needs: [work], if: steps.work.failed, instructions: Mend it. }

            """
        try await withSteps(pipeline, [Rule("Do it", tries: [RecordedSteps.say("Done.")])]) { stage in
            let text = try #require(stage.bench.read("p.yaml"))
            let prices = "], input_price: 2.00 USD, output_price: 4.00 USD } }"
            try stage.bench.write(text.replacing("] } }", with: prices), to: "p.yaml")
            try await stage.run()
            let test = try await stage.record()
            #expect(test["steps"]?["work"]?["price"]?["output"] == "4.00 USD")
            #expect(test["model"]?["price"] == test["steps"]?["work"]?["price"] && test["model"]?["replies"] == [])
        }
    }
}
