import NativeGate
import PipelineKit
import Testing

/// What is told of CMake projects, whatever happens to their tests; who cheats leaves with the status for a skipped test.
@Suite(.enabled(if: GateTrial.has("ctest") && GateTrial.has("cc"))) struct CTestVerdictTests {
    private static let six = SixVerdicts(
        passing: "passed: All 2 tests pass.",
        failing: "failed: 1 of 2 tests fails: adds.",
        crashing: "failed: 2 of 2 tests fail: adds, nothing.",
        hanging: "timedOut: ctest was still running after 45s and was ended. It printed last: Start 1: adds",
        empty: "failed: No test ran. Call enable_testing() in the top CMakeLists.txt, and add_test.",
        cheating: "failed: No test passed; 2 are skipped."
    )

    @Test(arguments: six.rows)
    func ctest(row: (project: String, told: String)) async throws {
        try await expectVerdict(row, of: CTestGate.self)
    }
}
