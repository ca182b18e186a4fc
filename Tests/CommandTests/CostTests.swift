import PipelineKit
import Testing

/// `sluice cost` explains what was spent.
struct CostTests {
    private static let script = """
        {"price": {"input": "2 USD", "cached": "1 USD", "output": "10 USD"}, "replies": [
          {"text": "", "calls": [{"tool": "file_list"}], "usage": {"input": 1200, "cached": 1000, "output": 40}},
          {"text": "Done.", "usage": {"input": 3000, "output": 7}}
        ]}
        """

    private func withRun(_ body: (Bench) async throws -> Void) async throws {
        try await withBench { bench in
            let pipeline = """
                name: dear
                model: scripted/script.json
                goal: { gate: command, with: { command: "false" } }
                limits: { cost: 5.00 USD, iterations: 1 }

                """
            try bench.write(pipeline, to: "dear.yaml")
            try bench.write(Self.script, to: "script.json")
            let run = try await bench.sluice(
                "run",
                "dear.yaml",
                "--cwd",
                "project",
                "--id",
                "r1",
                adding: ["SLUICE_TEST_CLOCK": "2026-01-01T00:00:00Z"]
            )
            #expect(run.status == 1)
            try await body(bench)
        }
    }

    @Test func aRunIsExplainedByTurnModelAndDay() async throws {
        try await withRun { bench in
            let turns = """
                turn  replies  read  cached  written  thought         cost
                1           1  1200    1000       40        0   0.0018 USD
                2           1  3000       0        7        0  0.00607 USD
                all         2  4200    1000       47        0  0.00787 USD
                The limit is 5.00 USD.

                """
            #expect(try await bench.sluice("cost", "r1").output == turns)
            let models = try await bench.sluice("cost", "r1", "--by", "model").lines
            #expect(models.count == 4)
            #expect(models[1].hasPrefix("scripted/") && models[1].hasSuffix("0.00787 USD"))
            let day = try await bench.sluice("cost", "--by", "day", "--json").output
            let json = try JSONValue(parsing: day)
            #expect(json["day"] == "2026-01-01" && json["cost"] == "0.00787 USD" && json["tokens"] == 4247)
        }
    }

    @Test func allRunsAreSummed() async throws {
        try await withRun { bench in
            let days = try await bench.sluice("cost", "--all").lines
            #expect(days.count == 3)
            #expect(days[1].hasPrefix("2026-01-01") && days[1].hasSuffix("0.00787 USD"))
            let turns = try await bench.sluice("cost", "--all", "--by", "turn")
            #expect(
                turns.errors
                    == "Turns are those of one run. Give '--by model' or '--by day'.\n"
            )
            #expect(turns.status == 64)
        }
    }

    @Test func aRunWithoutAModelHasSpentNothing() async throws {
        try await withBench { bench in
            let held = """
                name: held
                model: scripted/none.json
                goal: { gate: command, with: { command: "true" } }

                """
            try bench.write(held, to: "held.yaml")
            try bench.write("[]", to: "none.json")
            _ = try await bench.sluice("run", "held.yaml", "--cwd", "project", "--id", "r1")
            #expect(try await bench.sluice("cost").output == "Nothing was spent: no model has replied.\n")
        }
    }
}
