/// An amount of money, exact to a thousandth of a micro-dollar.
public struct Money: Sendable, Hashable, Comparable {
    /// Billionths of a US dollar; a token of the cheapest models costs a few dozen.
    public var nanodollars: Int

    public init(nanodollars: Int) { self.nanodollars = nanodollars }

    public static let zero = Money(nanodollars: 0)
    public static func usd(_ dollars: Double) -> Money { Money(nanodollars: Int((dollars * 1e9).rounded())) }
    public static func < (left: Money, right: Money) -> Bool { left.nanodollars < right.nanodollars }
    public static func + (left: Money, right: Money) -> Money {
        let (sum, overflow) = left.nanodollars.addingReportingOverflow(right.nanodollars)
        return Money(nanodollars: overflow ? .max : sum)
    }
    public static func - (left: Money, right: Money) -> Money {
        Money(nanodollars: left.nanodollars - right.nanodollars)
    }
    public static func += (left: inout Money, right: Money) { left = left + right }

    /// The price of this many tokens when a million of them cost this much, rounded up.
    public func forTokens(_ tokens: Int) -> Money {
        let (high, low) = nanodollars.multipliedFullWidth(by: max(0, tokens))
        guard nanodollars > 0, high < 1_000_000 else { return nanodollars > 0 ? Money(nanodollars: .max) : .zero }
        let (quotient, remainder) = 1_000_000.dividingFullWidth((high, low))
        return Money(nanodollars: quotient) + Money(nanodollars: remainder > 0 ? 1 : 0)
    }
}

extension Money: CustomStringConvertible {
    /// `2.50 USD`; below ten cents as many digits as it takes, at most nine.
    public var description: String {
        let sign = nanodollars < 0 ? "-" : ""
        let (dollars, fraction) = nanodollars.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        var digits = String(String(fraction + 1_000_000_000).dropFirst())
        while digits.count > 2, digits.last == "0" { digits.removeLast() }
        return "\(sign)\(dollars).\(digits) USD"
    }
}

extension Money: FieldValue {
    public static var schema: ValueSchema { .quantity("amount of money", example: "2.50 USD") }
    public var json: JSONValue { .string(description) }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard case .string(let text) = json, let money = Money(text) else {
            let hint = json.number.map { _ in " Write the currency too: '\(json) USD'." } ?? ""
            reader.expected("an amount of money such as '2.50 USD'", of: json, hint: hint)
            return nil
        }
        self = money
    }

    /// Reads `2.50 USD`.
    public init?(_ text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[1] == "USD", let nano = Self.nanodollars(parts[0]) else { return nil }
        self.init(nanodollars: nano)
    }

    private static func nanodollars(_ decimal: Substring) -> Int? {
        let halves = decimal.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = halves.count == 2 ? halves[1] : "0"
        guard let whole = Int(halves[0]), whole >= 0, whole <= 1_000_000_000, halves[0].first?.isNumber ?? false,
            (1...9).contains(fraction.count), fraction.allSatisfy({ ("0"..."9").contains($0) }),
            let billionths = Int(fraction.padded(to: 9))
        else { return nil }
        return whole * 1_000_000_000 + billionths
    }
}

extension Substring {
    fileprivate func padded(to count: Int) -> String { self + String(repeating: "0", count: count - self.count) }
}

/// A number of bytes, written `10 MB`, `512 kB` or `1 GiB`.
public struct ByteCount: Sendable, Hashable, Comparable, FieldValue, CustomStringConvertible {
    public var bytes: Int

    public init(bytes: Int) { self.bytes = bytes }

    public static func < (left: ByteCount, right: ByteCount) -> Bool { left.bytes < right.bytes }
    public static var schema: ValueSchema { .quantity("size", example: "10 MB") }
    public var json: JSONValue { .string(description) }

