import Foundation
import PipelineKit
import Testing

/// Editors find right what Sluice finds right, and wrong what it refuses: a validator of another maker says so.
struct SchemaCommandTests {
    /// What the validator says of each file: where its mistakes are.
    private func mistakes(
        in files: [String: String],
        _ bench: Bench,
        options: [String] = []
    ) async throws -> [String: [String: JSONValue]] {
        let schema = try await bench.start(["schema"] + options).ended()
        try #require(schema.status == 0 && schema.errors == "")
        try bench.write(schema.output, to: "pipeline.schema.json")
        for (name, text) in files { try bench.write(text, to: name) }
        let script = "\(Bench.package)/Tests/Fixtures/schema.py"
        let words = ["\(Bench.package)/.venv/bin/python3", script, "pipeline.schema.json"] + files.keys.sorted()
        let lines = try await bench.run(words).split(separator: "\n")
        return try lines.reduce(into: [:]) { found, line in
            let json = try JSONValue(parsing: String(line))
            found[json["file"]?.text ?? ""] = json["mistakes"]?.members
        }
    }

    /// The blocks marked as pipelines, by names that say where they stand.
    private static func documented() throws -> [String: String] {
        let documents = try FileManager.default.subpathsOfDirectory(atPath: "\(Bench.package)/Docs")
        let paths = ["README.md"] + documents.filter { $0.hasSuffix(".md") }.map { "Docs/\($0)" }
        return try paths.reduce(into: [:]) { blocks, path in
            let text = try String(contentsOfFile: "\(Bench.package)/\(path)", encoding: .utf8)
            for (number, part) in text.components(separatedBy: "\n```yaml pipeline\n").dropFirst().enumerated() {
                let name = "docs/\(path.replacingOccurrences(of: "/", with: "-"))-\(number).yaml"
                blocks[name] = try #require(part.components(separatedBy: "\n```").first) + "\n"
            }
        }
    }

