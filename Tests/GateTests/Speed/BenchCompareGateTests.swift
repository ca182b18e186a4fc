import Foundation
import PipelineKit
import PipelineTesting
import Testing
import WorkspaceKit

@testable import SpeedGate

/// The work beside what it began with, in trees of their own.
@Suite(.serialized) struct BenchCompareGateTests {
    private static let start = [
        "bench.py": "import work\nwork.work()\n", "work.py": "def work():\n    for _ in range(12_000_000): pass\n",
    ]
    private static let settings: [String: JSONValue] = ["command": "python3 bench.py", "runs": 5, "clock": "cpu"]

    /// Judges work as the engine does, without a sandbox.
    ///
    /// - Parameter work: What it leaves in the workspace.
    private func judge(_ work: [String: String], _ settings: [String: JSONValue] = [:], start: [String: String] = start)
        async throws -> Verdict
    {
        let gate = try BenchCompareGate(settings: .init(json: .object(Self.settings.merging(settings) { $1 })))
        return try await withTemporaryWorkspace(start) { project in
            try await withTemporaryWorkspace { state in
                let keeper = GitWorkspaceKeeper(state: state.path)
                let opened = try await keeper.open(WorkspaceOrder(project.path), for: "r1")
                for (path, text) in work { try Data(text.utf8).write(to: URL(filePath: "\(project.path)/\(path)")) }
                let tree = try await keeper.rebuild(
                    opened.workspace,
                    from: opened.start,
                    with: keeper.snapshot(opened.workspace, of: "r1"),
                    under: BenchCompareGate.protection,
                    of: "r1"
                )
                let base: @Sendable (BasePoint) async throws(Failure) -> Workspace = { point throws(Failure) in
                    let path = "\(state.path)/base"
                    switch point {
                    case .start: try await keeper.layOut(opened.start, of: opened.workspace, in: path, for: "r1")
                    case .commit(let name):
                        try await keeper.layOut(commit: name, of: opened.workspace, in: path, for: "r1")
                    }
                    return Workspace(path: path, project: project.path)
                }
                let context = GateContext(scratch: { "\(state.path)/scratch" }, base: base)
                return try await gate.judge(Workspace(path: tree.path, project: project.path), in: context)
            }
        }
    }

    /// What nothing can be measured of faster than it.
    private static let idle = ["work.py": "def work():\n    pass\n"]

    @Test func keepsTheGatesPromises() async throws {
        let settings = Self.settings.merging(["runs": 10, "tolerance": "99%"]) { $1 }
        let verdict = try await expectConformance(
            of: BenchCompareGate.self,
            settings: .object(settings),
            files: Self.start
        )
        #expect(verdict.outcome == .passed, "What is compared with itself is not slower.")
    }

    @Test func lessWorkIsFaster() async throws {
        let verdict = try await judge(Self.idle, ["faster_by": "10%"])
        #expect(verdict.outcome == .passed)
        #expect(verdict.reason.hasPrefix("'python3 bench.py' takes "))
        #expect(verdict.reason.hasSuffix(" by 5 pairs of runs. That is at least 10% faster."))
        #expect(try #require(verdict.metrics["ratio"]) < 0.9)
        #expect(try #require(verdict.metrics["seconds"]) < #require(verdict.metrics["base_seconds"]))
    }

    @Test func moreWorkIsSlower() async throws {
        let verdict = try await judge(["work.py": "def work():\n    for _ in range(60_000_000): pass\n"])
        #expect(verdict.outcome == .failed)
        #expect(verdict.reason.hasSuffix(" by 5 pairs of runs. That is not at most 2% slower."))
    }

    @Test func theSameWorkIsNotFaster() async throws {
        let verdict = try await judge([:], ["faster_by": "50%"])
        #expect(verdict.outcome == .failed)
        #expect(!verdict.reason.contains("That is at least"))
    }

    /// The work cannot make what it is compared with any slower: that is laid out without it.
    @Test func whatTheWorkSaysOfTheBaseDoesNotReachIt() async throws {
        let trick = """
            import os, sys
            def work():
                for _ in range(12_000_000 if os.getcwd().endswith('judged/r1') else 90_000_000): pass
            """
        let verdict = try await judge(["work.py": trick], ["faster_by": "50%"])
        #expect(verdict.outcome == .failed)
    }

    @Test func aBenchmarkThatIsEditedDoesNotCount() async throws {
        let verdict = try await judge(["bench.py": "pass\n"], ["faster_by": "50%"])
        #expect(verdict.outcome == .failed)
    }

