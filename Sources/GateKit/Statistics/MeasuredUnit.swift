/// In what something was measured, and how a person reads it.
public enum MeasuredUnit: Sendable, Hashable {
    case seconds
    case instructions

    /// With three digits that count: `1.23 s`, `45.6 ms`, `789 µs`, `12.3 million instructions`.
    public func words(_ value: Double) -> String {
        let steps: [(size: Double, name: String)] =
            switch self {
            case .seconds: [(1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")]
            case .instructions:
                [
                    (1e9, "billion instructions"), (1e6, "million instructions"), (1e3, "thousand instructions"),
                    (1, "instructions"),
                ]
            }
        let step = steps.first { abs(value) >= $0.size * 0.9995 } ?? steps[steps.count - 1]
        return "\((value / step.size).withThreeDigits) \(step.name)"
    }
}

extension Double {
    /// `1.23`, `45.6`, `789`, `1234`; `0` for nothing.
    public var withThreeDigits: String {
        let size = abs(self)
        return withPlaces(self == 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2)
    }

    /// With so many digits behind the point, at most nine: `0.957`.
    public func withPlaces(_ places: Int) -> String {
        guard isFinite, abs(self) < 1e9 else { return "\(self)" }
        let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
        let (whole, rest) = Int((abs(self) * Double(scale)).rounded()).quotientAndRemainder(dividingBy: scale)
        let sign = self < 0 && (whole, rest) != (0, 0) ? "-" : ""
        guard places > 0 else { return "\(sign)\(whole)" }
        let digits = String(rest)
        return "\(sign)\(whole).\(String(repeating: "0", count: places - digits.count))\(digits)"
    }
}
