import LoadKit
import PipelineKit

/// A run that was played to its end before a crowd.
struct Played {
    let crowd: Crowd
    let steps: PacedSteps
    /// Of the run, from its first on.
    let events: Int
    /// From its release to the end of the streams that somebody reads.
    let seconds: Double
    /// Nanoseconds of processor meanwhile.
    let used: (server: Int, own: Int)
    /// Bytes.
    let residentBefore: Int
    let peak: Int

    private var readers: [Follower] { crowd.followers.filter { $0.group.manner == .healthy } }
    private var delivered: Int { readers.reduce(0) { $0 + $1.tally.messages } }

    var figures: [String: JSONValue] {
        let latencies = crowd.delays.latencies
        return [
            "subscribers": .int(readers.count), "rate": .int(steps.rate), "per_second": .double(tenths(rate)),
            "delivered": .int(delivered), "p50_ms": .double(hundredths(latencies.milliseconds(of: 0.5))),
            "p99_ms": .double(hundredths(latencies.milliseconds(of: 0.99))),
            "cpu_percent": .double(tenths(percent(used.server))),
            "cpu_us": .double(hundredths(Double(used.server) / Double(max(1, delivered)) / 1e3)),
            "client_cpu_percent": .double(tenths(percent(used.own))),
        ]
    }

    /// Steps a second as they ended.
    private var rate: Double {
        guard let told = crowd.delays.told, told.count > 1 else { return 0 }
        return Double(steps.count - 1) / (Double(told.upperBound - told.lowerBound) / 1e9)
    }

    private func percent(_ nanoseconds: Int) -> Double { Double(nanoseconds) / 1e7 / seconds }

    /// Of each end of a stream that nobody read, how many had it: 1013 for those that were dropped.
    var endingsOfSilent: JSONValue {
        let silent = crowd.followers.filter { $0.group.manner == .silent }
        return .object(Dictionary(grouping: silent) { $0.ending ?? "none" }.mapValues { .int($0.count) })
    }

    /// - Throws: when somebody who read was not told every event, once and in order.
    func expectWhole() throws(CommandError) {
        let whole = readers.count { reader in
            let tally = reader.tally
            return tally.messages == events && tally.skipped == 0 && tally.repeated == 0 && reader.ending == "1000"
        }
        guard whole < readers.count else { return }
        throw .broken("Of \(readers.count) subscribers \(whole) were told all \(events) events, once and in order.")
    }
}

/// Numbers as they are printed.
func tenths(_ number: Double) -> Double { (number * 10).rounded() / 10 }
func hundredths(_ number: Double) -> Double { (number * 100).rounded() / 100 }

extension Latencies {
    /// 0 where there are none.
    func microseconds(of part: Double) -> Double { Double(nanoseconds(of: part) ?? 0) / 1e3 }
    func milliseconds(of part: Double) -> Double { microseconds(of: part) / 1e3 }
}
