import Foundation
import PipelineEngine
import PipelineKit
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
                var dice = SeededDice(seed: UInt64(seed))
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
        _ dice: inout SeededDice
    ) async throws -> Int {
        let lines = dice.roll(0...(step == .run ? 30 : 10))
        let process = try rehearsal.start(step)
        for _ in 0..<lines { _ = await process.next() }
        usleep(UInt32(dice.roll(0...15_000)))
        process.send(SIGKILL)
        let ended = await process.ended()
        #expect([Ended.killed, 0, 2].contains(ended.status), "\(ended)")
        return lines
    }
}

/// Random numbers that are the same in every run: SplitMix64 (Steele, Lea and Flood, 2014).
struct SeededDice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func roll(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &self) }
}