    private static func shipped() throws -> [String: String] {
        let folder = "\(Bench.package)/Pipelines"
        return try FileManager.default.subpathsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".test.yaml") }
            .reduce(into: [:]) { $0["shipped/\($1)"] = try String(contentsOfFile: "\(folder)/\($1)", encoding: .utf8) }
    }

    @Test func everyPipelineThatIsShownIsValid() async throws {
        try await withBench { bench in
            var files = try Self.documented().merging(try Self.shipped()) { $1 }
            #expect(try await bench.sluice("init", "--cwd", "project").status == 0)
            let begun = try #require(bench.read("project/sluice.yaml"))
            files["init.yaml"] = begun
            #expect(files.count > 15)
            let found = try await mistakes(in: files, bench)
            #expect(found.count == files.count)
            for (file, mistakes) in found { #expect(mistakes == [:], "\(file)") }
        }
    }

    /// What goes beyond what guides show: names and references of which nobody knows more before a run.
    @Test(arguments: [
        "goal: { gate: perf-check, with: { max_seconds: 1, runs: \"${inputs.n}\", timeout: \"${inputs.time}\" } }",
        "goal: { all: [pytest, { any: [ruff, { not: { gate: command, with: { command: make } } }] }] }",
        "goal: pytest\nextends: base.yaml\ntools: [my_tool]",
        "goal: my-gate\ncommands: { my-gate: { kind: gate, summary: Judges., run: make } }",
        "goal: pytest\ntools: { allow: [\"file_*\", { tool: bash_exec, with: { command: \"git *\" } }] }",
        "goal: pytest\nmodel: work/gpt-5.2\nproviders: { work: { provider: openai, key: \"env:WORK_KEY\" } }",
        "goal: pytest\nmodel: [openai/gpt-5.2, scripted/replies.json]",
        "extends: command\ngoal: { with: { timeout: 3m } }",
        "steps: [{ id: a, goal: pytest, tools: [file_read] }, { id: b, gate: ruff, needs: [a] }, { id: c, human: \"Well?\" }]",
        "steps: [{ id: a, each: [1, 2], instructions: \"${item}\" }, { id: b, if: steps.a.failed, needs: [a] }]",
        "goal: pytest\nmodel: \"${inputs.n}\"\nlimits: { tokens: 4000 }",
    ])
    func whatMayBeIsValid(text: String) async throws {
        let inputs = "inputs: { n: { type: integer, default: 0 }, time: { default: 1m } }"
        try await withBench { bench in
            let found = try await mistakes(in: ["one.yaml": "name: one\n\(inputs)\n\(text)\n"], bench)
            #expect(found["one.yaml"] == [:])
        }
    }

    /// Each with the place of the mistake; `sluice lint` refuses them as well.
    private static let mistakes = [
        ("goal: pytets", "goal"),
        ("goal: command", "goal"),
        ("goal: { gate: pytets }", "goal.gate"),
        ("goal: { gate: command }", "goal"),
        ("goal: { gate: command, with: { comand: make } }", "goal.with"),
        ("goal: { gate: command, with: { command: make, timeout: 5 } }", "goal.with.timeout"),
        ("goal: { all: [pytest, { gate: command, with: { command: 5 } }] }", "goal.all.1.with.command"),
        ("goal: { any: [pytest, { not: ruf }] }", "goal.any.1.not"),
        ("goal: { best: { gate: pytest, with: { arg: [] } } }", "goal.best.with"),
        ("goal: { gate: pytest, any: [ruff] }", "goal"),
        ("goal: pytest\ntools: [file_reed]", "tools.0"),
        ("goal: pytest\ntools: { allow: [file_read], ask: [{ tool: bash }] }", "tools.ask.0.tool"),
        ("goal: pytest\ntools: { with: { bash_exec: { timeot: 3m } } }", "tools.with.bash_exec"),
        ("goal: pytest\ntools: { with: { bash: {} } }", "tools.with"),
        ("goal: pytest\nmodel: opneai/gpt-5.2", "model"),
        ("goal: pytest\nproviders: { openai: { efort: high } }", "providers.openai"),
        ("goal: pytest\nproviders: { work: { key: \"env:KEY\" } }", "providers.work"),
        ("goal: pytest\nproviders: { work: { provider: opneai } }", "providers.work.provider"),
        ("goal: pytest\ncommands: { count: { summary: Counts. } }", "commands.count"),
        ("goal: pytest\ncommands: { count: { summary: Counts., run: wc, time: 3s } }", "commands.count"),
        ("goal: pytest\nlimits: { cost: 5 }", "limits.cost"),
        ("goal: pytest\nlimits: { iterations: many }", "limits.iterations"),
        ("goal: pytest\nworkspace: { isolation: worktre }", "workspace.isolation"),
        ("goal: pytest\ndescripton: A word.", ""),
        ("description: No goal.", ""),
        ("steps: [{ id: a, goal: pytets }]", "steps.0.goal"),
        ("steps: [{ id: a, gate: pytets }]", "steps.0.gate"),
        ("steps: [{ id: a, tools: [file_reed] }]", "steps.0.tools.0"),
        ("steps: [{ id: a, model: opneai/x }]", "steps.0.model"),
        ("steps: [{ id: a, need: [b] }]", "steps.0"),
        ("steps: [{ needs: [] }]", "steps.0"),
    ]

    @Test func whatIsRefusedIsInvalid() async throws {
        try await withBench { bench in
            let texts = Self.mistakes.enumerated().map { ("wrong-\($0).yaml", "name: one\n\($1.0)\n") }
            let found = try await mistakes(in: Dictionary(uniqueKeysWithValues: texts), bench)
            for (number, (text, place)) in Self.mistakes.enumerated() {
                let told = try #require(found["wrong-\(number).yaml"])
                #expect(told.keys.contains(place), "\(text): \(told)")
                #expect(try await bench.sluice("lint", "wrong-\(number).yaml").status == 64, "\(text)")
            }
        }
    }

    @Test func testsOfPipelinesHaveASchemaToo() async throws {
        try await withBench { bench in
            let names = ["command", "pytest"]
            var files: [String: String] = try names.reduce(into: [:]) { files, name in
                let path = "\(Bench.package)/Pipelines/\(name).test.yaml"
                files["\(name).yaml"] = try String(contentsOfFile: path, encoding: .utf8)
            }
            files["wrong.yaml"] = "tests: [{ name: x, model: [{ txt: hello }], expect: { end: achived } }]\n"
            let inner = "steps: { b: { runs: [{ atempt: 2, model: [] }, { steps: { c: [{ txt: hello }] } }] } }"
            let steps = "steps: { a: [{ text: So. }], b: { runs: [{ pass: 2, element: 1, attempt: 2, model: [] }] } }"
            for (name, steps) in [("steps", steps), ("wrong-steps", inner)] {
                files["\(name).yaml"] = "tests: [{ name: x, \(steps), expect: { end: achieved } }]\n"
            }
            let found = try await mistakes(in: files, bench, options: ["--tests"])
            #expect(found["command.yaml"] == [:] && found["pytest.yaml"] == [:])
            #expect(found["steps.yaml"] == [:])
            let inside = Set(try #require(found["wrong-steps.yaml"]).keys)
            let runs = "tests.0.steps.b.runs"
            #expect(inside.isSuperset(of: ["\(runs).0", "\(runs).1.steps.c.0"]), "\(inside)")
            let places = Set(try #require(found["wrong.yaml"]).keys)
            #expect(places.isSuperset(of: ["tests.0.model.0", "tests.0.expect.end"]), "\(places)")
        }
    }

    @Test func initPointsToASchemaOfThisMachineAndAddsNothingToTheProject() async throws {
        try await withBench { bench in
            #expect(try await bench.sluice("init", "--cwd", "project").status == 0)
            let text = try #require(bench.read("project/sluice.yaml"))
            #expect(text.hasPrefix("# yaml-language-server: $schema=file://\(bench.state)/pipeline.schema.json\n"))
            #expect(bench.read("state/pipeline.schema.json") == (try await bench.sluice("schema").output))
            #expect(try bench.tree().keys.sorted() == ["sluice.yaml"])
        }
    }

    @Test func whereTheSchemaCannotBeWrittenInitGoesWithout() async throws {
        try await withBench { bench in
            try bench.write("", to: "taken")
            let state = ["SLUICE_STATE": "\(bench.root)/taken"]
            #expect(try await bench.sluice("init", "--cwd", "project", adding: state).status == 0)
            #expect(bench.read("project/sluice.yaml")?.hasPrefix("# A pipeline for Sluice.") == true)
        }
    }
}
