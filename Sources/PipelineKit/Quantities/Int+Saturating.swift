// Amounts come from files and from the network: a sum that does not fit is the nearest that does, and never a trap.
extension Int {
    package func adding(_ other: Int) -> Int {
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
    init?(decimal: some BidirectionalCollection<UInt8>, places: Int) {
        let point = decimal.firstIndex(of: UInt8(ascii: ".")) ?? decimal.endIndex
        let (whole, fraction) = (decimal[..<point], decimal[point...].dropFirst())
        guard !whole.isEmpty, point == decimal.endIndex || !fraction.isEmpty, fraction.count <= places,
            let ones = Self.read(whole, after: 0), let digits = Self.read(fraction, after: ones),
            let number = Self.read(repeatElement(0x30, count: places - fraction.count), after: digits)
        else { return nil }
        self = number
    }

    /// The number that digits make behind those of another one; `nil` when it does not fit, or one is no digit.
    private static func read(_ digits: some Sequence<UInt8>, after first: Int) -> Int? {
        var number = first
        for digit in digits {
            let (tenfold, isLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isLarger) = tenfold.addingReportingOverflow(Int(digit) - 0x30)
            guard (0x30...0x39).contains(digit), !isLarge, !isLarger else { return nil }
            number = sum
        }
        return number
    }
}
