import Foundation
import PipelineEngine
import PipelineKit

/// What tests of the built program may set from outside; a release knows nothing of it.
enum Rehearsal {
    /// `SLUICE_TEST_CLOCK=2026-01-01T00:00:00Z` stops the clock there.
    static func clock(_ environment: [String: String]) -> EngineClock {
        #if DEBUG
        if let moment = environment["SLUICE_TEST_CLOCK"].flatMap(Instant.init) {
            return EngineClock(now: { moment }, sleep: { await EngineClock.system.sleep($0) })
        }
        #endif
        return .system
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
