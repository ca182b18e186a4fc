/// Between what two numbers something lies that was measured with noise.
public struct Interval: Sendable, Hashable {
    public var low: Double
    public var high: Double
    /// In how many of so many repetitions such an interval holds what it is an interval of: 0.94; 1 for what is not
    /// estimated.
    public var confidence: Double

    public init(low: Double, high: Double, confidence: Double) {
        self.low = low
        self.high = high
        self.confidence = confidence
    }

    /// The confidence that is asked for: each of the two ends is wrong at most once in twenty times.
    ///
    /// Five measurements are the fewest that can give it.
    public static let usual = 0.9

    /// Where something lies, seen from a bound.
    public enum Position: Sendable, Hashable {
        case atMost
        case above
        /// The bound lies inside of the interval: the noise is larger than the distance.
        case unclear
    }

    public func position(from bound: Double) -> Position {
        if high <= bound { return .atMost }
        return low > bound ? .above : .unclear
    }
}

/// A number that was estimated, and how far it can be trusted.
public struct Estimate: Sendable, Hashable {
    public var value: Double
    public var interval: Interval

    public init(_ value: Double, _ interval: Interval) {
        self.value = value
        self.interval = interval
    }

    /// One that was counted, not estimated.
    public init(exactly value: Double) {
        self.init(value, Interval(low: value, high: value, confidence: 1))
    }
}
