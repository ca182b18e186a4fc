import PipelineKit
import Testing

/// What `sluice lint` found, for editors and for CI.
struct LintFormTests {
    private static let wrong = "name: x\ngoal: pytets\nlimits: { cost: 5 }\n"
    private static let gate = "Unknown gate 'pytets'. Did you mean 'pytest'?"
    private static let cost =
        "Field 'limits.cost' must be an amount of money such as '2.50 USD' or '5USD', but is 5. Write the currency too: '5 USD'."

    @Test func findingsAreOneDocument() async throws {
        try await withBench { bench in
            try bench.write(Self.wrong, to: "wrong.yaml")
            let ended = try await bench.sluice("lint", "wrong.yaml", "--json")
            let expected: JSONValue = [
                "findings": [
                    [
                        "file": "wrong.yaml", "line": 2, "column": 7, "end_column": 13, "severity": "error",
                        "message": .string(Self.gate),
                    ],
                    [
                        "file": "wrong.yaml", "line": 3, "column": 17, "end_column": 18, "severity": "error",
                        "message": .string(Self.cost),
                    ],
                ]
            ]
            #expect(try JSONValue(parsing: ended.output) == expected)
            #expect(ended.status == 64 && ended.errors == "")
        }
    }

    @Test func aFileInOrderHasNoFindings() async throws {
        try await withBench { bench in
            let json = try await bench.sluice("lint", "pytest", "--json")
            #expect(json.output == "{\n  \"findings\": []\n}\n" && json.status == 0)
            let github = try await bench.sluice("lint", "pytest", "--github")
            #expect(github.output == "" && github.status == 0)
        }
    }

    @Test func warningsAreFindingsThatStopNothing() async throws {
        try await withBench { bench in
            try bench.write("name: x\ngoal: pytest\nmodel: openai/gpt-5.2\n", to: "keyless.yaml")
            let ended = try await bench.sluice("lint", "keyless.yaml", "--json")
            let found = try JSONValue(parsing: ended.output)["findings"]?.elements ?? []
            #expect(found.map { $0["severity"] } == ["warning"])
            #expect(found[0]["line"] == nil && found[0]["file"] == "keyless.yaml")
            #expect(ended.status == 0 && ended.errors == "")
        }
    }

    @Test func githubIsToldInItsOwnCommands() async throws {
        try await withBench { bench in
            try bench.write(Self.wrong, to: "a,b:100%.yaml")
            let ended = try await bench.sluice("lint", "a,b:100%.yaml", "--github")
            let expected = """
                ::error file=a%2Cb%3A100%25.yaml,line=2,col=7,endColumn=13::\(Self.gate)
                ::error file=a%2Cb%3A100%25.yaml,line=3,col=17,endColumn=18::\(Self.cost)

                """
            #expect(ended.output == expected)
            #expect(ended.status == 64)
        }
    }

    @Test func aPolicyIsToldOfInTheSameWay() async throws {
        try await withBench { bench in
            try bench.write("denny: [bash_exec]\n", to: "policy.yaml")
            let ended = try await bench.sluice("lint", "--policy", "policy.yaml", "--github")
            let place = "file=\(bench.root)/policy.yaml,line=1,col=1,endColumn=6"
            #expect(ended.output.hasPrefix("::error \(place)::Unknown field 'denny'. Did you mean 'deny'?\n"))
            #expect(ended.status == 64)
        }
    }

    @Test func oneFormIsEnough() async throws {
        try await withBench { bench in
            let ended = try await bench.sluice("lint", "pytest", "--json", "--github")
            #expect(ended.errors == "Options '--json' and '--github' each say what to print: give one of them.\n")
            #expect(ended.status == 64)
        }
    }
}
