import PipelineEngine
import PipelineKit
import Testing

/// `sluice generate-eval` has an evaluation written, and `ai-eval` judges by it.
struct EvaluationTests {
    private static let evaluation =
        #"from greet import greet\n\ndef test_a_name_is_greeted():\n    assert greet('Ada') == 'Hello, Ada'\n"#

    private static func writing(_ path: String, _ content: String) -> String {
        """
        [{"calls": [{"tool": "file_write", "arguments": {"path": "\(path)", "content": "\(content)"}}]},
         {"text": "Done."}]
        """
    }

    @Test func aWishBecomesTestsAndTheTestsJudgeTheWork() async throws {
        try await withBench { bench in
            try bench.write("def greet(name):\n    return name\n", to: "project/greet.py")
            try bench.write(Self.writing("evals/test_eval.py", Self.evaluation), to: "author.json")
            let model = ["--cwd", "project", "--model"]
            let written = try await bench.start(
                ["generate-eval", "Greets people by name."] + model + ["scripted/author.json"]
            ).ended()
            #expect(written.status == 0, "\(written)")
            #expect(written.lines.contains { $0.hasSuffix("The evaluation has 1 test.") })
            let told = try await bench.events().compactMap { event -> JSONValue? in
                if case .runStarted(let start) = event.payload { start.inputs["wish"] } else { nil }
            }
            #expect(told == ["Greets people by name."])

            // The evaluation is no longer for the work to change: what it wrote there does not count.
            try bench.write(Self.writing("evals/test_eval.py", "def test_nothing():\\n    pass\\n"), to: "cheat.json")
            let cheated = try await bench.start(
                ["run", "ai-eval", "--iterations", "1"] + model + ["scripted/cheat.json"]
            ).ended()
            #expect(cheated.status == 1)
            #expect(
                cheated.lines.contains { $0.contains("1 of 1 test fails: evals/test_eval.py::test_a_name_is_greeted") }
            )

            try bench.write(Self.evaluation.replacing("\\n", with: "\n"), to: "project/evals/test_eval.py")
            let good = #"def greet(name):\n    return f'Hello, {name}'\n"#
            try bench.write(Self.writing("greet.py", good), to: "good.json")
            let held = try await bench.start(["run", "ai-eval"] + model + ["scripted/good.json"]).ended()
            #expect(held.status == 0, "\(held)")
        }
    }

    @Test func aRunWithoutAnEvaluationSaysHowToGetOne() async throws {
        try await withBench { bench in
            try bench.write(#"[{"text": "Done."}]"#, to: "idle.json")
            let ended = try await bench.sluice(
                "run",
                "ai-eval",
                "--cwd",
                "project",
                "--model",
                "scripted/idle.json",
                "--iterations",
                "1"
            )
            let reason = "There is no evaluation in 'evals'. Have one written: sluice generate-eval 'WISH'."
            #expect(ended.status == 1 && ended.output.contains(reason), "\(ended)")
        }
    }
}
