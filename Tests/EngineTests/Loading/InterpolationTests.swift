import PipelineEngine
import PipelineKit
import Testing

struct InterpolationTests {
    static let text = """
        name: a
        description: About ${inputs.target}.
        inputs:
          target: { default: tests }
          runs: { type: integer, default: 2 }
          model: { help: Which model. }
        env: [HOME]
        model: "openai/${inputs.model}"
        instructions: Run ${inputs.runs} times in ${env.HOME}; $${inputs.x} is text.
        goal:
          gate: pytest
          with: { args: ["${inputs.target}", "n=${ inputs.runs }"], runs: "${inputs.runs}" }
          editable: ["${inputs.target}/**"]
        providers: { openai: { url: "https://${env.HOME}" } }
        workspace: { readable: ["/srv/${inputs.target}"], writable: ["${env.HOME}"] }

        """

    @Test func referencesAreReplaced() throws {
        let pipeline = try loaded(Self.text).resolved(
            inputs: ["model": "gpt-5.2", "runs": "3"],
            environment: ["HOME": "/host"]
        )
        #expect(pipeline.description == "About tests.")
        #expect(pipeline.model == ModelChain("openai/gpt-5.2"))
        #expect(pipeline.instructions == "Run 3 times in /host; ${inputs.x} is text.")
        #expect(pipeline.goal?.judge == .gate("pytest", with: ["args": ["tests", "n=3"], "runs": 3]))
        #expect(pipeline.goal?.editable == ["tests/**"])
        #expect(pipeline.providers == ["openai": ["url": "https:///host"]])
        #expect(pipeline.workspace.readable == ["/srv/tests"])
        #expect(pipeline.workspace.writable == ["/host"])
    }

