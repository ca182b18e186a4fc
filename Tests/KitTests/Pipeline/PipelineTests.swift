import PipelineKit
import Testing

/// Whole pipelines: read, normal form, mistakes.
struct PipelineTests {
    static let full: JSONValue = [
        "name": "fix-tests", "description": "Fix the code.", "extends": "pytest",
        "inputs": ["target": ["type": "string", "default": "tests", "help": "Where."], "n": ["type": "integer"]],
        "env": ["HOME"], "model": "openai/gpt-5.2", "providers": ["openai": ["key": "env:KEY"]],
        "instructions": "Do.", "goal": ["gate": "pytest", "with": ["args": ["-q"]], "editable": ["src/**"]],
        "tools": [
            "allow": ["file_read"], "ask": ["bash_exec"], "deny": ["web_search"], "with": ["bash_exec": ["t": 1]],
        ],
        "human": ["gate": "after_check", "deadline": "24h", "on_deadline": "approve"],
        "limits": ["iterations": 5, "cost": "2.50 USD", "tokens": "400k", "wall": "30m", "parallel_tools": 2],
        "workspace": ["isolation": "worktree"],
    ]

    @Test(
        arguments: [
            ["name": "x", "goal": "pytest"], full,
            ["name": "x", "goal": ["not": "y"], "tools": [], "limits": ["cost": .null]],
        ] as [JSONValue]
    )
    func theNormalFormReadsBackToItself(json: JSONValue) throws {
        let pipeline = try Pipeline(json: json)
        #expect(try Pipeline(json: pipeline.json) == pipeline)
        #expect(try Pipeline(json: JSONValue(parsing: pipeline.json.encoded(.canonical))) == pipeline)
        #expect(try Pipeline(json: pipeline.json).json.encoded() == pipeline.json.encoded())
    }

    @Test func theSmallestPipelineHasEveryDefault() throws {
        let pipeline = try Pipeline(json: ["name": "x", "goal": "pytest", "model": "a/b/c"])
        #expect(pipeline.goal == Goal(.gate("pytest", with: [:])))
        #expect(pipeline.model?.first.provider == "a")
        #expect(pipeline.model?.first.model == "b/c")
        #expect(pipeline.tools == ToolPolicy())
        #expect(pipeline.limits.iterations == 20)
        #expect(pipeline.limits.reply.tokens == 16_000)
        #expect(pipeline.human.deadline == nil)
    }

    @Test func everythingThatIsWrittenIsRead() throws {
        let pipeline = try Pipeline(json: Self.full)
        #expect(pipeline.inputs["target"]?.default == "tests")
        #expect(pipeline.inputs["n"]?.type == .integer)
        #expect(pipeline.inputs["n"]?.default == nil)
        #expect(pipeline.limits.cost == .usd(2.5))
        #expect(pipeline.limits.tokens == TokenCount(400_000))
        #expect(pipeline.limits.wall == .seconds(1_800))
        #expect(pipeline.human.deadline == .seconds(86_400))
        #expect(pipeline.human.onDeadline == .approve)
        #expect(pipeline.workspace.isolation == .worktree)
    }

    @Test func allMistakesAreToldAtOnce() {
        let json: JSONValue = [
            "nme": "x", "model": "gpt", "env": "HOME",
            "goal": ["gate": "pytest", "must_fail_frist": true], "tools": ["alow": []],
            "human": ["gate": "afterwards", "deadline": 30], "limits": ["cost": 2.5, "wall": 30, "tokens": "lots"],
            "inputs": ["n": ["type": "int"]],
        ]
        let expected = [
            "key nme: Unknown field 'nme'. Did you mean 'name'?",
            "inputs.n.type: Field 'inputs.n.type' must be one of string, integer, number, boolean, but is \"int\".",
            "env: Field 'env' must be a list, but is \"HOME\".",
            "model: Field 'model' must be a model such as 'openai/gpt-5.2', but is \"gpt\".",
            "key goal.must_fail_frist: Unknown field 'must_fail_frist'. Did you mean 'must_fail_first'?",
            "key tools.alow: Unknown field 'alow'. Did you mean 'allow'?",
            "human.gate: Field 'human.gate' must be one of never, after_check, "
                + "after_failed_check, before_writes, plan, but is \"afterwards\".",
            "human.deadline: Field 'human.deadline' must be a time such as '90s', '30m' or '24h', but is 30. "
                + "Write the unit too: '30s' or '30m'.",
            "limits.cost: Field 'limits.cost' must be an amount of money such as '2.50 USD' or '5USD', but is 2.5. "
                + "Write the currency too: '2.5 USD'.",
            "limits.tokens: Field 'limits.tokens' must be a number of tokens such as '400k', but is \"lots\".",
            "limits.wall: Field 'limits.wall' must be a time such as '90s', '30m' or '24h', but is 30. "
                + "Write the unit too: '30s' or '30m'.",
        ]
        #expect(mistakes(Pipeline.self, json) == expected)
    }

    @Test func aListOfModelsIsAChain() throws {
        let chain = try #require(ModelChain("a/b, c/d/e"))
        #expect(chain == ModelChain(ModelName("a/b")!, [ModelName("c/d/e")!]))
        #expect(try Pipeline(json: ["name": "x", "goal": "pytest", "model": ["a/b", "c/d/e"]]).model == chain)
        #expect(chain.json == ["a/b", "c/d/e"])
        #expect(try Pipeline(json: ["name": "x", "goal": "pytest", "model": ["a/b"]]).model?.json == "a/b")
        #expect(chain.description == "a/b,c/d/e")
        #expect(ModelChain("a/b,") == nil)
        #expect(ModelChain(Array(repeating: "a/b", count: 9).joined(separator: ",")) == nil)
    }

    @Test(
        arguments: [
            ([], "A list of models has 1 to 8, each to stand in for those before it."),
            (["a/b", "a/b"], "Each model stands in the list once."),
            (["a/b", "c"], "Field '[1]' must be a model such as 'openai/gpt-5.2', but is \"c\"."),
            (
                .array(Array(repeating: "a/b", count: 9)),
                "A list of models has 1 to 8, each to stand in for those before it."
            ),
        ] as [(JSONValue, String)]
    )
    func aListThatIsNoneIsTold(json: JSONValue, message: String) {
        #expect(reading(ModelChain.self, json).messages == [message])
    }

    @Test(arguments: ["gpt", "/gpt", "openai/", "/", ""])
    func aModelIsNamedWithItsProvider(name: String) {
        let message = "The value must be a model such as 'openai/gpt-5.2', but is \"\(name)\"."
        #expect(reading(ModelName.self, .string(name)).messages == [message])
    }

    @Test func aFieldOfReservedNameIsReadByThatName() throws {
        #expect(InputDeclaration.fields.map(\.name) == ["type", "default", "help"])
        #expect(try InputDeclaration(json: ["default": 5]).default == 5)
    }
}
