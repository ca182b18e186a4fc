import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// Two runs beside each other, and requests made again.
struct ComparisonTests {
    private static let pipeline = """
        name: p
        goal: { gate: command, with: { command: grep -q done a.txt } }
        tools: [file_write, file_read]
        workspace: { isolation: copy, sandbox: off }
        """

    private static func write(_ text: String) -> JSONValue {
        ["tool": "file_write", "arguments": ["path": "a.txt", "content": .string(text)]]
    }

    /// Runs of a pipeline, each called as its script is.
    private func play(
        _ scripts: [(String, JSONValue)],
        in pipeline: String,
        status: Int,
        _ bench: Bench
    ) async throws {
        for (name, script) in scripts {
            try bench.write(script.jsonText, to: "\(name).json")
            let words = ["--cwd", "project", "--model", "scripted/\(name).json", "--id", name]
            let ended = try await bench.start(["run", pipeline] + words).ended()
            #expect(ended.status == status, "\(ended)")
        }
    }

    /// One that is right at once, and one that is wrong first.
    private func withTwoRuns(_ body: (Bench) async throws -> Void) async throws {
        try await withBench { bench in
            try bench.write(Self.pipeline, to: "p.yaml")
            try bench.write("", to: "project/b.txt")
            let read: JSONValue = ["tool": "file_read", "arguments": ["path": "b.txt"]]
            let usage: JSONValue = ["input": 100, "output": 10]
            let first: JSONValue = ["text": "I look first.", "calls": [read], "usage": usage]
            let good: JSONValue = [first, ["text": "Now I write.", "calls": [Self.write("done")]], ["text": "Done."]]
            let bad: JSONValue = [
                first, ["text": "I write.", "calls": [Self.write("no")]], ["text": "Done?"],
                ["calls": [Self.write("done")]], ["text": "Done."],
            ]
            try await play([("good", good), ("bad", bad)], in: "p.yaml", status: 0, bench)
            try await body(bench)
        }
    }

