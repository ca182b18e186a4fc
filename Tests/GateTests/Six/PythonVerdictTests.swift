import PipelineKit
import Testing

@testable import TestsGate

/// What is told of projects in Python, whatever happens to their tests.
struct PythonVerdictTests {
    private static let ofPytest = SixVerdicts(
        passing: "passed: All 2 tests pass.",
        failing: "failed: 1 of 2 tests fails: test_calc.py::test_adds.",
        crashing:
            "failed: pytest was ended by SIGABRT before all tests had run, while 'test_calc.py::test_adds' ran.",
        hanging: "timedOut: pytest was still running after 45s and was ended, while 'test_calc.py::test_adds' ran.",
        empty: "failed: No tests were collected in the workspace.",
        cheating: "failed: pytest exited with 0 before all tests had run, while 'test_calc.py::test_adds' ran."
    )

    @Test(arguments: ofPytest.rows)
    func pytest(row: (project: String, told: String)) async throws {
        try await expectVerdict(row, of: PytestGate.self, ["python": .string(PythonProject.python())])
    }

    private static let test = "test_calc.py::CalcTests::test_adds"
    private static let ofUnittest = SixVerdicts(
        passing: "passed: All 2 tests pass.",
        failing: "failed: 1 of 2 tests fails: \(test).",
        crashing: "failed: unittest was ended by SIGABRT before all tests had run, while '\(test)' ran.",
        hanging: "timedOut: unittest was still running after 45s and was ended, while '\(test)' ran.",
        empty:
            "failed: No test ran: there is no test in files 'test*.py' of the workspace. Directories below are searched "
            + "when they hold an '__init__.py'; name others in 'paths:'.",
        cheating: "failed: unittest exited with 0 before all tests had run, while '\(test)' ran."
    )

    @Test(arguments: ofUnittest.rows)
    func unittest(row: (project: String, told: String)) async throws {
        try await expectVerdict(row, of: UnittestGate.self, ["python": .string(PythonProject.python())])
    }
}
