import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// `sluice run` without a name, and `sluice init`: what is found, what is said of it, and what is written.
struct FirstRunTests {
    @Test func aRunWithoutANameReachesTheGoalThatWasFound() async throws {
        try await withCalc { bench in
            let before = try bench.tree()
            let look = try await bench.sluice("init", "--dry-run", in: bench.project).output
            let ended = try await bench.sluice("run", "--model", Calc.model, in: bench.project)
            #expect(ended.status == 0, "\(ended)")
            #expect(ended.lines.first == "Found tests/: the goal is pytest.")
            #expect(ended.lines[1].contains("pytest"))
            #expect(try bench.tree() == Calc.mended)
            let names = try FileManager.default.subpathsOfDirectory(atPath: bench.project)
            #expect(Set(names) == Set(before.keys).union(["tests"]), "the model has changed files, and made none")
            let events = try await bench.events()
            #expect(events.map(\.payload.type) == Calc.story)
            #expect(RunState(replaying: events).pipeline?.name == "pytest")
            #expect(try await bench.sluice("init", "--dry-run", in: bench.project).output == look)
        }
    }

    @Test func eventsAloneAreOnStandardOutput() async throws {
        try await withCalc { bench in
            let ended = try await bench.sluice("run", "--cwd", "project", "--model", Calc.model, "--json")
            #expect(ended.status == 0, "\(ended)")
            #expect(ended.errors == "Found tests/: the goal is pytest.\n")
            #expect(try Bench.events(in: ended.output).map(\.payload.type) == Calc.story)
        }
    }

    @Test func theProjectsOwnFileIsUsed() async throws {
        try await withCalc { bench in
            try bench.write("name: mine\nextends: pytest\n", to: "project/sluice.yaml")
            let ended = try await bench.sluice("run", "--cwd", "project", "--model", Calc.model)
            #expect(ended.status == 0, "\(ended)")
            #expect(ended.lines.first == "Found \(bench.project)/sluice.yaml: it says what the goal is.")
            #expect(RunState(replaying: try await bench.events()).pipeline?.name == "mine")
            try bench.write("nam: mine\n", to: "project/sluice.yaml")
            let wrong = try await bench.sluice("run", in: bench.project)
            #expect(wrong.output == "Found sluice.yaml: it says what the goal is.\n")
            #expect(wrong.errors.hasPrefix("sluice.yaml:1:1: error: "))
            #expect(wrong.status == 64)
        }
    }

