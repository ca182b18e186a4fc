/// Numbers in the words of JSON.
enum JSONNumber {
    /// A finite number as ECMAScript's `Number::toString` writes it (ECMA-262, section 6.1.6.1.20), which RFC 8785,
    /// section 3.2.2.3 asks for: the fewest digits that read back to it, and an exponent only from 1e21 on and below 1e-6.
    static func ecmaScript(_ number: Double) -> String {
        guard number != 0 else { return "0" }
        let (digits, point) = shortest(number.magnitude)
        return (number < 0 ? "-" : "") + layout(digits, point)
    }

    /// The fewest digits that read back to a number above zero, and where the decimal point stands among them:
    /// `(["1", "5"], 3)` is 150.
    private static func shortest(_ number: Double) -> (digits: Substring, point: Int) {
        let halves = number.description.split(separator: "e")
        let parts = halves[0].split(separator: ".")
        let exponent = halves.count == 2 ? Int(halves[1]) ?? 0 : 0
        let all = parts.joined()
        let digits = all.drop { $0 == "0" }
        let zeros = all.count - digits.count
        return (digits.trimmingZeros, parts[0].count + exponent - zeros)
    }

    private static func layout(_ digits: Substring, _ point: Int) -> String {
        switch point {
        case digits.count...21: digits + zeros(point - digits.count)
        case 1...21: digits.prefix(point) + "." + digits.dropFirst(point)
        case -5...0: "0." + zeros(-point) + digits
        default: scientific(digits, exponent: point - 1)
        }
    }

    private static func scientific(_ digits: Substring, exponent: Int) -> String {
        let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
        return digits.prefix(1) + fraction + (exponent < 0 ? "e-" : "e+") + String(exponent.magnitude)
    }

    private static func zeros(_ count: Int) -> String { String(repeating: "0", count: count) }

    /// What stands for a number that JSON has no number for.
    static func name(ofNonFinite number: Double) -> String {
        if number.isNaN { return "NaN" }
        return number < 0 ? "-Infinity" : "Infinity"
    }
}

extension Substring {
    fileprivate var trimmingZeros: Substring {
        var rest = self
        while rest.last == "0" { rest.removeLast() }
        return rest
    }
}
