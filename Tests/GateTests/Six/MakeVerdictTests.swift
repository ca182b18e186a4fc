import NativeGate
import PipelineKit
import Testing

/// What is told of projects that make tests, whatever happens; who cheats reports a test as passed and leaves with 0.
@Suite(.enabled(if: GateTrial.has("make") && GateTrial.has("cc"))) struct MakeVerdictTests {
    private static let six = SixVerdicts(
        passing: "passed: All 2 tests pass.",
        failing: "failed: 1 of 2 tests fails: adds.",
        crashing: "failed: The output plans 2 tests, but 0 ran.",
        hanging: "timedOut: make was still running after 45s and was ended. It printed last: 1..2",
        empty: "failed: No test ran: the target 'check' has no recipe.",
        cheating: "failed: The output plans 2 tests, but 1 ran."
    )

    @Test(arguments: six.rows)
    func make(row: (project: String, told: String)) async throws {
        try await expectVerdict(row, of: MakeTestGate.self, ["target": "check"])
    }
}
