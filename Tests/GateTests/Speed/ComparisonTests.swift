import Foundation
import GateKit
import PipelineTesting
import Testing

/// Faster, slower, or nobody knows.
struct ComparisonTests {
    /// The smallest and the largest mean of two differences, for five pairs; 1/32 misses at either end.
    @Test func fivePairsAreTheFewestThatCanTell() {
        let comparison = Comparison(before: [8, 8, 8, 8, 8], now: [4, 4, 4, 4, 2])
        #expect(abs(comparison.ratio.value - 0.5) < 1e-12)
        #expect(abs(comparison.ratio.interval.low - 0.25) < 1e-12)
        #expect(abs(comparison.ratio.interval.high - 0.5) < 1e-12)
        #expect(comparison.ratio.interval.confidence == 0.9375)
        #expect(comparison.answer == .faster)
        #expect((comparison.before.median, comparison.now.median) == (8, 4))
    }

    /// P(T ≤ 10) = 43/1024 for ten pairs, and P(T ≤ 11) is more than one in twenty: Hollander and Wolfe, table A.4.
    @Test func tenPairsLeaveTheTenOutermostMeansOut() {
        let comparison = Comparison(before: Array(repeating: 1, count: 10), now: Array(repeating: 1, count: 10))
        #expect(abs(comparison.ratio.interval.confidence - (1 - 2 * 43.0 / 1_024)) < 1e-12)
        #expect(comparison.answer(for: 1) == .faster, "Twice the same is at most as slow.")
    }

    @Test func theOtherWayRoundIsTheInverse() {
        let (before, now) = ([1.0, 1.2, 0.9, 1.1, 1.0, 1.3], [1.5, 1.4, 1.6, 1.5, 1.3, 1.7])
        let (there, back) = (Comparison(before: before, now: now), Comparison(before: now, now: before))
        #expect(abs(there.ratio.value * back.ratio.value - 1) < 1e-9)
        #expect(abs(there.ratio.interval.low * back.ratio.interval.high - 1) < 1e-9)
        #expect((there.answer, back.answer) == (.slower, .faster))
    }

    @Test func whatTakesNoTimeAtAllIsNoTrap() {
        #expect(Comparison(before: [0, 0, 0, 0, 0], now: [0, 0, 0, 0, 0]).ratio.value == 1)
    }

    /// A slow spell that lasts for half of the pairs triples both of them, and hides nothing.
    @Test func whatDisturbsBothOfAPairGoes() {
        let before = [1.0, 1.01, 3.0, 3.03, 1.0, 2.99, 1.02, 3.0]
        let comparison = Comparison(before: before, now: before.map { $0 * 0.9 })
        #expect(comparison.answer(for: 0.91) == .faster)
    }

    @Test(arguments: [5, 7, 10, 30]) func noiseIsSeldomTakenForADifference(pairs: Int) {
        var dice = Dice(seed: UInt64(pairs))
        let answers = (0..<1_000).map { _ in dice.comparison(of: pairs, noise: 0.2, factor: 1).answer }
        let (faster, slower) = (answers.count { $0 == .faster }, answers.count { $0 == .slower })
        #expect(faster <= 70 && slower <= 70, "Of 1000, 50 each may be wrong: \(faster) and \(slower) are.")
        #expect(faster + slower > 0, "With that much noise some are.")
    }

    @Test(arguments: [(5, 0.7), (10, 0.85), (30, 0.95)] as [(Int, Double)]) func aDifferenceBeyondTheNoiseIsSeen(
        pairs: Int,
        factor: Double
    ) {
        var dice = Dice(seed: 7)
        let answers = (0..<200).map { _ in dice.comparison(of: pairs, noise: 0.03, factor: factor).answer }
        #expect(answers.count { $0 == .faster } >= 190)
        #expect(!answers.contains(.slower))
    }

    @Test(arguments: [5, 8, 20]) func theMedianIsWhereTheIntervalSays(count: Int) {
        var dice = Dice(seed: UInt64(count))
        // Half of what falls exponentially is below the logarithm of two: as lopsided as times are.
        let held = (0..<2_000).count { _ in
            let interval = Sample((0..<count).map { _ in -log(dice.share()) }).estimatedMedian.interval
            return interval.low <= log(2) && log(2) <= interval.high
        }
        #expect(held >= 1_780, "Of 2000, 1800 must; \(held) do.")
    }
}

extension Dice {
    /// More than 0, at most 1.
    fileprivate mutating func share() -> Double { (Double(next() >> 11) + 1) / Double(1 << 53) }

    /// Normally distributed around 0: G. E. P. Box and M. E. Muller, 1958.
    private mutating func normal() -> Double { (-2 * log(share())).squareRoot() * cos(2 * .pi * share()) }

    /// Pairs of which each one has its own noise, and both a common one.
    fileprivate mutating func comparison(of pairs: Int, noise: Double, factor: Double) -> Comparison {
        let common = (0..<pairs).map { _ in exp(normal()) }
        let before = common.map { $0 * exp(noise * normal()) }
        return Comparison(before: before, now: common.map { $0 * factor * exp(noise * normal()) })
    }
}
