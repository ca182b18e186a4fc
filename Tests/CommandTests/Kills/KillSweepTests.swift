import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// The process is killed at any instant, and the run is taken up again.
struct KillSweepTests {
    /// Two at a time: a killed process leaves one of two cores idle.
    private static let lanes = 2

    @Test(arguments: 0..<lanes) func aRunKilledAtAnyBoundaryEndsAsIfItHadNotBeen(lane: Int) async throws {
        try await withBench { bench in
            let rehearsal = Rehearsal(bench)
            defer { rehearsal.clear() }
            let undisturbed = try await Undisturbed(rehearsal)
            let points = undisturbed.instants.flatMap { step, count in (1...count).map { (step, $0) } }
            try #require(points.count > 100)
            for (step, number) in points.indices.filter({ $0 % Self.lanes == lane }).map({ points[$0] }) {
                try rehearsal.reset(to: step)
                let ended = try await rehearsal.play(step, adding: ["SLUICE_TEST_FAULT": "\(number)"])
                #expect(ended.status == Ended.killed, "\(step) \(number): \(ended)")
                let recovery = try await Recovery(rehearsal, "killed at instant \(number) of '\(step)'")
                try await recovery.finish()
                try await recovery.check(against: undisturbed.outcome)
            }
        }
    }

    /// A worktree that was made and not recorded is found again: there is one, and the goal is reached in it.
    @Test(arguments: [9, 10, 12, 13]) func aWorktreeIsMadeOnce(number: Int) async throws {
        try await withRehearsal { rehearsal, bench in
            let commit = "git -c user.name=Ada -c user.email=ada@example.org commit -qm first"
            try await bench.run("sh", "-ec", "git init -q; git add .; \(commit)", in: bench.project)
            let words = ["run", "pipeline.yaml", "--cwd", "project", "--id", "r1", "--isolation", "worktree"]
            let killed = try await bench.start(words, adding: ["SLUICE_TEST_FAULT": "\(number)"]).ended()
            #expect(killed.status == Ended.killed)
            #expect(try await rehearsal.play(.resume).status == 2)
            #expect(try await rehearsal.play(.approve).status == 0)
            #expect(try await rehearsal.play(.resume).status == 0)
            let worktrees = try await bench.run("git", "worktree", "list", "--porcelain", in: bench.project)
            #expect(worktrees.split(separator: "\n").count { $0.hasPrefix("worktree ") } == 2)
            #expect(try await bench.run("git", "status", "--porcelain", in: bench.project) == "")
        }
    }
}
