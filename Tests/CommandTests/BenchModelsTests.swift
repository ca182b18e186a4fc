import Foundation
import PipelineKit
import Testing

/// The same pipeline with several models.
struct BenchModelsTests {
    private static let pipeline = """
        name: p
        goal: { gate: command, with: { command: grep -q done a.txt } }
        tools: { allow: [file_write], ask: [file_delete] }
        limits: { iterations: 2 }
        workspace: { sandbox: off }
        """

    private static func script(_ calls: [JSONValue]) -> JSONValue {
        let usage: JSONValue = ["input": 1000, "output": 100]
        let replies = calls.map { ["calls": [$0], "usage": usage] as JSONValue }
        return [
            "price": ["input": "1.00 USD", "output": "10.00 USD"],
            "replies": .array(replies + [["text": "So."], ["text": "So."]]),
        ]
    }

    private static func write(_ text: String) -> JSONValue {
        ["tool": "file_write", "arguments": ["path": "a.txt", "content": .string(text)]]
    }

    private func withModels(_ body: (Bench) async throws -> Void) async throws {
        try await withBench { bench in
            try bench.write(Self.pipeline, to: "p.yaml")
            try bench.write("kept", to: "project/b.txt")
            let remove: JSONValue = ["tool": "file_delete", "arguments": ["path": "b.txt"]]
            let scripts = [
                "good": [Self.write("done")], "slow": [Self.write("no"), Self.write("done")], "bad": [Self.write("no")],
                "shy": [remove],
            ]
            for (name, calls) in scripts { try bench.write(Self.script(calls).jsonText, to: "\(name).json") }
            try await body(bench)
        }
    }

