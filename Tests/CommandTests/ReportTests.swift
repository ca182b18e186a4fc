import PipelineKit
import Testing

/// `sluice report` hands the evidence of a check on.
struct ReportTests {
    private func withRun(_ body: (Bench) async throws -> Void) async throws {
        try await withBench { bench in
            let pipeline = """
                name: red
                model: scripted/script.json
                goal: { gate: command, with: { command: "echo why; exit 3" } }
                limits: { iterations: 1 }

                """
            try bench.write(pipeline, to: "red.yaml")
            try bench.write(#"{"replies": [{"text": "Done."}]}"#, to: "script.json")
            let time = ["SLUICE_TEST_CLOCK": "2026-01-01T00:00:00Z"]
            let run = try await bench.sluice("run", "red.yaml", "--cwd", "project", "--id", "r1", adding: time)
            #expect(run.status == 1)
            try await body(bench)
        }
    }

    @Test func peopleReadMarkdown() async throws {
        try await withRun { bench in
            let said = try await bench.sluice("report", "r1")
            #expect(said.status == 0)
            #expect(
                said.output == """
                    ## command does not hold

                    'echo why; exit 3' exited with 3, not 0.

                    Run `r1` · pipeline red · check 1 · not achieved · 0 s

                    """
            )
            #expect(
                try await bench.sluice("report", "r1", "--check", "0").output.contains(" · the check at the start · ")
            )
        }
    }

    @Test func otherToolsReadFiles() async throws {
        try await withRun { bench in
            let said = try await bench.sluice("report", "r1", "--junit", "out.xml", "--sarif", "out.sarif")
            #expect(said.status == 0 && said.output.isEmpty, "\(said)")
            let junit = try #require(bench.read("out.xml"))
            let failure = "<failure message=\"'echo why; exit 3' exited with 3, not 0.\">"
            #expect(junit.contains("<testcase classname=\"\" name=\"command\" time=\"0.0\">\(failure)"))
            let sarif = try JSONValue(parsing: try #require(bench.read("out.sarif")))
            let results = sarif["runs"]?.elements.first?["results"]
            #expect(results?.elements.map { $0["message"]?["text"] } == ["'echo why; exit 3' exited with 3, not 0."])
            let both = try await bench.sluice("report", "r1", "--junit", "-", "--markdown", "out.md")
            #expect(both.output == junit)
            #expect(bench.read("out.md")?.hasPrefix("## command does not hold\n") == true)
        }
    }

    @Test func whatCannotBeReportedIsTold() async throws {
        try await withRun { bench in
            let late = try await bench.sluice("report", "r1", "--check", "7")
            #expect(late.status == 64 && late.errors == "Run 'r1' has had no check after iteration 7.\n", "\(late)")
            let lost = try await bench.sluice("report", "r1", "--sarif", "gone/out.sarif")
            #expect(lost.status == 64, "\(lost)")
            #expect(lost.errors == "The report cannot be written to 'gone/out.sarif': No such file or directory.\n")
        }
    }
}
