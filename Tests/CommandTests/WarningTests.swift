import PipelineEngine
import PipelineKit
import Testing

/// A limit that even the first reply might pass is told before the run asks about it.
struct WarningTests {
    /// Reading costs nothing, so that the amounts do not depend on the wording of the request.
    private static let script = """
        {"price": {"input": "0 USD", "output": "10 USD"}, "replies": [{"text": "Done."}]}
        """

    private static let cost = """
        The limit of 0.01 USD is less than even a short first reply may take, 0.02 USD, so the run will ask before it. \
        Raise 'limits.cost'.
        """

    private func withPipeline(_ limits: String, _ body: (Bench) async throws -> Void) async throws {
        try await withBench { bench in
            let pipeline = """
                name: dear
                model: scripted/script.json
                goal: { gate: command, with: { command: "false" } }
                limits: \(limits)

                """
            try bench.write(pipeline, to: "dear.yaml")
            try bench.write(Self.script, to: "script.json")
            try await body(bench)
        }
    }

    @Test func aCostThatNoReplyFitsIsToldByLintAndRun() async throws {
        try await withPipeline("{ cost: 0.01 USD }") { bench in
            let linted = try await bench.sluice("lint", "dear.yaml")
            #expect(linted.errors == "dear.yaml: warning: \(Self.cost)\n")
            #expect(linted.output == "dear.yaml: no mistakes.\n")
            #expect(linted.status == 0)
            let run = try await bench.sluice("run", "dear.yaml", "--cwd", "project")
            #expect(run.errors == "warning: \(Self.cost)\n")
            #expect(run.status == 2, "it asks, as was said")
        }
    }

    @Test func theLimitOfTheCommandLineCountsAsWell() async throws {
        try await withPipeline("{ cost: 1 USD }") { bench in
            let run = try await bench.sluice("run", "dear.yaml", "--cwd", "project", "--cost", "0.01USD")
            #expect(run.errors == "warning: \(Self.cost)\n")
        }
    }

    @Test func tokensThatNoReplyFitsAreTold() async throws {
        try await withPipeline("{ tokens: 2k, reply: 5k }") { bench in
            let said = try await bench.sluice("lint", "dear.yaml").errors
            let form =
                /dear.yaml: warning: The limit of 2k tokens is less than even a short first reply may take, (\d+) tokens, .*/
            let match = try #require(try form.prefixMatch(in: said), "\(said)")
            #expect(try #require(Int(match.1)) > 2_000)
            #expect(said.hasSuffix("Raise 'limits.tokens'.\n"))
        }
    }

    @Test func everyKeyThatIsMissingIsToldAlsoOfARaceAndOfSteps() async throws {
        try await withBench { bench in
            let models = ["openai/gpt-5.2", "anthropic/claude-sonnet-4-6", "google/gemini-3-pro"]
            let steps = models.enumerated().map { "  - { id: s\($0), model: \($1) }\n" }.joined()
            for text in ["race: [\(models.joined(separator: ", "))]\ngoal: pytest\n", "steps:\n\(steps)"] {
                try bench.write("name: keys\n\(text)", to: "keys.yaml")
                let linted = try await bench.sluice("lint", "keys.yaml")
                #expect(linted.status == 0)
                let lines = linted.errors.split(separator: "\n")
                #expect(lines.count == 3 && lines.allSatisfy { $0.hasPrefix("keys.yaml: warning: ") }, "\(linted)")
                for (line, key) in zip(lines, ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"]) {
                    #expect(line.contains(key), "\(line)")
                }
            }
        }
    }

    @Test func aLimitThatAReplyFitsIsNotTold() async throws {
        try await withPipeline("{ cost: 0.02 USD, tokens: 400k }") { bench in
            let linted = try await bench.sluice("lint", "dear.yaml")
            #expect(linted.errors == "")
        }
    }
}