    @Test func modelsAreRankedByWhatTheyReachAndWhatThatCosts() async throws {
        try await withModels { bench in
            let models = "scripted/bad.json,scripted/slow.json,scripted/good.json,scripted/shy.json"
            let ended = try await bench.sluice(
                "bench-models",
                "p.yaml",
                "-m",
                models,
                "-n",
                "2",
                "--cwd",
                "project"
            )
            #expect(ended.status == 0, "\(ended)")
            let table = ended.lines.drop { !$0.hasPrefix("model") }.dropLast()
            let cells = table.map { $0.split(separator: " ", omittingEmptySubsequences: true).map(String.init) }
            let withoutTime = cells.dropFirst().map { cells in
                (cells.prefix(7) + cells.dropFirst(8)).joined(separator: " ")
            }
            #expect(
                withoutTime == [
                    "scripted/good.json 2 of 2 1 2 1100 0.004 USD 0.002 USD",
                    "scripted/slow.json 2 of 2 1 3 2200 0.008 USD 0.004 USD",
                    "scripted/bad.json 0 of 2 2 3 1100 0.004 USD -",
                    "scripted/shy.json 0 of 2 1 1 1100 0.004 USD -",
                ],
                "\(ended.output)"
            )
            #expect(try bench.tree() == ["b.txt": "kept"], "the project is as it was")
            let shy = ended.lines.filter { $0.contains("scripted/shy.json") && $0.contains(" run ") }
            #expect(shy.count == 2 && shy.allSatisfy { $0.hasSuffix("aborted: A person was asked.") }, "\(shy)")
            let runs = try await bench.sluice("runs", "--json").lines
            #expect(runs.count == 8)
        }
    }

    @Test func whatStepsReplyIsCounted() async throws {
        try await withModels { bench in
            let steps = """
                name: two
                steps: [{ id: plan }, { id: fix, needs: [plan] }]
                tools: [file_write]
                workspace: { sandbox: off }
                """
            try bench.write(steps, to: "two.yaml")
            let words = ["bench-models", "two.yaml", "-m", "scripted/good.json", "-n", "1", "--cwd", "project"]
            let ended = try await bench.start(words + ["--json"]).ended()
            #expect(ended.status == 0, "\(ended)")
            let run = try JSONValue(parsing: try #require(ended.lines.first))
            #expect(run["replies"] == 4 && run["calls"] == 2 && run["tokens"] == 2_200, "\(run)")
        }
    }

    @Test func whatWasFoundIsKeptAndServed() async throws {
        try await withModels { bench in
            let words = ["bench-models", "p.yaml", "--models", "scripted/good.json", "--n", "1", "--cwd", "project"]
            let ended = try await bench.start(words + ["--json"]).ended()
            #expect(ended.status == 0, "\(ended)")
            let lines = try ended.lines.map { try JSONValue(parsing: $0) }
            #expect(lines.map { $0["status"] } == ["achieved", nil])
            #expect(lines.first?["model"] == "scripted/good.json")
            let record = try #require(lines.last)
            #expect(record["pipeline"] == "p" && record["n"] == 1)
            #expect(record["models"]?.elements.first?["achieved"] == 1)
            let folder = "\(bench.state)/bench/models"
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names.count == 1)
            try bench.write("{\"format\": 9}", to: "\(folder)/20200101T000000.000Z.json")
            try await withServer(bench) { served in
                let found = try await served.client.get("/api/v1/benchmarks/models").json
                #expect(found["items"]?.elements.map { $0["file"]?.text } == names)
                #expect(found["items"]?.elements.first?["models"] == record["models"])
                #expect(
                    found["skipped"]?.elements.map { $0["reason"]?.text }
                        == ["It is of format 9, and this version of Sluice reads format 1."]
                )
            }
        }
    }

    @Test func ctrlCEndsItWithWhatThereIs() async throws {
        try await withModels { bench in
            let slow = Self.pipeline.replacing("grep -q", with: "test ! -e slow || sleep 600; grep -q")
            try bench.write(slow, to: "slow.yaml")
            let call: JSONValue = ["tool": "file_write", "arguments": ["path": "slow", "content": ""]]
            try bench.write(Self.script([call]).jsonText, to: "sleepy.json")
            let models = "scripted/good.json,scripted/sleepy.json"
            let running = try bench.start(
                ["bench-models", "slow.yaml", "-m", models, "-n", "1", "--cwd", "project", "--json"]
            )
            let first = await running.next()
            #expect(try first.map { try JSONValue(parsing: $0) }?["status"] == "achieved")
            running.send(SIGINT)
            let ended = await running.ended()
            #expect(ended.status == 1, "\(ended)")
            let record = try JSONValue(parsing: try #require(ended.lines.last))
            #expect(record["models"]?.elements.map { $0["runs"]?.elements.count } == [1, 0])
            let rows = try await bench.sluice("runs", "--json").lines.map { try JSONValue(parsing: $0) }
            #expect(Set(rows.map { $0["status"] }) == ["achieved", "aborted"])
        }
    }

    @Test(
        arguments: [
            (["p.yaml"], "Missing option '--models': The models, with commas between: provider/model."),
            (["p.yaml", "-m", "gpt"], "Option '--models' must name models such as 'openai/gpt-5.2', but names 'gpt'."),
            (
                ["p.yaml", "-m", "a/b,a/b"],
                "Option '--models' names 'a/b' twice. '--n' says how many runs there are of each."
            ),
            (["p.yaml", "-m", ","], "Option '--models' names no model."),
            (["p.yaml", "-c", "1"], "Option '-c' may be any of '--cwd', '--cost'. Write it in full."),
            (["p.yaml", "-m", "scripted/none.json"], "There is no script 'none.json'"),
        ] as [([String], String)]
    )
    func wrongOrdersStartNothing(words: [String], message: String) async throws {
        try await withModels { bench in
            let ended = try await bench.start(["bench-models", "--cwd", "project"] + words).ended()
            #expect(ended.status == 64, "\(ended)")
            #expect(ended.errors.hasPrefix(message), "\(ended.errors)")
            #expect(try await bench.sluice("runs").output == "There is no run yet.\n")
        }
    }
}
