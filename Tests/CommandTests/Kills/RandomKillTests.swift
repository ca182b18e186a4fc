import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// The process is killed fifty times at instants that nobody chose.
struct RandomKillTests {
    private static let lanes = 2

    @Test(arguments: 0..<lanes) func aRunKilledAtRandomEndsAsIfItHadNotBeen(lane: Int) async throws {
        try await withBench { bench in
            let rehearsal = Rehearsal(bench)
            defer { rehearsal.clear() }
            let undisturbed = try await Undisturbed(rehearsal)
            for seed in stride(from: lane, to: 50, by: Self.lanes) {
                var dice = Dice(seed: UInt64(seed))
                let step: Rehearsal.Step = dice.roll(0...2) == 0 ? .resume : .run
                try rehearsal.reset(to: step)
                let lines = try await kill(step, of: rehearsal, &dice)
                let recovery = try await Recovery(rehearsal, "seed \(seed): '\(step)' killed after \(lines) lines")
                try await recovery.finish()
                try await recovery.check(against: undisturbed.outcome)
            }
        }
    }

    /// Kills a step after so many lines and a moment more; one that ends before that is killed too late, which is fine.
    private func kill(
        _ step: Rehearsal.Step,
        of rehearsal: Rehearsal,
        _ dice: inout Dice
    ) async throws -> Int {
        let lines = dice.roll(0...(step == .run ? 30 : 10))
        let process = try rehearsal.start(step)
        for _ in 0..<lines { _ = await process.next() }
        try await Task.sleep(for: .microseconds(dice.roll(0...15_000)))
        process.send(SIGKILL)
        let ended = await process.ended()
        #expect([Ended.killed, 0, 2].contains(ended.status), "\(ended)")
        return lines
    }
}
