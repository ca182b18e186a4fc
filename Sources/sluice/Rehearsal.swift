import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit

/// What tests of the built program may set from outside; a release knows nothing of it.
enum Rehearsal {
    /// `SLUICE_TEST_CLOCK=2026-01-01T00:00:00Z` stops the clock there, and waiting still takes its time;
    /// `SLUICE_TEST_HASTE=100` makes every wait a hundred times shorter.
    static func clock(_ environment: [String: String]) -> EngineClock {
        #if DEBUG
        let stopped = environment["SLUICE_TEST_CLOCK"].flatMap(Instant.init)
        let haste = environment["SLUICE_TEST_HASTE"].flatMap(Double.init)
        guard stopped != nil || haste != nil else { return .system }
        let now = stopped.map { moment in { @Sendable in moment } } ?? EngineClock.system.now
        return EngineClock(now: now, sleep: { try? await Task.sleep(for: ($0 - now()) / (haste ?? 1)) })
        #else
        return .system
        #endif
    }

    /// `SLUICE_TEST_FAULT=7` ends the process with SIGKILL at the seventh instant; `SLUICE_TEST_FAULT_LOG=FILE` writes
    /// down the name of each instant as it is reached.
    static func fault(_ environment: [String: String]) -> FaultPoint {
        #if DEBUG
        let countdown = Countdown(environment["SLUICE_TEST_FAULT"].flatMap(Int.init))
        let log = environment["SLUICE_TEST_FAULT_LOG"].flatMap { fopen($0, "a") }.map { UInt(bitPattern: $0) }
        guard countdown.isSet || log != nil else { return .none }
        return FaultPoint { name in
            if let log = log.flatMap({ UnsafeMutablePointer<FILE>(bitPattern: $0) }) {
                fputs("\(name)\n", log)
                fflush(log)
            }
            if countdown.reached() { kill(getpid(), SIGKILL) }
        }
        #else
        return .none
        #endif
    }
}
