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
}
