import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// A goal is started by the name of its gate, with its settings on the command line.
struct GoalByNameTests {
    private static let how = "Settings of a goal are given with --set NAME=VALUE; 'sluice modules show"

    @Test func theNameOfAGateIsEnough() async throws {
        try await withBench { bench in
            try bench.write("check:\n\tgrep -q right word.txt\n", to: "project/sub/Makefile")
            try bench.write("wrong\n", to: "project/sub/word.txt")
            let call: JSONValue = [
                "tool": "file_patch", "arguments": ["path": "sub/word.txt", "old": "wrong", "new": "right"],
            ]
            let script: JSONValue = ["replies": [["calls": [call]], ["text": "Done."]]]
            try bench.write(script.jsonText, to: "script.json")
            let settings = ["--set", "target=check", "--set", "directory=sub"]
            let ended = try await bench.start(
                ["run", "make-test", "--model", "scripted/\(bench.root)/script.json", "--cwd", "project"] + settings
            ).ended()
            #expect(ended.status == 0, "\(ended)")
            #expect(bench.read("project/sub/word.txt") == "right\n")
            let pipeline = try #require(RunState(replaying: try await bench.events()).pipeline)
            #expect(pipeline.name == "make-test")
            #expect(pipeline.json["goal"]?["with"] == ["target": "check", "directory": "sub"])
        }
    }

    @Test(arguments: [
        (
            "ruff --set direktory=x",
            "The goal 'ruff' has no setting 'direktory'. Did you mean 'directory'?\n\(how) ruff' lists them."
        ),
        (
            "sql-benchmark --set max_ms=5 --set expected_rows=1",
            "Field 'database' must name an SQLite file; for any other database give a 'command'.\n\(how) sql-benchmark' lists them."
        ),
        ("http", "Input 'url' has no default and must be given. Where to ask, with http or https."),
        (
            "ml-optimize --set target=1",
            "The goal 'ml-optimize' needs 'command', 'metric'.\n\(how) ml-optimize' lists them."
        ),
        ("solve --set problem=x --set votes=many", "Input 'votes' must be a whole number, but is \"many\"."),
        (
            "ruff --set timeout=soon",
            "Field 'timeout' must be a time such as '90s', '30m' or '24h', but is \"soon\".\n\(how) ruff' lists them."
        ),
        (
            "api-test",
            """
            The setting 'endpoints' of the goal 'api-test' is a list of mapping, which '--set' cannot give. Write it into \
            a file: 'sluice modules show api-test' shows how.
            """
        ),
    ])
    func whatIsMissingIsSaid(words: String, message: String) async throws {
        try await withBench { bench in
            let ended = try await bench.start(["run"] + words.split(separator: " ").map(String.init)).ended()
            #expect(ended.errors == message + "\n")
            #expect(ended.output == "" && ended.status == 64)
        }
    }

    @Test func aGoalIsNothingToExtend() async throws {
        try await withBench { bench in
            let ended = try await bench.sluice("init", "--extends", "ruff", in: bench.project)
            #expect(ended.errors == "'ruff' is the name of a goal, and no pipeline: write 'goal: ruff' into one.\n")
            #expect(ended.status == 64)
        }
    }

    @Test func aGoalIsLintedAndShown() async throws {
        try await withBench { bench in
            #expect(try await bench.sluice("lint", "ruff").output == "ruff: no mistakes.\n")
            let normal = try JSONValue(parsing: try await bench.sluice("lint", "http", "--normal").output)
            #expect(normal["inputs"]?["url"]?["help"] == "Where to ask, with http or https.")
            #expect(normal["goal"]?["with"] == ["url": "${inputs.url}"])
        }
    }

    /// Inputs of built-in pipelines that are missing are told before anything is done.
    @Test(arguments: [
        ("fix-ci", "command", "What CI runs; it writes a JUnit report to the same place, or to $SLUICE_REPORT."),
        (
            "upgrade-dependency", "package",
            "The package, as the manifest names it, such as requests or github.com/lib/pq."
        ),
        ("refactor", "better", "A command line that fails now and succeeds when the code is better."),
    ])
    func aMissingInputIsSaid(name: String, input: String, help: String) async throws {
        try await withBench { bench in
            let ended = try await bench.sluice("run", name, "--cwd", "project")
            #expect(ended.errors.hasPrefix("Input '\(input)' has no default and must be given. \(help)\n"), "\(ended)")
            #expect(ended.status == 64)
            #expect(!FileManager.default.fileExists(atPath: bench.state))
        }
    }
}
