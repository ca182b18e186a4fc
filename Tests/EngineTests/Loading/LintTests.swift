import PipelineEngine
import PipelineKit
import Testing

struct LintTests {
    /// A pipeline that lints, with lines added.
    private func problems(_ lines: String, goal: String = "goal: pytest") -> [String] {
        sentences("name: a\n\(goal)\n\(lines)\n")
    }

    @Test(arguments: [
        ("tools: [shel]", "3:9: Unknown tool 'shel'. Did you mean 'shell'?"),
        ("tools: [qqqqqq]", "3:9: Unknown tool 'qqqqqq'. 'sluice modules' lists what there is."),
        ("tools: [file_read, file_read]", "3:20: Tool 'file_read' stands twice under 'allow'."),
        (
            "tools: { allow: [bash_exec], deny: [shell] }",
            "3:37: Tool 'shell' stands under 'allow' (as 'bash_exec') and under 'deny': keep one."
        ),
        ("tools: { deny: [web_serch] }", "3:17: Unknown tool 'web_serch'. Did you mean 'web_search'?"),
        ("tools: [{ tool: shel* }, { tool: zz* }]", "3:26: No tool matches 'zz*'."),
        (
            "tools: { allow: [{ tool: shell, with: { comand: ls } }] }",
            "3:41: Tool 'bash_exec' has no argument 'comand'."
        ),
        (
            "tools: { allow: [{ tool: shell, reach: [reads] }], ask: [shell] }",
            "3:18: This rule can never matter: 'shell' stands under 'ask' without a condition."
        ),
        (
            "tools: { deny: [{ tool: shell, reach: [network] }, { tool: shell, reach: [network] }] }",
            "3:52: This rule stands twice under 'deny'."
        ),
        ("tools: { otherwise: allow }", "3:21: Field 'tools.otherwise' must be deny or ask, but is allow."),
        ("tools: { with: { shel: {} } }", "3:18: Unknown tool 'shel'. Did you mean 'shell'?"),
        ("tools: { with: { shell: { timout: 5s } } }", "3:27: Unknown field 'timout'. Did you mean 'timeout'?"),
        (
            "tools: { with: { bash_exec: { timeout: 5 } } }",
            "3:40: Field 'timeout' must be a time such as '90s', '30m' or '24h', but is 5."
                + " Write the unit too: '5s' or '5m'."
        ),
        ("tools: [foreign]", "3:9: Missing required field 'library': Path of the library."),
        (
            "tools: { allow: [foreign], with: { foreign: {} } }",
            "3:45: Missing required field 'library': Path of the library."
        ),
        ("model: antropic/x", "3:8: Unknown provider 'antropic'. Did you mean 'anthropic'?"),
        ("model: anthropic", "3:8: Field 'model' must be a model such as 'openai/gpt-5.2', but is \"anthropic\"."),
        ("providers: { opnai: {} }", "3:14: Unknown provider 'opnai'. Did you mean 'openai'?"),
        (
            "providers: { openai: { key: sk-123 } }",
            "3:29: Field 'key' must be a reference to a secret such as 'env:OPENAI_API_KEY', not the secret itself."
        ),
        ("providers: { work: { provider: opnai } }", "3:32: Unknown provider 'opnai'. Did you mean 'openai'?"),
        (
            "providers: { openai: { provider: anthropic } }",
            "3:14: 'openai' is a provider itself. Give the profile of 'anthropic' another name."
        ),
        (
            "providers: { work: { provider: 5 } }",
            "3:32: Field 'providers.work.provider' must be the name of a provider, but is 5."
        ),
        (
            "providers: { work: { provider: openai, key: sk-123 } }",
            "3:45: Field 'key' must be a reference to a secret such as 'env:OPENAI_API_KEY', not the secret itself."
        ),
        (
            "model: wrok/x\nproviders: { work: { provider: openai } }",
            "3:8: Unknown provider 'wrok'. Did you mean 'work'?"
        ),
        ("limits: { context: 999 }", "3:20: Field 'limits.context' must be at least 1k tokens, but is 999."),
        ("env: [2X]", "3:7: '2X' is no name of an environment variable: letters, digits and '_', no digit first."),
        ("limits: { turns: 1001 }", "3:18: Field 'limits.turns' must be from 1 to 1000, but is 1001."),
        ("limits: { parallel_tools: 65 }", "3:27: Field 'limits.parallel_tools' must be from 1 to 64, but is 65."),
        ("limits: { cost: 0 USD }", "3:17: Field 'limits.cost' must be more than nothing, but is 0.00 USD."),
        (
            "limits: { cost: -0.50 USD }",
            "3:17: Field 'limits.cost' must be an amount of money such as '2.50 USD' or '5USD', but is \"-0.50 USD\"."
        ),
        (
            "limits: { wall: 999999999999999d }",
            "3:17: Field 'limits.wall' must be a time such as '90s', '30m' or '24h', but is \"999999999999999d\"."
        ),
        ("limits: { tokens: 0 }", "3:19: Field 'limits.tokens' must be more than nothing, but is 0."),
        ("limits: { wall: 0s }", "3:17: Field 'limits.wall' must be more than nothing, but is 0s."),
        ("limits: { reply: 0 }", "3:18: Field 'limits.reply' must be more than nothing, but is 0."),
        ("human: { deadline: 0h }", "3:20: Field 'human.deadline' must be more than nothing, but is 0s."),
        (
            "inputs: { 2x: { type: string } }",
            "3:11: Input '2x' must be named in small letters, digits and '_', a letter first."
        ),
    ])
    func aWrongValueIsNamed(line: String, sentence: String) {
        #expect(problems(line) == [sentence])
    }

