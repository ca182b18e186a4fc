import AgentsTool
import PipelineEngine
import PipelineKit
import Testing

/// The pipelines of agents are taken in when a pipeline is loaded.
struct AgentPipelineTests {
    private static let registry: Registry = {
        var registry = TestModules.registry
        registry.add(AgentSource())
        return registry
    }()

    private static func main(_ agents: String) -> String {
        """
        name: main
        goal: pytest
        tools: [file_read, run_agent]
        agents:
          \(agents)

        """
    }

    private static let review = """
        name: review
        inputs: { style: { type: string, default: short } }
        instructions: Be ${inputs.style}.
        goal: pytest

        """

    private func load(_ text: String, _ sources: PipelineSources) throws(Diagnostics) -> Pipeline {
        try PipelineLoader(sources, registry: Self.registry).load(text, file: "main.yaml").pipeline
    }

    private func complaint(_ text: String, _ sources: PipelineSources) -> String {
        let error = #expect(throws: Diagnostics.self) { _ = try load(text, sources) }
        return error?.all.map { "\($0.place?.line ?? 0):\($0.place?.column ?? 0): \($0.message)" }
            .joined(separator: "\n") ?? ""
    }

    @Test func theWholePipelineStandsInThePlaceOfItsName() throws {
        let files = sources(["review.yaml": Self.review])
        let text = Self.main("reader: { pipeline: review.yaml, with: { style: long } }")
        let agent = try load(text, files).agents?["reader"]
        #expect(agent?["pipeline"]?["name"] == "review")
        #expect(agent?["pipeline"]?["instructions"] == "Be long.")
        let whole = try load(text, files).resolved()
        #expect(whole.agents?["reader"]?["pipeline"]?["instructions"] == "Be long.")
        #expect(try Pipeline(json: whole.json) == whole)
    }

    @Test func aBuiltInOneIsNamedAsEverywhere() throws {
        let agents = "reader: { pipeline: review }"
        let agent = try load(Self.main(agents), sources(builtIn: ["review": Self.review])).agents?["reader"]
        #expect(agent?["pipeline"]?["instructions"] == "Be short.")
    }

    @Test func aDollarThatWasWrittenTwiceStaysText() throws {
        let files = sources(["review.yaml": "name: r\ngoal: pytest\ninstructions: Say $${HOME}.\n"])
        let whole = try load(Self.main("r: { pipeline: review.yaml }"), files).resolved()
        #expect(whole.agents?["r"]?["pipeline"]?["instructions"] == "Say ${HOME}.")
    }

    @Test(
        arguments: [
            ("r: { pipeline: gone.yaml }", "5:18: Cannot read 'gone.yaml': there is no such file."),
            (
                "r: { pipeline: rview }",
                "5:18: Unknown pipeline 'rview'. A file is named with its ending: 'rview.yaml'."
            ),
            (
                "r: { pipeline: bad.yaml }",
                "5:18: The pipeline 'bad.yaml' has mistakes. Unknown field 'gaol'. Did you mean 'goal'? "
                    + "'sluice lint bad.yaml' shows them all."
            ),
            (
                "r: { pipeline: env.yaml }",
                "5:18: The pipeline 'env.yaml' reads variables under 'env', which agents and steps have none of."
            ),
            (
                "r: { pipeline: review.yaml, with: { stile: x } }",
                "5:18: The pipeline 'review.yaml': Unknown input 'stile'. Did you mean 'style'?"
            ),
            (
                "r: { pipeline: main.yaml }",
                "5:18: A pipeline may not be an agent or a step of itself: main.yaml → main.yaml."
            ),
            ("r: { pipeline: 5 }", "5:18: Field 'r.pipeline' must be a pipeline's name or file, but is 5."),
            (
                "r: { pipeline: { extends: pytest, name: r, goal: pytest } }",
                "A pipeline that extends another cannot be written here. Keep it in a file, and name that."
            ),
            ("r: { file: review.yaml }", "5:8: Unknown field 'file'."),
            (
                "a b: { pipeline: review.yaml }",
                "5:3: 'a b' cannot be the name of an agent: letters, digits, '_' and '-'."
            ),
        ]
    )
    func whatCannotBeAnAgentIsToldWhereItStands(agents: String, words: String) {
        let files = sources([
            "review.yaml": Self.review, "bad.yaml": "name: b\ngaol: pytest\n",
            "env.yaml": "name: e\ngoal: pytest\nenv: [HOME]\n", "main.yaml": Self.main("x: { pipeline: main.yaml }"),
        ])
        let told = complaint(Self.main(agents), files)
        #expect(told.contains(words), "\(told)")
    }

    @Test func agentsOfAgentsEndSomewhere() {
        var files: [String: String] = ["5.yaml": Self.review]
        for number in 1...4 { files["\(number).yaml"] = Self.main("next: { pipeline: \(number + 1).yaml }") }
        #expect((try? load(Self.main("next: { pipeline: 3.yaml }"), sources(files))) != nil)
        let told = complaint(Self.main("next: { pipeline: 1.yaml }"), sources(files))
        #expect(told.contains("More than 3 pipelines are agents or steps of one another"), "\(told)")
    }
}
