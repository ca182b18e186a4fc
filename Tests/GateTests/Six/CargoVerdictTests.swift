import NativeGate
import PipelineKit
import Testing

/// What is told of Rust projects, whatever happens to their tests.
@Suite(.enabled(if: GateTrial.has("cargo"))) struct CargoVerdictTests {
    private static let six = SixVerdicts(
        passing: "passed: All 2 tests pass.",
        failing: "failed: 1 of 2 tests fails: calc/tests/calc.rs::adds.",
        crashing: "failed: 'calc/tests/calc.rs' was ended by SIGABRT before all its tests had run.",
        hanging: "timedOut: cargo was still running after 45s and was ended. It printed last: running 2 tests",
        empty: "failed: No test ran. Write functions with #[test], or files in 'tests/'.",
        cheating: "failed: 'calc/tests/calc.rs' left before all its tests had run: 0 of 2 are known."
    )

    @Test(arguments: six.rows)
    func cargo(row: (project: String, told: String)) async throws {
        try await expectVerdict(row, of: CargoTestGate.self)
    }
}
