import PipelineKit
import Testing

/// What a test says of the runs of steps: which is played where, and what is wrong.
struct StepScriptTests {
    private static let pipeline = """
        name: p
        model: openai/gpt-5.2
        tools: [file_write, bash_exec]
        workspace: { sandbox: off }
        limits: { iterations: 2 }
        steps:
          - { id: work, each: [a, b, c], instructions: "Write ${item}.", retry: { times: 1 } }
          - { id: look, needs: [work], gate: command, with: { command: "cat *.txt | grep -qx abc" } }

        """

    private func play(_ test: String, _ pipeline: String = pipeline, in bench: Bench) async throws -> Ended {
        try bench.write(pipeline, to: "p.yaml")
        try bench.write(test, to: "p.test.yaml")
        return try await bench.sluice("test", "p.test.yaml")
    }

    /// The first that fits is played, and what none fits plays what stands under `model`.
    @Test func theFirstThatFitsIsPlayed() async throws {
        try await withBench { bench in
            func write(_ text: String) -> String {
                "[{ calls: [{ tool: file_write, arguments: { path: all-\(text).txt, content: \(text) } }] }, { text: . }]"
            }
            let test = """
                tests:
                  - name: each says what it says
                    model: \(write("c"))
                    steps:
                      work:
                        runs:
                          - { pass: 2, element: 2, model: [{ text: . }] }
                          - { element: 2, model: \(write("b")) }
                          - { pass: 1, element: 1, attempt: 1, model: [{ error: { kind: denied, message: Not now. } }] }
                          - { element: 1, model: \(write("a")) }
                    expect:
                      end: achieved
                      iterations: 1
                      events: [{ type: step.finished, contains: "1. passed" }]
                      files: { all-a.txt: a, all-b.txt: b, all-c.txt: c }

                """
            let ended = try await play(test, in: bench)
            #expect(ended.status == 0, "\(ended)")
        }
    }

    /// A race has the models that it names, also where the other steps are played.
    @Test func modelsThatRaceAreThoseThatTheStepNames() async throws {
        try await withBench { bench in
            let pipeline = """
                name: p
                tools: [file_write]
                workspace: { sandbox: off }
                steps:
                  - { id: work, instructions: Work. }
                  - id: run
                    needs: [work]
                    race: [scripted/one.json, scripted/two.json]
                    goal: { gate: command, with: { command: grep -q two a.txt } }

                """
            for name in ["one", "two"] {
                let replies = [RecordedSteps.write("a.txt", name), ["text": .string("It is \(name).")]]
                try bench.write(JSONValue.array(replies).jsonText, to: "\(name).json")
            }
            let test = """
                tests:
                  - name: the second wins
                    steps: { work: [{ text: Well. }] }
                    expect: { end: achieved, files: { a.txt: two }, events: [{ type: step.finished, contains: It is two. }] }

                """
            let ended = try await play(test, pipeline, in: bench)
            #expect(ended.status == 0, "\(ended)")
        }
    }