    @Test func everythingWrongWithTheInputsIsTold() throws {
        let pipeline = try loaded(Self.text)
        #expect(throws: FieldProblems.self) { try pipeline.resolved(inputs: ["modle": "x", "runs": "many"]) }
        do throws(FieldProblems) { _ = try pipeline.resolved(inputs: ["modle": "x", "runs": "many"]) } catch {
            #expect(
                error.all.map(\.message) == [
                    "Unknown input 'modle'. Did you mean 'model'?",
                    "Input 'model' has no default and must be given. Which model.",
                    "Input 'runs' must be a whole number, but is \"many\".",
                    "The environment variable 'HOME' is not set.",
                    "The environment variable 'HOME' is not set.",
                    "The environment variable 'HOME' is not set.",
                ]
            )
        }
    }

    @Test(arguments: ["data", "", "/srv/../etc", "~ada"]) func aPlaceIsAnAbsolutePathWhenItsValueIsThere(
        _ value: String
    ) throws {
        let text = "name: a\ngoal: pytest\ninputs: { at: {} }\nworkspace: { readable: [\"${inputs.at}\"] }\n"
        let pipeline = try loaded(text)
        do throws(FieldProblems) { _ = try pipeline.resolved(inputs: ["at": .string(value)]) } catch {
            let words = "It must be an absolute path, or begin with '~/', but is '\(value)'."
            #expect(
                error.all == [
                    FieldProblem(FieldPath().appending("workspace").appending("readable").appending(0), words)
                ]
            )
            return
        }
        Issue.record("'\(value)' was taken.")
    }

    @Test func aPipelineWithoutInputsTakesNone() throws {
        let pipeline = try loaded("name: a\ngoal: pytest\n")
        #expect(throws: FieldProblems.self) { try pipeline.resolved(inputs: ["x": 1]) }
        do throws(FieldProblems) { _ = try pipeline.resolved(inputs: ["x": 1]) } catch {
            #expect(error.failure.message == "Unknown input 'x'. The pipeline 'a' has none.")
        }
    }

    @Test(
        arguments: [
            ("integer", "5", 5), ("number", "2.5", 2.5), ("number", "2", 2), ("boolean", "true", true),
            ("string", "5", "5"),
            ("boolean", false, false), ("integer", -1, -1), ("number", 1, 1),
        ] as [(String, JSONValue, JSONValue)]
    )
    func aTextFromTheCommandLineBecomesTheDeclaredType(type: String, given: JSONValue, value: JSONValue) throws {
        let text =
            "name: a\ngoal: pytest\ninputs: { x: { type: \(type) } }\nproviders: { openai: { url: \"${inputs.x}\" } }\n"
        let pipeline = try PipelineLoader(sources()).load(text, file: "a.yaml").pipeline
        #expect(try pipeline.resolved(inputs: ["x": given]).providers == ["openai": ["url": value]])
    }

    @Test(
        arguments: [
            ("integer", "5.0", "Input 'x' must be a whole number, but is \"5.0\"."),
            ("integer", 5.5, "Input 'x' must be a whole number, but is 5.5."),
            ("number", "nan", "Input 'x' must be a number, but is \"nan\"."),
            ("boolean", "yes", "Input 'x' must be true or false, but is \"yes\"."),
            ("string", 5, "Input 'x' must be text, but is 5."),
            ("string", .null, "Input 'x' must be text, but is null."),
        ] as [(String, JSONValue, String)]
    )
    func aValueOfAnotherTypeIsRefused(type: String, given: JSONValue, sentence: String) throws {
        let pipeline = try loaded("name: a\ngoal: pytest\ninputs: { x: { type: \(type) } }\n")
        let path = FieldPath().appending("inputs").appending("x")
        #expect(throws: FieldProblems([FieldProblem(path, sentence)])) { try pipeline.resolved(inputs: ["x": given]) }
    }

    @Test(arguments: [
        ("${inputs.tagret}", "4:22: Unknown input 'tagret'. Did you mean 'target'?"),
        ("${inputs.qqq}", "4:22: Unknown input 'qqq'. Declare it under 'inputs'."),
        ("${env.HOMER}", "4:22: The variable 'HOMER' is not listed under 'env'. Did you mean 'HOME'?"),
        (
            "${steps.work.summary}",
            "4:22: '${steps.work.summary}' is known in steps alone, and only in those that need the one it names."
        ),
        ("${input.target}", "4:22: Unknown reference '${input.target}'. Did you mean '${inputs.target}'?"),
        ("${env}", "4:22: Unknown reference '${env}'. Did you mean '${env}'?"),
        (
            "${PATH:-x}",
            """
            4:22: Unknown reference '${PATH:-x}'. There are ${inputs.NAME} and ${env.NAME}; write '$${' for the text \
            itself.
            """
        ),
        ("${inputs.target", "4:22: A reference that begins with '${' ends with '}'; write '$${' for the text itself."),
    ])
    func aWrongReferenceIsShownWhereItStands(reference: String, sentence: String) {
        let text = "name: a\ngoal: pytest\nenv: [HOME]\ninstructions: Look in \(reference)\ninputs: { target: {} }\n"
        #expect(sentences(text) == [sentence.replacing("4:22", with: "4:23")])
    }

    @Test func aReferenceInALongTextIsFound() {
        let text = """
            name: a
            goal: pytest
            instructions: |
              First a line,
              then ${inputs.x} and so on.

            """
        #expect(
            told(text) == """
                fix.yaml:5:8: error: Unknown input 'x'. Declare it under 'inputs'.
                  5 | then ${inputs.x} and so on.
                    |      ^~~~~~~~~~~
                """
        )
    }

    @Test func aSecretIsNeverPutTogether() {
        let text = """
            name: a
            goal: pytest
            env: [KEY]
            providers: { openai: { key: "SECRET" } }

            """
        let sentence = "4:29: A secret is never written into a pipeline: refer to it, such as 'env:OPENAI_API_KEY'."
        #expect(sentences(text.replacing("SECRET", with: "${env.KEY}")) == [sentence])
        #expect(sentences(text.replacing("SECRET", with: "env:${env.KEY}")) == [sentence])
        #expect(sentences(text.replacing("SECRET", with: "env:KEY")) == [])
    }

    @Test func whatDependsOnAnInputIsLeftForTheStart() {
        let text = """
            name: a
            goal:
              gate: pytest
              with: { runs: "${inputs.n}", timeout: "${inputs.t}" }
              editable: ["${inputs.t}"]
            inputs: { n: { type: integer }, t: {} }
            model: ${inputs.t}

            """
        #expect(sentences(text) == [])
        #expect(
            sentences(text.replacing("n: { type: integer }", with: "n: { type: integer, default: 0 }")) == [
                "4:17: Field 'runs' must be positive, but is 0."
            ]
        )
    }
}