    public var description: String {
        let unit = Self.units.last { bytes % $0.size == 0 && bytes >= $0.size } ?? Self.units[0]
        return "\(bytes / unit.size) \(unit.name)"
    }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard case .string(let text) = json, let count = Self.read(text) else {
            let hint = json.integer.map { " Write the unit too: '\($0) B' or '\($0) MB'." } ?? ""
            reader.expected("a size such as '10 MB'", of: json, hint: hint)
            return nil
        }
        bytes = count
    }

    private static let units: [(name: String, size: Int)] = [
        ("B", 1), ("kB", 1_000), ("KiB", 1 << 10), ("MB", 1_000_000), ("MiB", 1 << 20), ("GB", 1_000_000_000),
        ("GiB", 1 << 30),
    ]

    private static func read(_ text: String) -> Int? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        let name = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = Int(digits), let unit = units.first(where: { $0.name == name }) else { return nil }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: unit.size)
        return overflow ? nil : bytes
    }
}

/// A number of tokens, written `400k`, `1.5M` or in full.
public struct TokenCount: Sendable, Hashable, Comparable, FieldValue, CustomStringConvertible {
    public var tokens: Int

    public init(_ tokens: Int) { self.tokens = tokens }

    public static func < (left: TokenCount, right: TokenCount) -> Bool { left.tokens < right.tokens }
    public static var schema: ValueSchema { .quantity("number of tokens", example: "400k") }
    public var json: JSONValue { .string(description) }

    public var description: String {
        switch tokens {
        case 1_000_000... where tokens % 1_000_000 == 0: "\(tokens / 1_000_000)M"
        case 1_000... where tokens % 1_000 == 0: "\(tokens / 1_000)k"
        default: "\(tokens)"
        }
    }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard let count = json.integer ?? json.text.flatMap(Self.read), count >= 0 else {
            reader.expected("a number of tokens such as '400k'", of: json)
            return nil
        }
        tokens = count
    }

    private static func read(_ text: String) -> Int? {
        let factor: Double
        switch text.last {
        case "k": factor = 1_000
        case "M": factor = 1_000_000
        default: return Int(text)
        }
        let digits = text.dropLast()
        guard digits.allSatisfy({ ("0"..."9").contains($0) || $0 == "." }), let number = Double(digits) else {
            return nil
        }
        return Int(exactly: (number * factor).rounded())
    }
}

extension Duration: FieldValue {
    public static var schema: ValueSchema { .quantity("time", example: "30m") }
    public var json: JSONValue { .string(written) }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard case .string(let text) = json, let duration = Duration(written: text) else {
            let hint = json.number.map { _ in " Write the unit too: '\(json)s' or '\(json)m'." } ?? ""
            reader.expected("a time such as '90s', '30m' or '24h'", of: json, hint: hint)
            return nil
        }
        self = duration
    }

    /// Reads `500ms`, `90s`, `30m`, `24h`, `2d` and sums such as `1h30m`, up to a thousand million days.
    public init?(written text: String) {
        let longest = 1_000_000_000 * 86_400_000
        var rest = Substring(text)
        var total = 0
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            let unit = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let number = Int(digits), let size = Self.units.first(where: { $0.name == unit })?.milliseconds,
                number <= 1_000_000_000
            else { return nil }
            total += number * size
            guard total <= longest else { return nil }
            rest = rest.dropFirst(digits.count + unit.count)
        }
        self = .milliseconds(total)
    }

    /// The time as a person writes it: `1h30m`, `90s` as `1m30s`.
    public var written: String {
        var rest = Int((self / .milliseconds(1)).rounded())
        guard rest > 0 else { return "0s" }
        return Self.units.reduce(into: "") { text, unit in
            let (count, remainder) = rest.quotientAndRemainder(dividingBy: unit.milliseconds)
            if count > 0 { text += "\(count)\(unit.name)" }
            rest = remainder
        }
    }

    public var seconds: Double { self / .seconds(1) }

    private static let units: [(name: String, milliseconds: Int)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]
}