    @Test func aBenchmarkThatTheWorkWritesAnewIsNamed() async throws {
        let verdict = try await judge(["work.py": "def work():\n    open('bench.py', 'w').write('pass')\n"])
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason == "'bench.py' was changed in warm-up 1, so the runs after it would measure something else."
        )
    }

    @Test func workThatBreaksTheBenchmarkIsNamed() async throws {
        let verdict = try await judge(["work.py": "raise SystemExit(4)\n"])
        #expect(verdict.reason == "'python3 bench.py' exited with 4 in warm-up 1.")
    }

    @Test func aStartThatDoesNotRunIsNothingToCompareWith() async throws {
        let start = ["bench.py": "import work\nwork.work()\n", "work.py": "raise SystemExit('not yet')\n"]
        await #expect(
            throws: Failure(
                .invalidInput,
                "'python3 bench.py' exited with 1 in warm-up 1 at the start. So there is nothing to compare with; name a "
                    + "commit in which it works with 'base:'. It printed last: not yet"
            )
        ) { try await judge(Self.idle, start: start) }
    }

    @Test func aCommitThatIsNotThereIsNamed() async throws {
        let failure = await #expect(throws: Failure.self) { try await judge(Self.idle, ["base": "v1"]) }
        #expect(failure?.kind == .invalidInput)
        #expect(failure?.message.hasPrefix("There is no commit 'v1', because '") == true)
        #expect(failure?.message.hasSuffix("' is in no git repository.") == true)
    }

    @Test func withoutARunThereIsNothingToCompareWith() async throws {
        let failure = try await GateTrial.failure(of: BenchCompareGate.self, [:], ["command": "true"])
        #expect(failure == Failure(.missing, "There is no run here, and so nothing to compare the work with."))
    }

    @Test(
        arguments: [
            (["faster_by": "10"], "Field 'faster_by' must be a share such as '10%', but is '10'."),
            (["faster_by": "100%"], "Field 'faster_by' must be a share such as '10%', but is '100%'."),
            (["tolerance": "-1%"], "Field 'tolerance' must be a share such as '10%', but is '-1%'."),
            (["runs": 101], "Field 'runs' must be from 5 to 100, but is 101: fewer cannot tell speed from noise."),
            (["command": ""], "Field 'command' must be a command line, but is empty."),
        ] as [(JSONValue, String)]
    )
    func aSettingThatCannotBeIsRefused(settings: JSONValue, message: String) throws {
        #expect(try GateTrial.refusal(of: BenchCompareGate.self, settings) == message)
    }
}

/// What is said of pairs of runs, whatever machine they were measured on.
struct CompareGoalTests {
    private func verdict(_ before: [Double], _ now: [Double], fasterBy: String = "0%") throws -> Verdict {
        try CompareGoal(
            name: "'x'",
            base: "at the start",
            clock: .wall,
            fasterBy: Percent(fasterBy, of: "faster_by"),
            tolerance: Percent("2%", of: "tolerance")
        ).verdict(before: before, now: now)
    }
    private static let before = [1.0, 1.01, 0.99, 1.0, 1.02]

    @Test(
        arguments: [
            (
                0.5, "10%", .passed,
                "'x' takes 500 ms and took 1.00 s at the start: 0.500 times as long, between 0.500 and 0.500 by 5 pairs of "
                    + "runs. That is at least 10% faster."
            ),
            (
                0.95, "10%", .failed,
                "'x' takes 950 ms and took 1.00 s at the start: 0.950 times as long, between 0.950 and 0.950 by 5 pairs of "
                    + "runs. That is not at least 10% faster."
            ),
            (
                1.01, "0%", .passed,
                "'x' takes 1.01 s and took 1.00 s at the start: 1.010 times as long, between 1.010 and 1.010 by 5 pairs of "
                    + "runs. That is at most 2% slower."
            ),
            (
                1.5, "0%", .failed,
                "'x' takes 1.50 s and took 1.00 s at the start: 1.500 times as long, between 1.500 and 1.500 by 5 pairs of "
                    + "runs. That is not at most 2% slower."
            ),
        ] as [(Double, String, Verdict.Outcome, String)]
    )
    func aDifferenceIsSaid(factor: Double, fasterBy: String, outcome: Verdict.Outcome, reason: String) throws {
        let verdict = try verdict(Self.before, Self.before.map { $0 * factor }, fasterBy: fasterBy)
        #expect(verdict.outcome == outcome)
        #expect(verdict.reason == reason)
    }

    @Test func noiseIsNoDifference() throws {
        let verdict = try verdict(Self.before, [0.5, 1.5, 0.9, 1.2, 1.0])
        #expect(verdict.outcome == .failed)
        #expect(
            verdict.reason
                == "'x' takes 1.00 s and took 1.00 s at the start: 0.980 times as long, between 0.500 and 1.485 by 5 "
                + "pairs of runs. The noise is too large to tell whether that is at most 2% slower. Measure with more "
                + "'runs', or with 'clock: cpu'."
        )
        #expect(verdict.metrics["runs"] == 5)
        #expect(
            verdict.details
                == "Now: 500 ms, 1.50 s, 900 ms, 1.20 s, 1.00 s\nBefore: 1.00 s, 1.01 s, 990 ms, 1.00 s, 1.02 s\n"
        )
    }
}