    @Test func allMistakesOfRunsAreTold() async throws {
        try await withBench { bench in
            let test = """
                tests:
                  - name: one
                    steps:
                      a: { runs: [] }
                      b: { runs: [{ pass: 0, model: [] }, { element: 1 }, { atempt: 1, model: [] }] }
                      c: { runs: [{ element: 1, model: [] }, { element: 1, pass: 2, model: [] }] }
                      d: { runs: [{ steps: { e: { runs: [{ model: [{ txt: x }] }] } } }] }
                    expect: { end: achieved }

                """
            let ended = try await play(test, in: bench)
            let said = ended.errors.split(separator: "\n").filter { $0.contains("error:") }.map(String.init)
            let covered = "must hold runs that differ, but number 2 is never played: number 1 fits all its runs."
            #expect(
                said == [
                    "p.test.yaml:4:18: error: Field 'tests[0].steps.a.runs' must hold a run, but is empty.",
                    "p.test.yaml:5:27: error: Field 'tests[0].steps.b.runs[0].pass' must be at least 1, but is 0.",
                    "p.test.yaml:5:43: error: Missing required field 'model': What its model says: a list of replies.",
                    "p.test.yaml:5:61: error: Unknown field 'atempt'. Did you mean 'attempt'?",
                    "p.test.yaml:6:18: error: Field 'tests[0].steps.c.runs' \(covered)",
                    "p.test.yaml:7:54: error: Unknown field 'txt'. Did you mean 'text'?",
                ],
                "\(ended.errors)"
            )
            #expect(ended.status == 64)
        }
    }

    private static let further = """
          - { id: inner, needs: [look], pipeline: inner.yaml }
          - { id: ship, needs: [inner], human: "Ship it?" }
          - { id: sum, needs: [ship] }
          - { id: run, race: [openai/a, openai/b], goal: pytest }

        """

    @Test func whatNoRunCouldEverPlayIsTold() async throws {
        try await withBench { bench in
            try bench.write("name: inner\nmodel: openai/x\nsteps: [{ id: one }]\n", to: "inner.yaml")
            let test = """
                tests:
                  - name: one
                    steps:
                      wrok: []
                      work:
                        runs: [{ pass: 3, model: [] }, { attempt: 3, model: [] }, { element: 1, steps: { one: [] } }]
                      look: []
                      inner: { runs: [{ steps: { one: { runs: [{ element: 2, model: [] }] }, two: [] } }] }
                      ship: []
                      sum: { runs: [{ element: 1, model: [] }] }
                      run: []
                    expect: { end: achieved }

                """
            let ended = try await play(test, Self.pipeline + Self.further, in: bench)
            let sentences = [
                "element 2 of the step 'one', which does not come to it: see 'each'.",
                "the step 'two', which the pipeline 'inner' does not have.",
                "the step 'look', which is a gate and has no model.",
                "the step 'run', in which models race: a race has the models that it names.",
                "the step 'ship', which is a question and has no model.",
                "element 1 of the step 'sum', which does not come to it: see 'each'.",
                "pass 3 of the step 'work', which does not come to it: see 'limits.iterations'.",
                "attempt 3 of the step 'work', which does not come to it: see 'retry'.",
                "steps of the step 'work', which is no pipeline with steps.",
                "the step 'wrok', which the pipeline 'p' does not have. Did you mean 'work'?",
            ]
            let said = ended.output.split(separator: "\n").map { $0.trimmed }.filter { $0.hasPrefix("The test plays") }
            #expect(said == sentences.map { "The test plays \($0)" }, "\(ended)")
            #expect(ended.status == 1)
        }
    }

    /// One step ends while the other one runs a command, which ends by itself only when it is run again; there the process
    /// dies, and the next one has to ask about that.
    @Test func whetherACallOfAStepMayBeMadeAgainTakesNoAnswer() async throws {
        try await withBench { bench in
            let pipeline = """
                name: p
                tools: [bash_exec]
                workspace: { sandbox: off }
                steps:
                  - { id: slow, instructions: Slowly. }
                  - { id: quick, instructions: Quickly. }
                  - { id: ship, needs: [slow, quick], human: "Ship it?" }

                """
            let command = "test -e b || { touch b; sleep 99; }; echo done > a.txt"
            let call = #"{ tool: bash_exec, arguments: { command: "\#(command)" } }"#
            let test = """
                tests:
                  - name: asks once
                    steps: { slow: [{ calls: [\(call)] }, { text: Done. }], quick: [{ text: So. }] }
                    kill: 8
                    answers: [{ approve: Yes. }]
                    expect:
                      end: achieved
                      events:
                        - { type: step.finished, contains: So. }
                        - { type: approval.requested, contains: "sleep 99" }
                        - { type: approval.resolved, contains: approve }
                        - { type: approval.requested, contains: "Ship it?" }
                        - { type: step.finished, contains: Yes. }
                      files: { a.txt: "done\\n" }

                """
            let ended = try await play(test, pipeline, in: bench)
            #expect(ended.status == 0, "\(ended)")
        }
    }
}
