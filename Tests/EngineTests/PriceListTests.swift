import PipelineEngine
import PipelineKit
import Testing

/// A list of prices as a person writes it.
struct PriceListTests {
    private func list(_ yaml: String) throws(Diagnostics) -> PriceList {
        try PriceList("prices.yaml") { _ in Array(yaml.utf8) }
    }

    private func model(_ name: String) throws -> ModelName { try #require(ModelName(name)) }

    private static let yaml = """
        version: "2026-11-21"
        models:
          v/small: { input: 1.00 USD, output: 2.00 USD }
          v/large:
            input: 2.00 USD
            cached: 0.20 USD
            cache_write: 2.50 USD
            output: 10.00 USD
            long: { above: 200k, input: 4.00 USD, output: 15.00 USD }
        """

    @Test func itIsReadAsItIsWritten() throws {
        let list = try list(Self.yaml)
        #expect(list.version == "2026-11-21")
        #expect(try list[model("v/small")] == Price(input: .usd(1), output: .usd(2)))
        let rates = Price.Rates(input: .usd(2), cached: .usd(0.2), cacheWrite: .usd(2.5), output: .usd(10))
        let long = Price.Long(above: 200_000, rates: Price.Rates(input: .usd(4), output: .usd(15)))
        #expect(try list[model("v/large")] == Price(rates, long: long))
        #expect(try list[model("v/other")] == nil && list[model("w/small")] == nil)
    }

    @Test(arguments: [
        ("v/small-20260724", true), ("v/small-2025-12-11", true), ("v/small-2", false), ("v/small-preview", false),
        ("v/small-202607241", false), ("v/smaller", false), ("v/20260724", false),
    ])
    func aDateBehindTheNameChangesNothing(name: String, isKnown: Bool) throws {
        let price = try list(Self.yaml)[model(name)]
        #expect((price != nil) == isKnown)
    }

    @Test func anotherListCountsBeforeIt() throws {
        let own = try list("models: { v/small: { input: 0.00 USD, output: 0.00 USD } }")
        let both = try list(Self.yaml).overridden(by: own)
        #expect(try both[model("v/small")] == Price(input: .zero, output: .zero))
        #expect(try both[model("v/large")] != nil)
    }

    @Test func anEmptyListHasNoPrices() throws { #expect(try list("")[model("v/small")] == nil) }

    @Test func everyMistakeIsToldWithItsPlace() throws {
        let yaml = """
            models:
              v/a: { input: 1.00, output: 2.00 USD }
              v/b: { inptu: 1.00 USD, output: 2.00 USD }
            """
        let error = #expect(throws: Diagnostics.self) { try list(yaml) }
        let expected = """
            prices.yaml:2:17: error: Field 'models.v/a.input' must be an amount of money such as '2.50 USD' or '5USD', but is \
            1.0. Write the currency too: '1.0 USD'.
              2 | v/a: { input: 1.00, output: 2.00 USD }
                |               ^~~~
            prices.yaml:3:10: error: Unknown field 'inptu'. Did you mean 'input'?
              3 | v/b: { inptu: 1.00 USD, output: 2.00 USD }
                |        ^~~~~
            """
        #expect("\(try #require(error))" == expected)
    }
}
