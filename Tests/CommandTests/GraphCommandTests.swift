import Testing

/// `sluice graph`, as it is read.
struct GraphCommandTests {
    private static let pipeline = """
        name: p
        model: scripted/x.json
        goal: pytest
        limits: { iterations: 2 }
        steps:
          - { id: work, instructions: Work. }
          - { id: ship, human: "Ship \\e[2Jit?", needs: [work] }
        """

    @Test func aPipelineIsDrawnIn80ColumnsAndNothingInItIsObeyed() async throws {
        try await withBench { bench in
            try bench.write(Self.pipeline, to: "p.yaml")
            let drawn = try await bench.sluice("graph", "p.yaml")
            let text = #"""
                    ┌────────────────────────┐
                    │ work                   │
                    │ model: scripted/x.json │
                    └────────────┬───────────┘
                                 │
                  ┌──────────────▼──────────────┐
                  │ ship                        │
                  │ question: Ship \u{1B}[2Jit? │
                  └──────────────┬──────────────┘
                                 │
                ┌────────────────▼───────────────┐
                │ the goal                       │
                │ pytest                         │
                │ judged when no step has failed │
                └────────────────┬───────────────┘
                                 │
                 ┌───────────────▼──────────────┐
                 │ the end                      │
                 │ achieved when the goal holds │
                 │ else again, up to 2 passes   │
                 └──────────────────────────────┘
                """#
            #expect(drawn.output == text + "\n")
            #expect(drawn.errors == "" && drawn.status == 0)
        }
    }

    @Test func aFlowchartIsPrintedForMarkdown() async throws {
        try await withBench { bench in
            try bench.write(Self.pipeline, to: "p.yaml")
            let drawn = try await bench.sluice("graph", "p.yaml", "--mermaid")
            let chart = #"""
                flowchart TD
                    n1["work<br>model: scripted/x.json"]
                    n2[/"ship<br>question: Ship #27;#91;2Jit#63;"/]
                    n3{{"the goal<br>pytest<br>judged when no step has failed"}}
                    n4(["the end<br>achieved when the goal holds<br>else again, up to 2 passes"])
                    n1 --> n2
                    n2 --> n3
                    n3 --> n4
                    n4 -. "again, up to 2 passes" .-> n1
                """#
            #expect(drawn.output == chart + "\n")
        }
    }

    @Test func everyBuiltInPipelineIsDrawn() async throws {
        try await withBench { bench in
            for name in ["ai-eval", "command", "generate-eval", "prompt", "pytest"] {
                let drawn = try await bench.sluice("graph", name)
                #expect(drawn.status == 0 && drawn.errors == "", "\(name): \(drawn.errors)")
                #expect(drawn.lines.first?.contains("┌") == true && drawn.output.contains("│ the end "))
                #expect(drawn.lines.allSatisfy { $0.count <= 80 })
            }
        }
    }

    @Test func everyMistakeIsShownAsLintShowsIt() async throws {
        try await withBench { bench in
            try bench.write("name: x\nlimts: 3\nsteps:\n  - {id: c, kate: sh}\n", to: "wrong.yaml")
            let drawn = try await bench.sluice("graph", "wrong.yaml")
            let linted = try await bench.sluice("lint", "wrong.yaml")
            #expect(drawn.status == 64 && drawn.output == "")
            #expect(drawn.errors == linted.errors)
            #expect(drawn.errors.contains("'kate'") && drawn.errors.contains("'limts'"))
        }
    }

    @Test func whatCannotBeDrawnIsSaid() async throws {
        try await withBench { bench in
            let tests = try await bench.sluice("graph", "fix.test.yaml")
            #expect(tests.status == 64)
            #expect(tests.errors == "'fix.test.yaml' holds tests: name the pipeline that they test.\n")
            let nothing = try await bench.sluice("graph")
            #expect(nothing.status == 64)
            let unknown = try await bench.sluice("graph", "pytst")
            #expect(unknown.errors == (try await bench.sluice("lint", "pytst").errors))
        }
    }
}
