import PipelineKit
import Testing

/// Amounts of money, exact and total.
struct MoneyTests {
    @Test(arguments: [
        ("0 USD", 0, "0.00 USD"), ("2.50 USD", 2_500_000_000, "2.50 USD"), ("2.5 USD", 2_500_000_000, "2.50 USD"),
        ("5 USD", 5_000_000_000, "5.00 USD"), ("0.000000001 USD", 1, "0.000000001 USD"),
        ("0.125 USD", 125_000_000, "0.125 USD"), ("  1   USD ", 1_000_000_000, "1.00 USD"),
        ("2.50USD", 2_500_000_000, "2.50 USD"), ("5USD", 5_000_000_000, "5.00 USD"),
        ("007.10 USD", 7_100_000_000, "7.10 USD"), ("9223372036.854775807 USD", .max, "9223372036.854775807 USD"),
    ])
    func anAmountIsReadAndWritten(text: String, nanodollars: Int, normal: String) {
        let money = Money(text)
        #expect(money?.nanodollars == nanodollars)
        #expect(money?.description == normal)
        #expect(Money(normal) == money)
    }

    @Test(arguments: [
        "", "USD", "2.50", "$5", "5USD USD", "5USDUSD", "5 U SD", "2.50 EUR", "2.50 usd", "-1 USD", "+1 USD", ".5 USD",
        "1. USD",
        "1.0000000001 USD",
        "1,5 USD", "1e3 USD", "1.2.3 USD", "٣ USD", "9223372036.854775808 USD", "99999999999999999999 USD", "1 USD USD",
    ])
    func whatIsNoAmountIsRefused(text: String) {
        let message = "The value must be an amount of money such as '2.50 USD' or '5USD', but is \"\(text)\"."
        #expect(reading(Money.self, .string(text)).messages == [message])
    }

    @Test(
        arguments: [
            (5, "is 5. Write the currency too: '5 USD'."), (2.5, "is 2.5. Write the currency too: '2.5 USD'."),
            (-5, "is -5."),
            (1e30, "is 1e+30."), (.null, "is null."),
        ] as [(JSONValue, String)]
    )
    func aBareNumberIsRefusedWithTheUnitItLacks(json: JSONValue, end: String) {
        let message = "The value must be an amount of money such as '2.50 USD' or '5USD', but \(end)"
        #expect(reading(Money.self, json).messages == [message])
    }

    @Test func extremesStayWithinWhatMoneyHolds() {
        let most = Money(nanodollars: .max)
        let least = Money(nanodollars: .min)
        #expect(most + most == most)
        #expect(least + least == least)
        #expect(least - most == least)
        #expect(most - least == most)
        #expect(.zero - least == most)
        #expect(most + least == Money(nanodollars: -1))
        #expect(least.description == "-9223372036.854775808 USD")
        #expect(Money.usd(.infinity) == most)
        #expect(Money.usd(-1e300) == least)
        #expect(Money.usd(.nan) == .zero)
        #expect(Money.usd(2.5).description == "2.50 USD")
    }

    @Test(arguments: [
        (3_000_000_000, 1_000_000, 3_000_000_000), (3_000_000_000, 1, 3_000), (1, 1, 1), (1, 1_000_000, 1),
        (1, 1_000_001, 2), (5, 0, 0), (5, -1, 0), (0, 5, 0), (-5, 5, 0), (.max, 1_000_000, .max),
        (.max, 999_999, 9_223_362_813_482_738_953),
        (.max, 1_000_001, .max), (.max, 600_000_000_000, .max), (.max, .max, .max), (.min, .min, 0),
    ])
    func tokensCostWhatAMillionOfThemCostRoundedUp(perMillion: Int, tokens: Int, cost: Int) {
        #expect(Money(nanodollars: perMillion).forTokens(tokens).nanodollars == cost)
    }

    @Test func aCostThatAServiceInventsDoesNotTrap() {
        let price = Price(input: .usd(3), cached: .usd(0.3), output: .usd(15))
        #expect(price.cost(of: Usage(input: 1_000_000, cached: 500_000, output: 100_000)) == .usd(3.15))
        let absurd = Usage(input: .min, cached: .max, output: .max)
        #expect(price.cost(of: absurd) == Money(nanodollars: .max))
        #expect((absurd + absurd).total == -1)
        #expect((Usage(input: .max) + Usage(input: .max, output: .max)).total == .max)
    }
}
