import GateKit
import PipelineKit

/// Runs that were measured, and the bound that they have to keep.
struct SpeedGoal: Sendable {
    /// What was measured, as people know it: `'python bench.py'`.
    let name: String
    let clock: Clock
    let statistic: Statistic
    /// In the unit of the clock.
    let bound: Double

    /// Pure: the same values give the same verdict.
    func verdict(on values: [Double]) -> Verdict {
        let sample = Sample(values)
        let estimate = statistic.estimate(of: sample)
        var verdict = verdict(on: estimate, runs: values.count)
        verdict.metrics = [
            clock == .instructions ? "instructions" : "seconds": estimate.value, "low": estimate.interval.low,
            "high": estimate.interval.high, "runs": Double(values.count),
        ]
        let unit = clock.unit
        verdict.details = "Runs: \(values.map(unit.words).joined(separator: ", "))\n"
        verdict.details += "Median \(unit.words(sample.median)), median deviation \(unit.words(sample.deviation))\n"
        return verdict
    }

    private func verdict(on estimate: Estimate, runs: Int) -> Verdict {
        let unit = clock.unit
        let interval = estimate.interval
        let range =
            interval.low == interval.high
            ? "" : "; between \(unit.words(interval.low)) and \(unit.words(interval.high))"
        let said = "\(name) takes \(unit.words(estimate.value)) (\(statistic.words(of: runs))\(range))"
        let score = min(1, bound / max(estimate.value, .leastNonzeroMagnitude))
        switch interval.position(from: bound) {
        case .atMost: return .passed("\(said), at most \(unit.words(bound)).", score: 1)
        case .above: return .failed("\(said), not at most \(unit.words(bound)).", score: score)
        case .unclear:
            let reason = "\(said): the noise is larger than the distance to \(unit.words(bound)). \(clock.advice)"
            return .failed(reason, score: score)
        }
    }
}
