import PipelineEngine
import PipelineKit
import Testing

/// What a model may have written is no part of what a shell runs.
struct ShellLintTests {
    private static func told(_ steps: String, _ files: PipelineSources = sources()) -> [String] {
        sentences("name: a\nmodel: openai/x\nsteps:\n\(steps)", files)
    }

    private static func sentence(_ place: String, _ reference: String, _ why: String) -> String {
        "\(place): '\(reference)' may be what a model has written, and \(why). Have a step write it to a file, and let the "
            + "command read that."
    }

    @Test(arguments: [
        (
            "  - { id: a }\n  - { id: b, needs: [a], gate: command, with: { command: 'echo ${steps.a.summary}' } }\n",
            "5:64", "${steps.a.summary}", "with.command"
        ),
        (
            "  - { id: a }\n  - { id: b, needs: [a], goal: { gate: command, with: { command: 'ls ${steps.a.summary}' } } }\n",
            "5:70", "${steps.a.summary}", "goal.with.command"
        ),
        (
            "  - { id: a, outputs: { n: {} } }\n"
                + "  - { id: b, needs: [a], goal: { all: [{ gate: command, with: { command: 'ls ${steps.a.n}' } }] } }\n",
            "5:78", "${steps.a.n}", "goal.all[0].with.command"
        ),
        (
            "  - { id: a, outputs: { l: { type: list } } }\n"
                + "  - { id: b, needs: [a], each: '${steps.a.l}', gate: command, with: { command: 'ls ${item}' } }\n",
            "5:84", "${item}", "with.command"
        ),
        (
            "  - { id: a, each: [x], outputs: { n: { type: integer } } }\n"
                + "  - { id: b, needs: [a], gate: command, with: { command: 'ls ${steps.a.n}' } }\n",
            "5:62", "${steps.a.n}", "with.command"
        ),
    ])
    func inACommandLineItIsRefused(steps: String, place: String, reference: String, setting: String) {
        #expect(Self.told(steps) == [Self.sentence(place, reference, "'\(setting)' is run by a shell")])
    }

    @Test(arguments: [
        "  - { id: a }\n  - { id: b, needs: [a], gate: command, with: { command: 'test ${steps.a.status} = passed' } }\n",
        "  - { id: a, outputs: { n: { type: integer } } }\n"
            + "  - { id: b, needs: [a], gate: command, with: { command: 'test ${steps.a.n} -gt 1' } }\n",
        "  - { id: a, human: 'Which?' }\n"
            + "  - { id: b, needs: [a], gate: command, with: { command: 'test -e ${steps.a.summary}' } }\n",
        "  - { id: b, each: [x, y], gate: command, with: { command: 'make ${item}' } }\n",
        "  - { id: a }\n  - { id: b, needs: [a], goal: { gate: pytest, with: { args: ['${steps.a.summary}'] } } }\n",
    ])
    func whatNoModelHasWrittenAndWhatNoShellRunsMayStandThere(steps: String) { #expect(Self.told(steps) == []) }

    @Test func anInputOfAPipelineThatBecomesAPartOfACommandLineTakesNoneEither() {
        let inner = """
            name: inner
            model: openai/x
            inputs: { path: {}, what: {} }
            instructions: "${inputs.what}"
            steps: [{ id: t, each: ["${inputs.path}"], gate: command, with: { command: "ls ${item}" } }]

            """
        let outer = """
            name: outer
            inputs: { at: {}, what: {} }
            steps: [{ id: i, pipeline: inner.yaml, with: { path: "${inputs.at}", what: "${inputs.what}" } }]

            """
        let files = sources(["inner.yaml": inner, "outer.yaml": outer])
        for (file, name, input) in [("inner.yaml", "inner", "path"), ("outer.yaml", "outer", "at")] {
            let with = "{ \(input): '${steps.a.summary}', what: '${steps.a.summary}' }"
            let step = "  - { id: b, needs: [a], pipeline: \(file), with: \(with) }\n"
            let why = "a shell runs what the pipeline '\(name)' makes of its input '\(input)'"
            let place = "5:\(input == "at" ? 61 : 63)"
            #expect(
                Self.told("  - { id: a }\n" + step, files) == [Self.sentence(place, "${steps.a.summary}", why)],
                "\(file)"
            )
        }
    }
}
