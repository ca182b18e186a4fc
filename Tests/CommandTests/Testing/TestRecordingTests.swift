import Foundation
import PipelineKit
import Testing

/// A run that was recorded becomes a test that passes.
struct TestRecordingTests {
    private static let pipeline = """
        name: fix
        goal: { gate: command, with: { command: "grep -q done state" } }
        tools: { allow: [file_write], ask: [bash_exec] }
        inputs: { greeting: { default: Hello } }
        instructions: "${inputs.greeting}"

        """

    private static let script = """
        [{"calls": [{"tool": "bash_exec", "arguments": {"command": "echo done > state"}}], "usage": {"input": 7}},
         {"expect": "No: write a file", "calls": [{"tool": "file_write", "arguments": {"path": "state", "content": "done: yes\\n"}}]},
         {"text": "There: \\"é\\"\\nand on."}]
        """

    private func withRun(_ body: (Bench) async throws -> Void) async throws {
        try await withBench { bench in
            try bench.write(Self.pipeline, to: "fix.yaml")
            try bench.write(Self.script, to: "script.json")
            try bench.write("first\n\n  second: \"x\"\n", to: "project/a/text.txt")
            try bench.write("no line feed", to: "project/- odd: name")
            let words = [
                "run", "fix.yaml", "--cwd", "project", "--model", "scripted/script.json", "--set", "greeting=Ahoy",
            ]
            #expect(try await bench.start(words).ended().status == 2)
            let answered = try await bench.sluice(
                "approve",
                "last",
                "--reject",
                "--message",
                "No: write a file",
                "--resume"
            )
            #expect(answered.status == 0, "\(answered)")
            try await body(bench)
        }
    }

    @Test func whatWasRecordedPasses() async throws {
        try await withRun { bench in
            let wrote = try await bench.sluice("test", "--record", "fix.test.yaml")
            let told = "Wrote fix.test.yaml. Look through it, then: sluice test fix.test.yaml\n"
            #expect(wrote.output == told, "\(wrote)")
            let text = try #require(bench.read("fix.test.yaml"))
            let end = """
                    answers:
                      - reject: "No: write a file"
                    expect:
                      end: achieved
                      events:
                        - run.started
                        - check.finished
                        - type: tool_call.refused
                          tool: "bash_exec"
                """
            for line in end.split(separator: "\n") {
                let isThere = text.contains(line) || text.contains(line.replacing("\"", with: ""))
                #expect(isThere, "\(line) is not in:\n\(text)")
            }
            #expect(text.contains("      greeting: \"Ahoy\"\n"))
            #expect(text.contains("        first\n\n          second: \"x\"\n"))
            let ended = try await bench.sluice("test", "fix.test.yaml")
            #expect(ended.status == 0, "\(ended)\n\(text)")
        }
    }

    /// Texts that YAML would take for something else, or that have no plain form in it.
    private static let odd = [
        "on", "1e3", "~", "null", "- a", "a: b # c", "{x}", "*star", "&anchor", "!tag", "%directive", "--- \n", "...\n",
        " leading\n", "trailing \n", "\n\nblank first\n", "blank last\n\n", "tab\t\n", "return\r\n", "é 漢 🎉\n",
        "\"quoted\" 'both'\n", "back\\slash\n", "only blanks\n   \nbetween\n", "a\n b\n  c\n\n d\n", "",
        "\u{7f}\u{85}\u{2028}",
        "no end\nof line", "# comment\n", "|\n", "key:\n  - value\n",
    ]

    /// Read by another maker's parser, each file is what it was.
    @Test func everyTextIsWrittenAsItIs() async throws {
        try await withBench { bench in
            let files = Dictionary(
                uniqueKeysWithValues: Self.odd.prefix(18).enumerated().map { ("f\($0)", $1) }
            )
            let others = Dictionary(
                uniqueKeysWithValues: Self.odd.dropFirst(18).enumerated().map { ("on: \($0) é", $1) }
            )
            for files in [files, others] {
                try? FileManager.default.removeItem(atPath: bench.project)
                for (name, text) in files { try bench.write(text, to: "project/\(name)") }
                try bench.write("name: held\ngoal: { gate: command, with: { command: \"true\" } }\n", to: "held.yaml")
                try bench.write("[]", to: "none.json")
                let words = ["run", "held.yaml", "--cwd", "project", "--model", "scripted/none.json"]
                #expect(try await bench.start(words).ended().status == 0)
                #expect(try await bench.sluice("test", "--record", "held.test.yaml", "--replace").status == 0)
                let program = "import json, yaml; print(json.dumps(yaml.safe_load(open('held.test.yaml'))))"
                let printed = try await bench.run("\(Bench.package)/.venv/bin/python3", "-c", program)
                let read = try JSONValue(parsing: printed)["tests"]?.elements.first?["files"]?.members
                #expect(read?.mapValues { $0.text } == files, "\(bench.read("held.test.yaml") ?? "")")
                #expect(try await bench.sluice("test", "held.test.yaml").status == 0)
            }
        }
    }

    @Test func manyFilesStandBesideTheTest() async throws {
        try await withRun { bench in
            for number in 0..<30 { try bench.write("\(number)\n", to: "project/many/\(number)") }
            let words = ["run", "fix.yaml", "--cwd", "project", "--model", "scripted/script.json"]
            #expect(try await bench.start(words).ended().status == 0, "its goal holds by now")
            #expect(try await bench.sluice("test", "--record", "fix.test.yaml").status == 0)
            #expect(bench.read("fix.test.files/many/17") == "17\n")
            #expect(bench.read("fix.test.yaml")?.contains("    workspace: fix.test.files\n") == true)
            let ended = try await bench.sluice("test", "fix.test.yaml")
            #expect(ended.status == 0, "\(ended)")
        }
    }

    @Test func whatIsThereStays() async throws {
        try await withRun { bench in
            try bench.write("mine\n", to: "fix.test.yaml")
            let ended = try await bench.sluice("test", "--record", "fix.test.yaml")
            let sentence =
                "'fix.test.yaml' is there already; it stays as it is. Name another file, or write over it with --replace."
            #expect(ended.errors == "\(sentence)\n" && ended.status == 64)
            #expect(bench.read("fix.test.yaml") == "mine\n")
            #expect(try await bench.sluice("test", "--record", "fix.test.yaml", "--replace").status == 0)
            let other = try await bench.sluice("test", "--record", "fix.yaml")
            #expect(other.errors == "Option '--record': the name of a test ends in '.test.yaml', but is 'fix.yaml'.\n")
        }
    }
}
