import PipelineKit
import Testing

/// Runs of steps beside those that somebody started.
struct LedRunTests {
    private static let pipeline = """
        name: two
        model: scripted/script.json
        tools: [file_list]
        workspace: { sandbox: off }
        steps:
          - { id: one, instructions: Look. }
          - { id: two, needs: [one], instructions: Look again. }

        """
    private static let script = """
        {"price": {"input": "2 USD", "output": "10 USD"},
         "replies": [{"text": "Seen.", "usage": {"input": 1000, "output": 100}}]}
        """

    private func withRun(_ body: (Bench, Ended) async throws -> Void) async throws {
        try await withBench { bench in
            try bench.write(Self.pipeline, to: "two.yaml")
            try bench.write(Self.script, to: "script.json")
            let ended = try await bench.sluice("run", "two.yaml", "--cwd", "project", "--id", "r1")
            #expect(ended.status == 0, "\(ended)")
            try await body(bench, ended)
        }
    }

    @Test func listsShowWhatSomebodyStarted() async throws {
        try await withRun { bench, _ in
            let own = try await bench.sluice("runs").lines
            #expect(own.count == 1 && own.first?.hasPrefix("r1  achieved  two  1/") == true, "\(own)")
            let all = try await bench.sluice("runs", "--all").lines
            let names = all.map { String($0.prefix { $0 != " " }) }
            #expect(Set(names) == ["r1", "r1-1-1", "r1-1-2"])
            let columns = Set(all.compactMap { $0.firstRange(of: "achieved")?.lowerBound.utf16Offset(in: $0) })
            #expect(columns == [8], "columns stand below each other: \(all)")
            #expect(try await bench.sluice("runs", "--json").lines.count == 1)
        }
    }

    @Test func aNameCutShortMeansTheRunThatWasStarted() async throws {
        try await withRun { bench, _ in
            let whole = try await bench.sluice("show", "r1").output
            for name in ["r", "last"] { #expect(try await bench.sluice("show", name).output == whole) }
            #expect(try await bench.sluice("show").output == whole)
            let step = try JSONValue(parsing: try await bench.sluice("show", "r1-1-2", "--json").output)
            #expect(step["parent"] == "r1")
            let several = try await bench.sluice("show", "r1-")
            #expect(several.errors.contains("'r1-' begins the names of 2 runs:"), "\(several)")
        }
    }

    @Test func whatStepsSpendCountsOnce() async throws {
        try await withRun { bench, _ in
            let run = try await bench.sluice("cost", "r1", "--by", "model").lines.last
            let all = try await bench.sluice("cost", "--all", "--by", "model").lines
            #expect(run?.hasSuffix("0.006 USD") == true, "\(run ?? "")")
            #expect(all.count == 3 && all[1].hasPrefix("scripted/") && all[1].hasSuffix("0.006 USD"), "\(all)")
        }
    }

    /// Without a goal nothing is judged before anything was done.
    @Test func aRunWithoutAGoalSaysNothingOfItAtTheStart() async throws {
        try await withRun { _, ended in
            #expect(!ended.output.contains("Nothing has been done yet."), "\(ended.output)")
            #expect(ended.output.contains("2 of 2 steps passed."))
        }
    }
}
