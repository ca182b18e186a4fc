import NodeGate
import PipelineKit
import Testing

/// What is told of projects in JavaScript, whatever happens to their tests.
struct NodeVerdictTests {
    private static let ofNode = SixVerdicts(
        passing: "passed: All 2 tests pass.",
        failing: "failed: 1 of 2 tests fails: test/calc.test.js::adds.",
        crashing: "failed: 1 of 1 test fails: test/calc.test.js.",
        hanging: "timedOut: node was still running after 45s and was ended. Not at their end: calc.test.js.",
        empty: "failed: No test ran. Name the files that hold tests with 'paths:'.",
        cheating: "failed: 1 test file left no test behind: test/calc.test.js. It exits before the tests have run."
    )

    @Test(.enabled(if: GateTrial.has("node")), arguments: ofNode.rows)
    func node(row: (project: String, told: String)) async throws {
        try await expectVerdict(row, of: NodeTestGate.self)
    }

    private static let ofNpm = SixVerdicts(
        passing: "passed: 'npm run test' exited with 0: 2 tests pass.",
        failing: "failed: 'npm run test' exited with 1: 1 test passes and 1 fails.",
        crashing: "failed: 'npm run test' exited with 134.",
        hanging: "timedOut: npm was still running after 45s and was ended. It printed last: > node check.js",
        empty: "failed: 'npm run test' exited with 0, and no test passed.",
        cheating: "failed: 'npm run test' exited with 0, although 1 test passes and 1 fails."
    )

    @Test(.enabled(if: GateTrial.has("npm")), arguments: ofNpm.rows)
    func npm(row: (project: String, told: String)) async throws {
        try await expectVerdict(row, of: NpmTestGate.self)
    }
}
