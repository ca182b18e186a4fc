import NativeGate
import PipelineKit
import Testing

/// What is told of Go projects, whatever happens to their tests.
@Suite(.enabled(if: GateTrial.has("go"))) struct GoVerdictTests {
    private static let six = SixVerdicts(
        passing: "passed: All 2 tests pass.",
        failing: "failed: 1 of 2 tests fails: example.com/calc::TestAdds.",
        crashing: "failed: 1 test left before the end: example.com/calc::TestAdds.",
        hanging: "timedOut: go was still running after 45s and was ended. Not at their end: "
            + "example.com/calc::TestAdds.",
        empty: "failed: No test ran. Write functions TestXxx in files that end with _test.go.",
        cheating: "failed: 1 of 1 test fails: example.com/calc::TestAdds."
    )

    @Test(arguments: six.rows)
    func go(row: (project: String, told: String)) async throws {
        try await expectVerdict(row, of: GoTestGate.self)
    }
}
