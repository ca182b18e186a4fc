import Foundation
import GateKit
import PipelineTesting
import Testing

/// What measurements say, and what they do not.
struct StatisticsTests {
    @Test(arguments: [([3], 3), ([1, 2], 1.5), ([9, 1, 4], 4), ([4, 1, 3, 2], 2.5)] as [([Double], Double)])
    func theMedianStandsInTheMiddle(values: [Double], median: Double) {
        #expect(Sample(values).median == median)
    }

    @Test func aWildValueMovesNeitherTheMedianNorTheDeviation() {
        let sample = Sample([10, 11, 9, 10, 1_000])
        #expect(sample.median == 10)
        #expect(sample.deviation == 1)
        #expect(sample.mean == 208)
        #expect((sample.least, sample.greatest) == (9, 1_000))
    }

    /// The ranks are binomial: so many of 2ⁿ ways have fewer values on one side than the rank; Conover, 3.2.
    @Test(
        arguments: [
            (5, 1, 5, 1), (7, 1, 7, 1), (8, 2, 7, 9), (10, 2, 9, 11), (20, 6, 15, 21_700),
        ] as [(Int, Int, Int, Int)]
    )
    func theMedianLiesBetweenTwoOfTheValues(count: Int, low: Int, high: Int, ways: Int) {
        let estimate = Sample((1...count).reversed().map(Double.init)).estimatedMedian
        #expect(estimate.interval.low == Double(low))
        #expect(estimate.interval.high == Double(high))
        let missed = Double(ways) / pow(2, Double(count))
        #expect(abs(estimate.interval.confidence - (1 - 2 * missed)) < 1e-12)
    }

    @Test func fewerThanFiveValuesSayHowLittleTheyAreWorth() {
        #expect(Sample([2]).estimatedMedian == Estimate(2, Interval(low: 2, high: 2, confidence: 0)))
        #expect(Sample([1, 2, 3, 4]).estimatedMedian.interval == Interval(low: 1, high: 4, confidence: 0.875))
        #expect(Sample([2]).estimatedMean.interval.high == .infinity)
    }

    /// Student's t for 4, 9 and 29 degrees of freedom is 2.132, 1.833 and 1.699 in every table of it.
    @Test(arguments: [(5, 2.132), (10, 1.833), (30, 1.699)] as [(Int, Double)])
    func theMeanLiesAsFarOffAsStudentSays(count: Int, quantile: Double) {
        let values = (0..<count).map { Double($0 % 2) }
        let estimate = Sample(values).estimatedMean
        let variance = values.reduce(0) { $0 + pow($1 - estimate.value, 2) } / Double(count - 1)
        let reach = (estimate.interval.high - estimate.interval.low) / 2
        #expect(abs(reach / (variance / Double(count)).squareRoot() - quantile) < 0.005)
    }

    @Test(
        arguments: [(2, .atMost), (1.99, .unclear), (1, .unclear), (0.99, .above)] as [(Double, Interval.Position)]
    )
    func anIntervalLiesBelowABoundOrAboveItOrAcross(bound: Double, position: Interval.Position) {
        #expect(Interval(low: 1, high: 2, confidence: 0.9).position(from: bound) == position)
    }

    @Test(
        arguments: [
            (1.0, "1.00 s"), (1.234, "1.23 s"), (0.99996, "1.00 s"), (0.0456, "45.6 ms"), (0.000789, "789 µs"),
            (12e-9, "12.0 ns"), (123, "123 s"), (0, "0 ns"),
        ] as [(Double, String)]
    )
    func timesAreReadable(seconds: Double, words: String) {
        #expect(MeasuredUnit.seconds.words(seconds) == words)
    }

    @Test(
        arguments: [
            (229_635.0, "230 thousand instructions"), (12_345_678, "12.3 million instructions"),
            (7, "7.00 instructions"),
        ] as [(Double, String)]
    )
    func countsAreReadable(count: Double, words: String) {
        #expect(MeasuredUnit.instructions.words(count) == words)
    }

    @Test(
        arguments: [(0.9567, 3, "0.957"), (-0.5, 2, "-0.50"), (-0.001, 2, "0.00"), (2, 0, "2"), (1.05, 3, "1.050")]
            as [(Double, Int, String)]
    )
    func numbersHaveTheirPlaces(number: Double, places: Int, words: String) {
        #expect(number.withPlaces(places) == words)
    }
}
