import PipelineEngine
import PipelineKit
import Testing

/// What is wrong with steps, told where it stands.
struct StepLintTests {
    private static let head = "name: a\nmodel: openai/x\nsteps:\n"

    private static func told(_ steps: String, _ files: PipelineSources = sources()) -> [String] {
        sentences(head + steps, files)
    }

    @Test(arguments: [
        (
            "  - { id: a, needs: [b] }\n  - { id: b, needs: [a] }\n",
            "4:21: These steps wait for each other for ever: 'a' needs 'b' needs 'a'."
        ),
        ("  - { id: a, needs: [c] }\n", "4:22: There is no step 'c'. Did you mean 'a'?"),
        (
            "  - { id: a }\n  - { id: b, needs: [a], if: 'steps.a.failed and steps.a.passed' }\n",
            "5:30: Step 'b' never begins: its condition 'steps.a.failed and steps.a.passed' never holds."
        ),
        (
            "  - { id: a }\n  - { id: b, needs: [a], instructions: 'Do ${steps.a.tasks}.' }\n",
            "5:44: Nobody sets 'tasks' of step 'a'. It has: passed, failed, skipped, status, summary, empty."
        ),
        (
            "  - { id: a }\n  - { id: b, human: '${steps.a.summary}?' }\n",
            "5:22: 'steps.a.summary' is not known when 'b' begins: add 'a' to its 'needs'."
        ),
        (
            "  - { id: a, instructions: 'Do ${item}.' }\n",
            "4:32: '${item}' stands for an element of 'each', and is known in a step that has one alone."
        ),
        (
            "  - { id: a, each: [{ id: x, needs: [y] }, { id: z }], instructions: 'Do ${item.id}.' }\n",
            "4:38: There is no task 'y'. Did you mean 'x'?"
        ),
        ("  - { id: a, gate: pyest }\n", "4:20: Unknown gate 'pyest'. Did you mean 'pytest'?"),
        ("  - { id: a, tools: [file_raed] }\n", "4:22: Unknown tool 'file_raed'. Did you mean 'file_read'?"),
        ("  - { id: a, model: opnai/x }\n", "4:21: Unknown provider 'opnai'. Did you mean 'openai'?"),
        ("  - { id: a, goal: pyest }\n", "4:20: Unknown gate 'pyest'. Did you mean 'pytest'?"),
        (
            "  - { id: a, limits: { turns: 0 } }\n",
            "4:31: Field 'limits.turns' must be from 1 to 1000, but is 0."
        ),
        ("  []\n", "4:3: Field 'steps' must name at least one step."),
        (
            "  - { id: a, pipeline: 5 }\n",
            "4:24: Field 'steps[0].pipeline' must be a pipeline's name or file, but is 5."
        ),
    ])
    func everyMistakeIsToldWhereItStands(steps: String, sentence: String) {
        #expect(Self.told(steps) == [sentence])
    }

