import PipelineKit
import PipelineTesting
import Testing

@testable import TestsGate

/// Evaluations that were written to judge work by.
@Suite(.serialized) struct AIEvalGateTests {
    private static let passing = "def test_it_holds():\n    assert True\n\ndef test_more():\n    pass\n"

    private func verdict(_ files: [String: String], _ settings: [String: JSONValue] = [:]) async throws -> Verdict {
        let own: [String: JSONValue] = ["python": .string(try PythonProject.python()), "timeout": "20s"]
        return try await GateTrial.verdict(of: AIEvalGate.self, files, .object(own.merging(settings) { $1 }))
    }

    @Test func itIsAGate() async throws {
        try await expectConformance(
            of: AIEvalGate.self,
            settings: ["python": .string(PythonProject.python())],
            files: ["evals/test_a.py": Self.passing]
        )
    }

    @Test func theTestsBelowThePathAreRunAndNoOthers() async throws {
        let files = ["evals/test_a.py": Self.passing, "tests/test_b.py": "def test_b():\n    assert False\n"]
        #expect(try await verdict(files).reason == "All 2 tests pass.")
        let other = try await verdict(files, ["path": "tests"])
        #expect(other.outcome == .failed && other.reason == "1 of 1 test fails: tests/test_b.py::test_b.")
    }

    @Test(
        arguments: [
            (["evals/test_a.py": passing], true, "The evaluation has 2 tests."),
            (["evals/test_a.py": "def test_a():\n    assert False\n"], true, "The evaluation has 1 test."),
            (["evals/test_a.py": "import nowhere\n"], false, "The tests in 'evals' cannot be loaded."),
            (["evals/test_a.py": "def test_a(:\n"], false, "The tests in 'evals' cannot be loaded."),
            (
                ["evals/check.py": "def test_a():\n    pass\n"], false,
                "pytest finds no test in 'evals'. Its files are called test_*.py, its functions test_*."
            ),
            ([:], false, "There is no evaluation in 'evals'. Have one written: sluice generate-eval 'WISH'."),
        ] as [([String: String], Bool, String)]
    )
    func whoWritesOneIsJudgedByWhetherItCanBeLoaded(files: [String: String], holds: Bool, reason: String) async throws {
        let verdict = try await verdict(files, ["collect": true])
        #expect(verdict.holds == holds && verdict.reason == reason)
    }

    @Test func aPathMustStayInTheWorkspace() throws {
        let message = "Field 'path' must be relative to the workspace and in it, but is '../evals'."
        #expect(try GateTrial.refusal(of: AIEvalGate.self, ["path": "../evals"]) == message)
    }

    @Test func anEvaluationIsNotForTheWorkToChange() async throws {
        let refused = try await GateTrial.refused(
            under: AIEvalGate.protection,
            start: ["evals/test_a.py": "1", "evals/data.csv": "1", "a.py": "1"],
            work: ["evals/test_a.py": "2", "evals/data.csv": nil, "evals/new.py": "x", "a.py": "2"]
        )
        #expect(refused.sorted() == ["evals/data.csv", "evals/new.py", "evals/test_a.py"])
    }
}
