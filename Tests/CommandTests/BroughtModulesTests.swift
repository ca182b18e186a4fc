import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// Pipelines that bring tools and gates along.
struct BroughtModulesTests {
    private static let pipeline = """
        name: counted
        model: scripted/script.json
        goal: no_todo
        tools: { allow: [file_write], ask: [word_count] }
        workspace: { isolation: none, sandbox: off }
        commands:
          word_count:
            summary: Counts the words of a file.
            arguments: { path: { type: string, help: The file. } }
            run: [python3, -c, "import json, sys; print(len(open(json.load(sys.stdin)['path']).read().split()), 'words')"]
          no_todo:
            kind: gate
            summary: Passes when no TODO is left.
            run: grep -r TODO . && exit 1 || exit 0

        """

    private static let script: JSONValue = [
        "replies": [
            ["calls": [["tool": "word_count", "arguments": ["path": "notes.txt"]]]],
            [
                "expect": "2 words",
                "calls": [["tool": "file_write", "arguments": ["path": "notes.txt", "content": "All done.\n"]]],
            ],
            ["text": "Done."],
        ]
    ]

    @Test func aProgramOfThePipelineIsCalledAskedAboutAndJudges() async throws {
        try await withBench { bench in
            try bench.write("TODO this\n", to: "project/notes.txt")
            try bench.write(Self.pipeline, to: "counted.yaml")
            try bench.write(Self.script.jsonText, to: "script.json")
            let linted = try await bench.sluice("lint", "counted.yaml")
            #expect(linted.status == 0, "\(linted)")
            let asked = try await bench.sluice("run", "counted.yaml", "--cwd", "project", "--id", "r1")
            #expect(asked.status == 2 && asked.output.contains("word_count"), "\(asked)")
            let approved = try await bench.sluice("approve", "r1")
            #expect(approved.status == 0, "\(approved)")
            let ended = try await bench.sluice("resume", "r1")
            let state = RunState(replaying: try await bench.events())
            #expect(state.status == .achieved, "\(ended)")
            #expect(ended.output.contains("word_count"), "\(ended)")
        }
    }
}
