import PipelineKit
import Testing

@testable import GateKit

/// When the tests that failed before are run before all others, and what is said of them.
struct FailingFirstTests {
    private func context(failed: Int, of all: Int, seconds: Double?) -> GateContext {
        var context = GateContext(scratch: { "/tmp" })
        context.allBefore = (0..<all).map { TestCase("t\($0)", .passed, seconds: seconds) }
        context.failedBefore = (0..<failed).map { TestCase("t\($0)", .failed) }
        return context
    }

    @Test(
        arguments: [
            (1, 3, 2.0, true), (1, 3, 1.0, false), (1, 3, nil, false), (0, 30, 1.0, false), (1, 2, 9.0, false),
            (2, 5, 1.0, true), (50, 101, 1.0, true), (51, 200, 1.0, false), (1, 0, 1.0, false),
        ] as [(Int, Int, Double?, Bool)]
    )
    func itIsWorthItWhenFewOfManySlowTestsFailed(failed: Int, all: Int, seconds: Double?, isWorthIt: Bool) {
        let first = FailingFirst(context(failed: failed, of: all, seconds: seconds))
        #expect((first != nil) == isWorthIt)
        #expect(first?.cases.count ?? failed == failed)
    }

    private func verdict(_ outcomes: [String: TestCase.Outcome], _ outcome: Verdict.Outcome = .failed) async throws
        -> Verdict?
    {
        let cases = outcomes.sorted { $0.key < $1.key }.map { TestCase($0.key, $0.value, "AssertionError: \($0.key)") }
        return try await FailingFirst.verdict(context(failed: 3, of: 10, seconds: 1)) { first in
            #expect(first.cases.map(\.id) == ["t0", "t1", "t2"])
            return Verdict(outcome, "The runner's own.", score: 0.5, cases: cases, details: "The runner's.")
        }
    }

    @Test func thoseThatStillFailAreTheVerdict() async throws {
        let verdict = try #require(try await verdict(["t0": .failed, "t1": .passed, "t2": .failed]))
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason == "2 of the 3 tests that failed before still fail: t0, t2. The others were not run.")
        #expect(verdict.cases.map(\.id) == ["t0", "t1", "t2"])
        #expect(verdict.score == nil)
        #expect(verdict.details == "t0\nAssertionError: t0\n\nt2\nAssertionError: t2\n")
        let one = try await self.verdict(["t0": .failed])
        #expect(one?.reason == "1 of the 3 tests that failed before still fails: t0. The others were not run.")
    }

    @Test(
        arguments: [
            ["t0": .passed, "t1": .passed, "t2": .passed], ["t0": .passed, "t1": .skipped], [:], ["other": .failed],
        ] as [[String: TestCase.Outcome]]
    )
    func onlyARunOfEverythingHolds(outcomes: [String: TestCase.Outcome]) async throws {
        #expect(try await verdict(outcomes) == nil)
        #expect(try await verdict(outcomes, .passed) == nil)
    }

    @Test func aRunnerThatCannotChooseRunsEverything() async throws {
        #expect(try await FailingFirst.verdict(context(failed: 1, of: 9, seconds: 1)) { _ in nil } == nil)
    }

    /// A partial verdict is a failed one: no case of the start is missed in it.
    @Test func whatWasNotRunIsNoLoss() async throws {
        let verdict = try #require(try await verdict(["t0": .failed]))
        #expect(verdict.compared(toBaseline: [TestCase("t9", .passed)]) == verdict)
    }
}