    @Test func noMistakeHidesAnother() {
        let steps = """
              - { id: a, needs: [b], wait: 30 }
              - { id: b, needs: [a, nope] }
              - { id: c, needs: [a], instructions: "${steps.zz.t} ${steps.b.summary} ${inputs.q}" }

            """
        #expect(
            Self.told(steps) == [
                "4:21: These steps wait for each other for ever: 'a' needs 'b' needs 'a'.",
                "4:26: Unknown field 'wait'.", "5:25: There is no step 'nope'.",
                "6:41: 'steps.zz.t' names a step 'zz' that is not there.",
                "6:74: Unknown input 'q'. Declare it under 'inputs'.",
            ]
        )
    }

    /// What a step needs that could not be read is not told to be missing.
    @Test func whatCannotBeReadIsNotMissing() {
        let steps = """
              - { id: a, outputs: { n: { type: integr } } }
              - { id: b, needs: a }
              - { id: c, needs: [b], if: "steps.a.passed", instructions: "${steps.a.n}" }

            """
        let told = Self.told(steps)
        #expect(told.count == 2 && told[0].hasPrefix("4:36: ") && told[1].hasPrefix("5:21: "), "\(told)")
    }

    @Test func aPipelineThatIsAStepIsLoadedAndItsInputsAreLookedAt() throws {
        let called = "name: called\ngoal: pytest\nmodel: openai/x\ninputs: { path: {}, runs: { default: x } }\n"
        let files = sources(["called.yaml": called])
        #expect(
            Self.told("  - { id: a, pipeline: called.yaml, with: { paht: x } }\n", files) == [
                "4:24: The pipeline 'called' needs the input 'path': give it under 'with'.",
                "4:45: The pipeline 'called' has no input 'paht'. Did you mean 'path'?",
            ]
        )
        #expect(
            Self.told("  - { id: a, pipeline: caled.yaml }\n", files).first?.hasPrefix("4:24: ") == true
        )
        let step = "  - { id: a, pipeline: called.yaml, with: { path: '${inputs.x}' } }\n"
        let text = Self.head + step + "inputs: { x: {} }\n"
        let pipeline = try loaded(text, files).resolved(inputs: ["x": "${steps.a}"])
        #expect(pipeline.steps?.first?.with == ["path": "$${steps.a}"], "what a person gives is no reference")
        #expect(pipeline.steps?.first?.pipeline?["inputs"]?["path"] != nil)
    }

    @Test func whatAPipelineHandsOnIsKnown() {
        let files = sources([
            "some.yaml": "name: some\nmodel: openai/x\noutputs: { parts: { type: list } }\n",
            "none.yaml": "name: none\nmodel: openai/x\ngoal: pytest\n",
            "many.yaml": "name: many\nmodel: openai/x\noutputs: { parts: {} }\nsteps: [{ id: a }]\n",
        ])
        let own = "passed, failed, skipped, status, summary, empty"
        for (file, steps, sentence) in [
            ("some.yaml", "{ id: b, needs: [a], each: '${steps.a.parts}' }", nil),
            (
                "some.yaml", "{ id: b, needs: [a], each: '${steps.a.prats}' }",
                "5:33: Nobody sets 'prats' of step 'a'. Did you mean 'steps.a.parts'?"
            ),
            (
                "none.yaml", "{ id: b, needs: [a], if: 'steps.a.parts' }",
                "5:30: Nobody sets 'parts' of step 'a'. It has: \(own)."
            ),
            (
                "many.yaml", "{ id: b, needs: [a], instructions: '${steps.a.parts}' }",
                "5:41: Nobody sets 'parts' of step 'a'. It has: \(own)."
            ),
        ] as [(String, String, String?)] {
            #expect(
                Self.told("  - { id: a, pipeline: \(file) }\n  - \(steps)\n", files) == (sentence.map { [$0] } ?? [])
            )
        }
    }

    /// Runs were recorded before anybody looked at what pipelines hand on.
    @Test func aRecordedPipelineWithAConditionOnWhatNobodyHandsOnIsRead() throws {
        let called: JSONValue = ["name": "called", "goal": "pytest"]
        let steps: JSONValue = [
            ["id": "a", "pipeline": called], ["id": "b", "needs": ["a"], "if": "steps.a.parts == 'x'"],
        ]
        let pipeline = try Pipeline(json: ["name": "p", "steps": steps])
        #expect(pipeline.steps?.count == 2)
    }

    @Test func aPipelineMayNotBeAStepOfItself() {
        let text = "name: a\nmodel: openai/x\nsteps: [{ id: a, pipeline: main.yaml }]\n"
        let files = sources(["main.yaml": text])
        let told = sentences("name: b\nmodel: openai/x\nsteps: [{ id: a, pipeline: main.yaml }]\n", files)
        #expect(told.count == 1 && told[0].contains("A pipeline may not be an agent or a step of itself"), "\(told)")
    }
}