    @Test func whatBothTookAndWhereTheyPartIsShown() async throws {
        try await withTwoRuns { bench in
            let ended = try await bench.sluice("compare", "good", "bad")
            #expect(ended.status == 0, "\(ended)")
            let lines = ended.lines.filter { !$0.hasPrefix("time ") }
            #expect(
                lines == [
                    "            good                                        bad",
                    "pipeline    p                                           p",
                    "model       scripted/good.json                          scripted/bad.json",
                    "end         achieved                                    achieved",
                    "iterations  1                                           2",
                    "replies     3                                           5",
                    "calls       2                                           3",
                    "tokens      110                                         110",
                    "cost        unknown                                     unknown",
                    "check 0     'grep -q done a.txt' exited with 2, not 0.  'grep -q done a.txt' exited with 2, not 0.",
                    "check 1     'grep -q done a.txt' exited with 0.         'grep -q done a.txt' exited with 1, not 0.",
                    "check 2     -                                           'grep -q done a.txt' exited with 0.",
                    "First other words:", "  good, event 11: says: Now I write.",
                    "  bad, event 11: says: I write.", "First other deed:",
                    "  good, event 12: calls file_write {\"content\":\"done\",\"path\":\"a.txt\"}",
                    "  bad, event 12: calls file_write {\"content\":\"no\",\"path\":\"a.txt\"}",
                ],
                "\(ended.output)"
            )
        }
    }

    @Test func aRunIsLikeItself() async throws {
        try await withTwoRuns { bench in
            try await bench.write(bench.sluice("events", "good", "--json").output, to: "good.jsonl")
            let ended = try await bench.sluice("compare", "good", "good.jsonl")
            #expect(
                ended.lines.suffix(2) == ["Both say the same, to the end.", "Both do the same, in the same order."]
            )
            let json = try JSONValue(parsing: try await bench.sluice("compare", "good", "bad", "--json").output)
            #expect(json["runs"]?.elements.map { $0["iterations"] } == [1, 2])
            #expect(json["runs"]?.elements.map { $0["checks"]?.elements.count } == [2, 3])
            #expect(json["first_other_words"]?.elements.map { $0["sequence"] } == [11, 11])
            let alone = try await bench.sluice("compare", "good")
            #expect(alone.status == 64)
            let unknown = try await bench.sluice("compare", "good", "worse")
            #expect(unknown.status == 64)
            #expect(unknown.errors.hasPrefix("There is no run 'worse'."), "\(unknown.errors)")
        }
    }

    @Test func requestsAreMadeAgainFromAHistory() async throws {
        try await withTwoRuns { bench in
            let same = try await bench.sluice("replay", "bad", "--strict")
            #expect(same.output == "All 5 requests are today what they were.\n")
            #expect(same.status == 0, "\(same)")
            let json = try JSONValue(parsing: try await bench.sluice("replay", "bad", "--strict", "--json").output)
            #expect(json == ["same": 5, "difference": .null])
        }
    }

    // MARK: - Runs with steps

    private static let steps = """
        name: two
        steps:
          - id: plan
          - { id: fix, needs: [plan] }
          - { id: look, needs: [fix], human: Is it well? }
        tools: [file_write]
        workspace: { isolation: copy, sandbox: off }
        """

    private static func write(_ file: String, _ text: String) -> JSONValue {
        ["tool": "file_write", "arguments": ["path": .string(file), "content": .string(text)]]
    }

    /// Two that wait for a person when their steps have written; the one writes more than the other.
    private func withTwoRunsOfSteps(_ body: (Bench) async throws -> Void) async throws {
        try await withBench { bench in
            try bench.write(Self.steps, to: "two.yaml")
            try bench.write("", to: "project/a.txt")
            let usage: JSONValue = ["input": 100, "output": 10]
            let one: JSONValue = [["calls": [Self.write("b.txt", "1")], "usage": usage], ["text": "One."]]
            let two: JSONValue = [
                ["text": "More.", "calls": [Self.write("b.txt", "2"), Self.write("evil.txt", "")]], ["text": "Two."],
            ]
            try await play([("c1", one), ("c2", two)], in: "two.yaml", status: 2, bench)
            try await body(bench)
        }
    }

    @Test func whatStepsDidIsCompared() async throws {
        try await withTwoRunsOfSteps { bench in
            let ended = try await bench.sluice("compare", "c1", "c2")
            #expect(ended.status == 0, "\(ended)")
            for row in ["replies  4  4", "calls  2  4", "tokens  220  0", "model  scripted/c1.json  scripted/c2.json"] {
                let words = row.split(separator: " ")
                #expect(ended.lines.contains { $0.split(separator: " ") == words }, "\(row)\n\(ended.output)")
            }
            let parting = ended.lines.drop { $0 != "First other words:" }.split(separator: "First other deed:")
            try #require(parting.count == 2, "\(ended.output)")
            #expect(
                parting[0].dropFirst().map { $0.withoutEvent } == [
                    "  c1-1-1: step 'plan': says nothing", "  c2-1-1: step 'plan': says: More.",
                ]
            )
            #expect(
                parting[1].map { $0.withoutEvent } == [
                    #"  c1-1-1: step 'plan': calls file_write {"content":"1","path":"b.txt"}"#,
                    #"  c2-1-1: step 'plan': calls file_write {"content":"2","path":"b.txt"}"#,
                ]
            )
            let json = try JSONValue(parsing: try await bench.sluice("compare", "c1", "c2", "--json").output)
            #expect(json["first_other_deed"]?.elements.map { $0["run"] } == ["c1-1-1", "c2-1-1"])
            #expect(json["first_other_deed"]?.elements.map { $0["for"] } == ["step 'plan'", "step 'plan'"])
            #expect(json["missing"] == [])
        }
    }

    @Test func requestsOfStepsAreMadeAgainAsLongAsTheyCanBeRead() async throws {
        try await withTwoRunsOfSteps { bench in
            let same = try await bench.sluice("replay", "c2", "--strict")
            #expect(same.output == "All 4 requests are today what they were.\n")
            #expect(same.status == 0, "\(same)")
            let removed = try await bench.sluice("gc", "--keep", "0s")
            #expect(removed.output.hasPrefix("Removed 4 runs"), "\(removed)")
            let replay = try await bench.sluice("replay", "c2", "--strict")
            #expect(replay.status == 1, "\(replay)")
            #expect(
                replay.lines == [
                    "All 0 requests that can be read are today what they were.",
                    "The run 'c2-1-1', for step 'plan' of run 'c2', cannot be read: it was removed, or never began.",
                    "The run 'c2-1-2', for step 'fix' of run 'c2', cannot be read: it was removed, or never began.",
                ]
            )
            let compared = try await bench.sluice("compare", "c2", "c2")
            #expect(
                compared.lines.suffix(4).prefix(2) == [
                    "Both say the same, to the end, as far as it can be read.",
                    "Both do the same, in the same order, as far as it can be read.",
                ],
                "\(compared.output)"
            )
        }
    }

    @Test func whoWonIsCompared() async throws {
        try await withBench { bench in
            try bench.write("", to: "project/b.txt")
            let race = Self.pipeline.replacing("name: p", with: "name: p\nrace: { models: MODELS, win: cheapest }")
            for (run, right) in [("r1", "a"), ("r2", "b")] {
                for name in ["a", "b"] {
                    let calls = [Self.write(name == right ? "done" : "no")]
                    let script: JSONValue = [["calls": .array(calls)], ["text": "So."], ["text": "So."]]
                    try bench.write(script.jsonText, to: "\(name).json")
                }
                let models = "[scripted/a.json, scripted/b.json]"
                try bench.write(race.replacing("MODELS", with: models) + "\nlimits: { iterations: 1 }", to: "race.yaml")
                let ended = try await bench.sluice("run", "race.yaml", "--cwd", "project", "--id", run)
                #expect(ended.status == 0, "\(ended)")
                let replay = try await bench.sluice("replay", run, "--strict")
                #expect(replay.output == "All 4 requests are today what they were.\n", "\(replay)")
            }
            let ended = try await bench.sluice("compare", "r1", "r2")
            let row = ["won", "by", "scripted/a.json", "scripted/b.json"]
            #expect(ended.lines.contains { $0.split(separator: " ").map(String.init) == row }, "\(ended.output)")
            #expect(
                ended.lines.suffix(2).map { $0.withoutEvent } == [
                    "  r1: decides the race race: scripted/a.json", "  r2: decides the race race: scripted/b.json",
                ]
            )
        }
    }
}

extension String {
    /// Of a line that says where runs part: without the number, which is that of no promise.
    fileprivate var withoutEvent: String {
        replacing(/, event [0-9]+:/, with: ":")
    }
}
