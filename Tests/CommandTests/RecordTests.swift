import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// `--record FILE`: a run becomes a script, and the script plays it again.
struct RecordTests {
    /// What of a history does not depend on when, where and by which model it came to be.
    private func story(_ events: [Event]) -> [String] {
        events.map { event in
            switch event.payload {
            case .modelReplied(let reply): "replied \(reply.text) \(reply.usage) \(reply.cost ?? .zero)"
            case .callProposed(let proposed): "call \(proposed.call.tool) \(proposed.call.arguments)"
            case .runFinished(let status, let reason): "finished \(status) \(reason)"
            default: event.payload.type
            }
        }
    }

    @Test func theDemoIsPlayedAgainToTheSameEnd() async throws {
        try await withCalc { bench in
            try FileManager.default.copyItem(atPath: bench.project, toPath: "\(bench.root)/again")
            let first = try await bench.sluice(
                "run",
                "pytest",
                "--cwd",
                "project",
                "--model",
                Calc.model,
                "--id",
                "first",
                "--record",
                "calc.json"
            )
            #expect(first.status == 0, "\(first)")
            #expect(first.output.hasSuffix("  recorded; play it again with --model scripted/calc.json\n"))
            let again = try await bench.sluice(
                "run",
                "pytest",
                "--cwd",
                "again",
                "--model",
                "scripted/calc.json",
                "--id",
                "second",
                "--json"
            )
            #expect(again.status == 0, "\(again)")
            #expect(try await story(bench.events(of: "first")) == story(Bench.events(in: again.output)))
            #expect(try bench.tree("\(bench.root)/again") == Calc.mended)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: bench.root).allSatisfy { !$0.contains(".part-") }
            )
        }
    }

    static let pipeline = """
        name: p
        goal: { gate: command, with: { command: test -e done } }
        tools: { ask: [file_write] }
        limits: { iterations: 1 }
        """
    static let script = """
        [{"text": "I write.", "calls": [{"tool": "file_write", "arguments": {"path": "done", "content": "yes"}}],
          "usage": {"input": 9, "output": 3}}, {"text": "Done."}]
        """

    private func parked(_ body: (Bench) async throws -> Void) async throws {
        try await withBench { bench in
            try bench.write(Self.pipeline, to: "p.yaml")
            try bench.write(Self.script, to: "script.json")
            let run = try await bench.sluice(
                "run",
                "p.yaml",
                "--cwd",
                "project",
                "--model",
                "scripted/script.json",
                "--id",
                "r1",
                "--record",
                "r.json"
            )
            #expect(run.status == 2, "\(run)")
            try await body(bench)
        }
    }

    @Test func aRunThatWaitsHasBeenRecordedSoFar() async throws {
        try await parked { bench in
            let recorded = try JSONValue(parsing: #require(bench.read("r.json")))
            #expect(recorded["replies"]?.elements.map { $0["text"] } == ["I write."])
        }
    }

    @Test func aFileThatIsThereIsReplacedOnlyWhenThatIsSaid() async throws {
        try await parked { bench in
            let before = bench.read("r.json")
            #expect(try await bench.sluice("approve", "r1", "a1").status == 0)
            let refused = try await bench.sluice("resume", "r1", "--record", "r.json")
            let path = "\(bench.root)/r.json"
            #expect(refused.status == 64)
            #expect(
                refused.errors
                    == "'\(path)' is there already; it stays as it is. Name another file, or write over it with --replace.\n"
            )
            #expect(bench.read("r.json") == before)
            let whole = try await bench.sluice("resume", "r1", "--record", "r.json", "--replace")
            #expect(whole.status == 0, "\(whole)")
            let recorded = try JSONValue(parsing: #require(bench.read("r.json")))
            #expect(recorded["replies"]?.elements.map { $0["text"] } == ["I write.", "Done."])
        }
    }

    @Test func aRunThatFailedIsRecordedWithItsFailure() async throws {
        try await withBench { bench in
            try bench.write(Self.pipeline, to: "p.yaml")
            try bench.write(#"[{"error": {"kind": "denied", "message": "Not you."}}]"#, to: "script.json")
            let run = try await bench.sluice(
                "run",
                "p.yaml",
                "--cwd",
                "project",
                "--model",
                "scripted/script.json",
                "--record",
                "r.json",
                "--json"
            )
            #expect(run.status == 1, "\(run)")
            let recorded = try JSONValue(parsing: #require(bench.read("r.json")))
            #expect(recorded == ["replies": [["error": ["kind": "denied", "message": "Not you."]]]])
        }
    }

    @Test(arguments: [
        (["--record", "nowhere/r.json"], "Option '--record': there is no directory 'ROOT/nowhere'."),
        (["--record", "project"], "Option '--record': 'ROOT/project' is a directory, and has to be a file."),
        (["--replace"], "Option '--replace' goes with '--record FILE'."),
    ])
    func whatCannotBeWrittenIsToldBeforeAnythingIsStarted(words: [String], message: String) async throws {
        try await withBench { bench in
            try bench.write(Self.pipeline, to: "p.yaml")
            try bench.write(Self.script, to: "script.json")
            let ended = try await bench.start(
                ["run", "p.yaml", "--cwd", "project", "--model", "scripted/script.json"] + words
            ).ended()
            #expect(ended.status == 64)
            #expect(ended.errors == "\(message.replacing("ROOT", with: bench.root))\n")
            #expect(try await bench.sluice("runs").output.contains("r1") == false)
        }
    }

    @Test(arguments: [
        (
            "steps: [{ id: look }]",
            "Option '--record' keeps what one model says, and each step has its own. Record the run when it has ended, as a "
                + "test: sluice test --record FILE RUN"
        ),
        (
            "goal: pytest\nrace: [scripted/script.json, scripted/script.json]",
            "Option '--record' keeps what one model says, and here several race. Name one with '--model'."
        ),
    ])
    func runsOfSeveralModelsAreNoScript(work: String, message: String) async throws {
        try await withBench { bench in
            let model = work.hasPrefix("steps") ? "model: scripted/script.json\n" : ""
            try bench.write("name: several\n\(model)\(work)\n", to: "s.yaml")
            try bench.write(Self.script, to: "script.json")
            let ended = try await bench.sluice("run", "s.yaml", "--cwd", "project", "--record", "r.json")
            #expect(ended.status == 64 && ended.errors == "\(message)\n", "\(ended)")
            #expect(try await bench.sluice("runs").output == "There is no run yet.\n")
            #expect(bench.read("r.json") == nil)
        }
    }

    @Test func whatWakesSeveralRunsRecordsNone() async throws {
        try await withBench { bench in
            let ended = try await bench.sluice("resume", "--due", "--record", "r.json")
            #expect(ended.status == 64)
            #expect(ended.errors == "Option '--record' is for one run, and '--due' may wake several.\n")
        }
    }
}
