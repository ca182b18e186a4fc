import LoadKit
import Testing

/// Percentiles out of classes.
struct LatencyTests {
    @Test(arguments: [0, 1, 127, 128, 4_711, 1_000_000, 3_600_000_000, 1 << 40])
    func aFigureIsOffByLessThanOnePercent(nanoseconds: Int) throws {
        var latencies = Latencies()
        latencies.add(nanoseconds: nanoseconds)
        let told = try #require(latencies.nanoseconds(of: 0.5))
        #expect(abs(told - nanoseconds) * 100 <= nanoseconds)
    }

    @Test func aPartIsFoundByTheNearestRank() {
        var latencies = Latencies()
        for number in (1...100).reversed() { latencies.add(nanoseconds: number) }
        #expect(latencies.count == 100)
        #expect([0, 0.5, 0.99, 1].map { latencies.nanoseconds(of: $0) } == [1, 50, 99, 100])
    }

    @Test func whereNothingWasCountedThereIsNoFigure() { #expect(Latencies().nanoseconds(of: 0.99) == nil) }
}
