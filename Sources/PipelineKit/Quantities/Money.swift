/// An amount of money, exact to a billionth of a dollar. Sums beyond what it holds (9.2 billion dollars) are the most
/// it holds.
public struct Money: Sendable, Hashable, Comparable {
    /// Billionths of a US dollar; a token of the cheapest models costs a few dozen.
    public var nanodollars: Int

    public init(nanodollars: Int) { self.nanodollars = nanodollars }

    public static let zero = Money(nanodollars: 0)
    /// The nearest amount; zero for not-a-number.
    public static func usd(_ dollars: Double) -> Money { Money(nanodollars: Int(nearest: dollars * 1e9)) }
    public static func < (left: Money, right: Money) -> Bool { left.nanodollars < right.nanodollars }
    public static func + (left: Money, right: Money) -> Money {
        Money(nanodollars: left.nanodollars.adding(right.nanodollars))
    }
    public static func - (left: Money, right: Money) -> Money {
        Money(nanodollars: left.nanodollars.subtracting(right.nanodollars))
    }
    public static func += (left: inout Money, right: Money) { left = left + right }

    /// The price of this many tokens when a million of them cost this much, rounded up; nothing for a negative number.
    public func forTokens(_ tokens: Int) -> Money {
        guard nanodollars > 0, tokens > 0 else { return .zero }
        let product = nanodollars.magnitude.multipliedFullWidth(by: tokens.magnitude)
        guard product.high < 1_000_000 else { return Money(nanodollars: .max) }
        let (quotient, remainder) = UInt(1_000_000).dividingFullWidth(product)
        return Money(nanodollars: Int(clamping: quotient).adding(remainder > 0 ? 1 : 0))
    }
}

extension Money: CustomStringConvertible {
    /// `2.50 USD`; two decimals, or as many more as it takes.
    public var description: String {
        let sign = nanodollars < 0 ? "-" : ""
        let (dollars, fraction) = nanodollars.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        var digits = String(String(fraction + 1_000_000_000).dropFirst())
        while digits.count > 2, digits.last == "0" { digits.removeLast() }
        return "\(sign)\(dollars).\(digits) USD"
    }

    /// Reads `2.50 USD` or `2.50USD`: at most nine decimals, and no amount below zero.
    public init?(_ text: String) {
        let trimmed = text.utf8.trimmingSpaces
        guard trimmed.suffix(3).elementsEqual("USD".utf8),
            let amount = Int(decimal: trimmed.dropLast(3).trimmingSpaces, places: 9)
        else { return nil }
        self.init(nanodollars: amount)
    }
}

extension BidirectionalCollection<UInt8> {
    /// Without the spaces around it.
    fileprivate var trimmingSpaces: SubSequence {
        var rest = drop { $0 == UInt8(ascii: " ") }
        while rest.last == UInt8(ascii: " ") { rest.removeLast() }
        return rest
    }
}

extension Money: FieldValue {
    public static var schema: ValueSchema { .quantity("amount of money", example: "2.50 USD") }
    public var json: JSONValue { .string(description) }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard let money = json.text.flatMap(Money.init) else {
            reader.expected("an amount of money such as '2.50 USD' or '5USD'", of: json, hint: Self.hint(for: json))
            return nil
        }
        self = money
    }

    /// How a bare number is written with its unit.
    private static func hint(for json: JSONValue) -> String {
        Money("\(json) USD").map { _ in " Write the currency too: '\(json) USD'." } ?? ""
    }
}
