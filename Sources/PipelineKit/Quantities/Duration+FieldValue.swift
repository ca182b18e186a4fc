extension Duration: FieldValue {
    public static var schema: ValueSchema { .quantity("time", example: "30m") }
    /// To the millisecond; nothing below zero.
    public var json: JSONValue { .string(written) }

    public init?(_ json: JSONValue, _ reader: inout FieldReader) {
        guard let duration = json.text.flatMap(Duration.init(written:)) else {
            reader.expected("a time such as '90s', '30m' or '24h'", of: json, hint: Self.hint(for: json))
            return nil
        }
        self = duration
    }

    private static func hint(for json: JSONValue) -> String {
        guard let number = json.integer, number >= 0 else { return "" }
        return " Write the unit too: '\(number)s' or '\(number)m'."
    }
}

extension Duration {
    /// Reads `500ms`, `90s`, `30m`, `24h`, `2d` and sums such as `1h30m`; `nil` too for what exceeds 292 million years.
    public init?(written text: String) {
        var rest = Substring(text)
        var total = 0
        repeat {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let name = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let number = Int(digits: digits), let unit = Self.units.first(where: { $0.name == name }) else {
                return nil
            }
            total = total.adding(number.multiplied(by: unit.milliseconds))
            rest = rest.dropFirst(digits.count + name.count)
        } while !rest.isEmpty
        guard total < .max else { return nil }
        self = .milliseconds(total)
    }

    /// The time as a person writes it, to the millisecond: `1h30m`; 90 seconds are `1m30s`, and `0s` is the least.
    public var written: String {
        var rest = wholeMilliseconds
        guard rest > 0 else { return "0s" }
        return Self.units.reduce(into: "") { text, unit in
            let (count, remainder) = rest.quotientAndRemainder(dividingBy: unit.milliseconds)
            if count > 0 { text += "\(count)\(unit.name)" }
            rest = remainder
        }
    }

    public var seconds: Double { self / .seconds(1) }

    /// The nearest number of milliseconds.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds).multiplied(by: 1_000).adding(Int(nearest: Double(attoseconds) / 1e15))
    }

    private static let units: [(name: String, milliseconds: Int)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]
}
