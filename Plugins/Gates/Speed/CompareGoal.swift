import GateKit
import PipelineKit

/// Runs of the work beside runs of what it is compared with, and how much faster it has to be.
struct CompareGoal: Sendable {
    /// What was measured, as people know it: `'python bench.py'`.
    let name: String
    /// What it is compared with: `at the start`.
    let base: String
    let clock: Clock
    let fasterBy: Percent
    let tolerance: Percent

    /// How many times as long the work may take as before.
    private var bound: Double { fasterBy.share > 0 ? 1 - fasterBy.share : 1 + tolerance.share }
    /// `at least 10% faster`
    private var words: String {
        fasterBy.share > 0 ? "at least \(fasterBy.written) faster" : "at most \(tolerance.written) slower"
    }

    /// Pure: the same values give the same verdict.
    ///
    /// - Parameter before: Of what the work is compared with, in pairs with `now`.
    func verdict(before: [Double], now: [Double]) -> Verdict {
        let comparison = Comparison(before: before, now: now)
        var verdict = verdict(on: comparison)
        let unit = clock == .instructions ? "instructions" : "seconds"
        verdict.metrics = [
            unit: comparison.now.median, "base_\(unit)": comparison.before.median, "ratio": comparison.ratio.value,
            "low": comparison.ratio.interval.low, "high": comparison.ratio.interval.high, "runs": Double(now.count),
        ]
        verdict.details = "Now: \(now.map(clock.unit.words).joined(separator: ", "))\n"
        verdict.details += "Before: \(before.map(clock.unit.words).joined(separator: ", "))\n"
        return verdict
    }

    private func verdict(on comparison: Comparison) -> Verdict {
        let (ratio, unit) = (comparison.ratio, clock.unit)
        let medians =
            "takes \(unit.words(comparison.now.median)) and took \(unit.words(comparison.before.median)) \(base)"
        let range = "between \(ratio.interval.low.withPlaces(3)) and \(ratio.interval.high.withPlaces(3))"
        let pairs = comparison.now.values.count
        let said = "\(name) \(medians): \(ratio.value.withPlaces(3)) times as long, \(range) by \(pairs) pairs of runs."
        switch comparison.answer(for: bound) {
        case .faster: return .passed("\(said) That is \(words).", score: 1)
        case .slower: return .failed("\(said) That is not \(words).", score: min(1, bound / ratio.value))
        case .undecided:
            let reason = "\(said) The noise is too large to tell whether that is \(words). \(clock.advice)"
            return .failed(reason, score: min(1, bound / ratio.value))
        }
    }
}
