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
            for (name, script) in [("good", good), ("bad", bad)] {
                try bench.write(script.jsonText, to: "\(name).json")
                let words = ["--cwd", "project", "--model", "scripted/\(name).json", "--id", name]
                let ended = try await bench.start(["run", "p.yaml"] + words).ended()
                #expect(ended.status == 0, "\(ended)")
            }
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
}
