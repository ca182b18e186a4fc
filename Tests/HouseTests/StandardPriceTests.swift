import PipelineEngine
import PipelineKit
import StandardModules
import Testing

/// The list of prices that comes with the product.
struct StandardPriceTests {
    private static let models: [String] = String(decoding: StandardPrices.yaml, as: UTF8.self)
        .split(separator: "\n").filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }
        .compactMap { $0.split(separator: ":").first.map { String($0.dropFirst(2)) } }

    @Test func itIsReadWithoutAMistake() throws {
        let list = try PriceList("prices.yaml") { _ in StandardPrices.yaml }
        #expect(list.version.count == 10)
        #expect(Self.models.count > 10)
        for name in Self.models {
            let model = try #require(ModelName(name))
            let price = try #require(list[model], "\(name)")
            #expect(Registry.standard().providers[model.provider] != nil, "\(name)")
            for rates in [price.rates] + (price.long.map { [$0.rates] } ?? []) {
                #expect(.zero < rates.cached && rates.cached <= rates.input, "\(name)")
                #expect(rates.input <= rates.cacheWrite && rates.input < rates.output, "\(name)")
            }
        }
    }
}