    @Test(arguments: [
        ("goal: command", "2:7: Missing required field 'command': The command line."),
        ("goal: { gate: comand, with: {} }", "2:15: Unknown gate 'comand'. Did you mean 'command'?"),
        ("goal: { gate: pytest, with: { runs: 0 } }", "2:37: Field 'runs' must be positive, but is 0."),
        ("goal: { gate: pytest, with: { args: [a, b, c, d] } }", "2:29: At most three arguments are allowed."),
        ("goal:\n  gate: pytest\n  with:\n    args: [a, b, c, d]", "4:3: At most three arguments are allowed."),
        ("goal: { gate: pytest, with: { args: [a, 5] } }", "2:41: Field 'args[1]' must be text, but is 5."),
        (
            "goal: { all: [pytest], with: { args: [-q] } }",
            "2:24: Settings under 'with' belong to a 'gate', and this goal names none."
        ),
        ("goal: { all: [pytest, pyrigt] }", "2:23: Unknown gate 'pyrigt'. Did you mean 'pyright'?"),
        (
            "goal: { not: { any: [{ gate: pytest, with: { rns: 1 } }] } }",
            "2:46: Unknown field 'rns'. Did you mean 'runs'?"
        ),
        (
            "goal: { gate: pytest, editable: [/src] }",
            "2:34: The pattern \"/src\" begins with '/': write it relative to the workspace."
        ),
        ("goal: { gate: pytest, editable: [''] }", "2:34: The pattern \"\" is empty and matches nothing."),
        (
            "goal: { gate: pytest, protect: [a/../b] }",
            "2:33: The pattern \"a/../b\" leaves the workspace by '..'."
        ),
    ])
    func aWrongGoalIsNamed(goal: String, sentence: String) {
        #expect(problems("", goal: goal) == [sentence])
    }

    @Test func settingsOfAToolThatIsNotOfferedAreAWarning() {
        #expect(
            told("name: a\ngoal: pytest\ntools:\n  deny: [shell]\n  with:\n    shell: { timeout: 5s }\n") == """
                fix.yaml:6:5: warning: Tool 'shell' has settings, but is not offered to the model.
                  6 | shell: { timeout: 5s }
                    | ^~~~~
                """
        )
        #expect(
            told("name: a\ngoal: pytest\ntools: { allow: [], ask: [], with: { shell: {} } }\n") == """
                fix.yaml:3:38: warning: Tool 'shell' has settings, but is not offered to the model.
                  3 | tools: { allow: [], ask: [], with: { shell: {} } }
                    |                                      ^~~~~
                """
        )
    }

    @Test(arguments: ["tools: { ask: [file_write] }", "tools: { deny: [bash_exec] }", "tools: { allow: [bash_exec] }"])
    func aToolThatIsNamedLeavesTheDefaultLists(line: String) {
        #expect(problems(line) == [])
    }

    @Test func mistakesOfOnePartDoNotHideThoseOfAnother() {
        let text = """
            name: a
            goal:
              all:
                - { gate: 5 }
                - pytset
            inputs: { count: { typ: integer } }
            tools: { allow: [5, shel] }
            instructions: ${inputs.count} ${inputs.cuont}

            """
        #expect(
            sentences(text) == [
                "4:15: Field 'goal.all[0].gate' must be text, but is 5.",
                "5:7: Unknown gate 'pytset'. Did you mean 'pytest'?",
                "6:20: Unknown field 'typ'. Did you mean 'type'?",
                "7:18: Field 'tools.allow[0]' must be a tool, or a mapping of tool, with and reach, but is 5.",
                "7:21: Unknown tool 'shel'. Did you mean 'shell'?",
                "8:31: Unknown input 'cuont'. Did you mean 'count'?",
            ]
        )
    }

    @Test func aMistakeBehindAnotherOfItsGroupIsToldToo() {
        #expect(
            problems("", goal: "goal: { gate: pytset, editable: [5], confirm: 0 }") == [
                "2:15: Unknown gate 'pytset'. Did you mean 'pytest'?",
                "2:34: Field 'goal.editable[0]' must be text, but is 5.",
                "2:47: Field 'goal.confirm' must be from 1 to 100, but is 0.",
            ]
        )
    }

    @Test func aPipelineThatWasResolvedIsLintedAsItStands() throws {
        let text = "name: a\ngoal: { gate: pytest, with: { runs: '${inputs.n}' } }\ninputs: { n: { type: integer } }\n"
        let pipeline = try loaded(text).resolved(inputs: ["n": 0])
        let findings = PipelineLinter(TestModules.registry).findings(in: pipeline, .resolved)
        #expect(findings.map(\.problem.message) == ["Field 'runs' must be positive, but is 0."])
        var literal = pipeline
        literal.goal?.judge = .gate("command", with: ["command": "echo ${HOME}"])
        #expect(PipelineLinter(TestModules.registry).findings(in: literal, .resolved) == [])
    }
}