    @Test func whereNothingIsFoundItIsSaidWhatToDo() async throws {
        try await withBench { bench in
            try bench.write("# nothing\n", to: "project/README.md")
            let ended = try await bench.sluice("run", "--cwd", "project", "--model", Calc.model)
            let lines = ended.errors.split(separator: "\n")
            #expect(lines.first == "Nothing in 'project' or below says how it is tested. Looked for")
            #expect(
                lines.suffix(2) == [
                    "Say what the goal is: 'sluice init --cwd project' writes a pipeline to begin with. Or name one, such as",
                    "  sluice run command --set command='make test' --cwd project",
                ]
            )
            #expect(ended.output == "")
            #expect(ended.status == 64)
            #expect(!FileManager.default.fileExists(atPath: bench.state))
        }
    }

    @Test func ofTooManyAPersonDecides() async throws {
        try await withBench { bench in
            for number in 1...13 { try bench.write("test:\n\ttrue\n", to: "project/p\(number)/Makefile") }
            let ended = try await bench.sluice("run", in: bench.project)
            let first = "Found 13 projects in '.', more than the 12 of which a run makes a goal:"
            #expect(ended.errors.split(separator: "\n").first.map(String.init) == first)
            #expect(ended.errors.hasSuffix("\n  sluice run command --set command='make test'\n"))
            #expect(ended.status == 64)
        }
    }

    /// Two projects of different kinds, one of them with a linter.
    private func layOutTwoProjects(in bench: Bench) throws {
        try bench.write("check:\n\tgrep -q right word.txt\n", to: "project/site/Makefile")
        try bench.write("wrong\n", to: "project/site/word.txt")
        try bench.write("def test_a():\n    assert True\n", to: "project/lib/tests/test_a.py")
        try bench.write("[tool.ruff]\n", to: "project/lib/pyproject.toml")
    }

    private static let goal = """

        # What must become true.
        # Found 2 projects.
        goal:
          all:
            - { gate: pytest, with: { directory: lib } }   # tests/
            - { gate: make-test, with: { directory: site, target: check } }   # the target 'check' in Makefile
        # What else could be a goal. Several that must all hold: 'goal: { all: [pytest, ruff] }'.
        #   { gate: ruff, with: { directory: lib } }   # [tool.ruff] in pyproject.toml

        """

    @Test func whatIsFoundIsWrittenWithItsReasons() async throws {
        try await withBench { bench in
            try layOutTwoProjects(in: bench)
            let before = try bench.tree()
            let shown = try await bench.sluice("init", "--dry-run", "--cwd", "project").output
            #expect(try bench.tree() == before)
            #expect(shown.contains(Self.goal), "\(shown)")

            let wrote = try await bench.sluice("init", "--cwd", "project")
            let file = "\(bench.project)/sluice.yaml"
            #expect(
                wrote.output == """
                    Found 2 projects; the goal is that the tests of all of them pass:
                      lib   pytest     tests/
                      site  make-test  the target 'check' in Makefile
                    Could be goals, too: ruff in lib ([tool.ruff] in pyproject.toml).
                    Wrote \(file). Look through it, then: sluice run --cwd project

                    """
            )
            let line = "# yaml-language-server: $schema=file://\(bench.state)/pipeline.schema.json\n"
            #expect(bench.read(file) == line + shown)
            let key = ["OPENAI_API_KEY": "x"]
            let lint = try await bench.sluice("lint", "sluice.yaml", adding: key, in: bench.project)
            #expect(lint.errors + lint.output == "sluice.yaml: no mistakes.\n")
        }
    }

    /// What is found and what is written about it are the same goal, and both can be reached.
    @Test(arguments: [false, true]) func severalProjectsAreOneGoal(isWritten: Bool) async throws {
        try await withBench { bench in
            try layOutTwoProjects(in: bench)
            if isWritten { _ = try await bench.sluice("init", in: bench.project) }
            let call: JSONValue = [
                "tool": "file_patch", "arguments": ["path": "site/word.txt", "old": "wrong", "new": "right"],
            ]
            let script: JSONValue = ["replies": [["calls": [call]], ["text": "Done."]]]
            try bench.write(script.jsonText, to: "script.json")
            let ended = try await bench.sluice(
                "run",
                "--model",
                "scripted/\(bench.root)/script.json",
                in: bench.project
            )
            #expect(ended.status == 0, "\(ended)")
            #expect(ended.lines.first?.hasPrefix(isWritten ? "Found sluice.yaml: " : "Found 2 projects; ") == true)
            #expect(bench.read("\(bench.project)/site/word.txt") == "right\n")
            let pipeline = try #require(RunState(replaying: try await bench.events()).pipeline)
            let gates = pipeline.json["goal"]?["all"]?.elements.map { $0["gate"] }
            #expect(gates == ["pytest", "make-test"])
        }
    }

    @Test func whatItExtendsStandsBeforeWhatIsFound() async throws {
        try await withCalc { bench in
            let shown = try await bench.sluice("init", "--dry-run", "--extends", "command", in: bench.project)
            #expect(shown.output.contains("\nextends: command "))
            #expect(!shown.output.contains("pytest"))
            let wrong = try await bench.sluice("init", "--extends", "pytst", in: bench.project)
            #expect(wrong.errors.hasPrefix("There is no built-in pipeline 'pytst'. Did you mean 'pytest'?"))
            #expect(wrong.status == 64)
            #expect(!FileManager.default.fileExists(atPath: "\(bench.project)/sluice.yaml"))
        }
    }
}
