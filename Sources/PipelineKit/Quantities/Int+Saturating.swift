// Amounts come from files and from the network: a sum that does not fit is the nearest that does, and never a trap.
extension Int {
    func adding(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        guard overflow else { return sum }
        return other < 0 ? .min : .max
    }

    func subtracting(_ other: Int) -> Int {
        let (difference, overflow) = subtractingReportingOverflow(other)
        guard overflow else { return difference }
        return other < 0 ? .max : .min
    }

    func multiplied(by other: Int) -> Int {
        let (product, overflow) = multipliedReportingOverflow(by: other)
        guard overflow else { return product }
        return (self < 0) == (other < 0) ? .max : .min
    }

    /// The nearest whole number; zero for not-a-number.
    init(nearest number: Double) {
        let rounded = number.rounded()
        self = Int(exactly: rounded) ?? (rounded > 0 ? .max : rounded < 0 ? .min : 0)
    }

    /// Reads digits, and no sign: `30`.
    init?(digits: some StringProtocol) {
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits) else { return nil }
        self = number
    }

    /// Reads a decimal as a multiple of its last place: `1.25` with three places is 1250.
    ///
    /// `nil` when it has more places, has no digit on either side of the point, or does not fit.
    init?(decimal: some StringProtocol, places: Int) {
        let halves = decimal.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = halves.count == 2 ? String(halves[1]) : ""
        guard !halves[0].isEmpty, fraction.isEmpty == (halves.count == 1), fraction.utf8.count <= places else {
            return nil
        }
        self.init(digits: halves[0] + fraction + String(repeating: "0", count: places - fraction.utf8.count))
    }
}
