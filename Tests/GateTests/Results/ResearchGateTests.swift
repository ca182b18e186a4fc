import PipelineKit
import PipelineTesting
import Testing

@testable import ResultsGate

/// What a piece of research must leave behind.
struct ResearchGateTests {
    private static let phases: JSONValue = [
        "topic": ["lichens"],
        "phases": [
            ["name": "review", "files": ["review.md"], "bytes": "40 B", "sections": ["Sources"]],
            ["name": "experiments", "files": ["experiments/*.json"], "count": 2, "members": ["result"]],
        ],
    ]
    private static let done = [
        "review.md": "# Review of lichens\n\n## Sources\n\n- One, 2024.\n",
        "experiments/a.json": #"{"result": 1, "about": "Lichens on oak"}"#, "experiments/b.json": #"{"result": 2}"#,
    ]

    @Test func theyAreGates() async throws {
        let done = try await expectConformance(of: ResearchGate.self, settings: Self.phases, files: Self.done)
        #expect(done.holds && done.reason == "All 2 phases have left what they should." && done.score == 1)
        try await expectConformance(of: CancerResearchGate.self)
    }

    @Test func phasesThatAreOpenAreNamedWithWhatTheyLack() async throws {
        let files = [
            "review.md": "# Review\n\n## Sources\n\n## Next\n\nx\n", "experiments/a.json": #"{"outcome": 1}"#,
            "experiments/b.json": "1, 2",
        ]
        let verdict = try await GateTrial.verdict(of: ResearchGate.self, files, Self.phases)
        #expect(verdict.outcome == .failed && verdict.score == 0)
        #expect(verdict.reason == "2 of 2 phases are open.")
        let review =
            "'review.md' has 33 B and needs 40 B. 'review.md' has no section 'Sources'. None of 'review.md' says 'lichens'."
        let experiments =
            "'experiments/a.json' has no member 'result'. 'experiments/b.json' is no JSON. None of 'experiments/*.json' says "
            + "'lichens'."
        #expect(verdict.cases.map(\.message) == [review, experiments])
        #expect(verdict.details == "- review: \(review)\n- experiments: \(experiments)")
    }

    @Test func filesThatAreNotThereAreCounted() async throws {
        let files = ["experiments/a.json": #"{"result": "lichens"}"#]
        let verdict = try await GateTrial.verdict(of: ResearchGate.self, files, Self.phases)
        #expect(
            verdict.cases.map(\.message) == [
                "1 file of 'review.md' must be there, but there is none.",
                "2 files of 'experiments/*.json' must be there, but there is only 1.",
            ]
        )
    }

    @Test func withoutPhasesOfItsOwnItHasTheUsualOnes() async throws {
        let four = try await GateTrial.verdict(of: ResearchGate.self, ["data/a.csv": "1"])
        #expect(four.reason == "3 of 4 phases are open." && four.score == 0.25)
        let five = try await GateTrial.verdict(of: CancerResearchGate.self, [:])
        #expect(five.cases.map(\.id) == ["literature review", "data", "hypotheses", "experiments", "report"])
    }

    /// A topic of one run is not that of another: the gate is made anew, and holds nothing.
    @Test func theTopicIsTheSettingsOwn() async throws {
        let files = ["review.md": "moss"]
        let about = { (topic: JSONValue) -> JSONValue in
            ["topic": [topic], "phases": [["name": "r", "files": ["review.md"]]]]
        }
        #expect(try await GateTrial.verdict(of: CancerResearchGate.self, files, about("moss")).holds)
        #expect(try await !GateTrial.verdict(of: CancerResearchGate.self, files, about("fern")).holds)
        #expect(try await GateTrial.verdict(of: CancerResearchGate.self, files, about("Moss")).holds)
    }

    @Test(
        arguments: [
            (["phases": [["name": " ", "files": ["a"]]]], "Field 'phases[0].name' must be a name, but is empty."),
            (
                ["phases": [["name": "a", "files": []]]],
                "Field 'phases[0].files' must be a list of at least one pattern."
            ),
            (
                ["phases": [["name": "a", "files": ["a"], "count": 0]]],
                "Field 'phases[0].count' must be at least 1, but is 0."
            ),
            (
                ["phases": [["name": "a", "files": ["a"]], ["name": "a", "files": ["b"]]]],
                "Field 'phases' names a phase twice; each needs a name of its own."
            ),
        ] as [(JSONValue, String)]
    )
    func settingsThatCannotBeAreRefused(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: ResearchGate.self, settings) == message)
    }
}
