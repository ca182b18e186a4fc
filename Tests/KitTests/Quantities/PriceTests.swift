import PipelineKit
import Testing

/// What tokens cost, and what they may cost at most.
struct PriceTests {
    private static let tiered = Price(
        Price.Rates(input: .usd(2), cached: .usd(0.2), cacheWrite: .usd(2.5), output: .usd(10)),
        long: Price.Long(above: 1_000, rates: Price.Rates(input: .usd(4), cached: .usd(0.4), output: .usd(15)))
    )

    @Test func aLongRequestCostsItsOwnRatesForAllItsTokens() {
        let short = Usage(input: 1_000, cached: 400, cacheWrites: 100, output: 10)
        #expect(Self.tiered.cost(of: short).nanodollars == 500 * 2_000 + 400 * 200 + 100 * 2_500 + 10 * 10_000)
        let long = Usage(input: 1_001, cached: 400, cacheWrites: 100, output: 10)
        #expect(Self.tiered.cost(of: long).nanodollars == 501 * 4_000 + 400 * 400 + 100 * 4_000 + 10 * 15_000)
    }

    @Test func theMostIsTheDearestKindOfEveryToken() {
        #expect(Self.tiered.most(of: Usage(input: 1_000, output: 10)).nanodollars == 1_000 * 2_500 + 10 * 10_000)
        #expect(Self.tiered.most(of: Usage(input: 1_001, output: 10)).nanodollars == 1_001 * 4_000 + 10 * 15_000)
    }

    /// What is reserved binds: no usage within it costs more, whatever the prices are.
    @Test(arguments: 0..<20) func noUsageWithinTheReservedCostsMore(seed: UInt64) {
        var random = SplitMix(state: seed)
        func money() -> Money {
            Money(nanodollars: Int(random.next() % 40_000_000_000) / [1, 1_000_000][Int(random.next() % 2)])
        }
        func rates() -> Price.Rates {
            Price.Rates(input: money(), cached: money(), cacheWrite: money(), output: money())
        }
        for _ in 0..<2_000 {
            let above = Int(random.next() % 5_000)
            let price = Price(rates(), long: random.next() % 2 == 0 ? nil : Price.Long(above: above, rates: rates()))
            let reserved = Usage(input: Int(random.next() % 10_000), output: Int(random.next() % 1_000))
            let input = Int(random.next() % UInt64(reserved.input + 1))
            let cached = Int(random.next() % UInt64(input + 1))
            let used = Usage(
                input: input,
                cached: cached,
                cacheWrites: Int(random.next() % UInt64(input - cached + 1)),
                output: Int(random.next() % UInt64(reserved.output + 1))
            )
            #expect(price.cost(of: used) <= price.most(of: reserved), "\(price) \(used) \(reserved)")
        }
    }
}

/// Numbers that look random and are the same each time; SplitMix64 (Steele, Lea and Flood, 2014).
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
