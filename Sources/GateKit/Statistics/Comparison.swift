import Glibc

/// What something takes now beside what it took before, measured in pairs: one of before, one of now, and again.
///
/// What disturbs a machine for longer than a pair disturbs both of it, and goes with their ratio.
public struct Comparison: Sendable, Hashable {
    public enum Answer: Sendable, Hashable {
        case faster
        case slower
        /// The noise is larger than the difference.
        case undecided
    }

    public let before: Sample
    public let now: Sample
    /// How many times as long it takes now: 0.5 is twice as fast.
    public let ratio: Estimate

    /// - Parameters:
    ///   - before: At least one, none below zero.
    ///   - now: As many, in the same order.
    public init(before: [Double], now: [Double]) {
        precondition(before.count == now.count, "A pair is of two.")
        self.before = Sample(before)
        self.now = Sample(now)
        let differences = zip(before, now).map { log(max($1, Self.least)) - log(max($0, Self.least)) }
        let centre = SignedRanks.centre(of: differences)
        let interval = Interval(
            low: exp(centre.interval.low),
            high: exp(centre.interval.high),
            confidence: centre.interval.confidence
        )
        ratio = Estimate(exp(centre.value), interval)
    }

    /// Less than any clock can tell, in seconds: nothing has no logarithm.
    private static let least = 1e-9

    /// Whether it takes less than before.
    public var answer: Answer { answer(for: 1) }

    /// Whether it takes at most so many times as long as before: `.faster` when it does.
    public func answer(for bound: Double) -> Answer {
        switch ratio.interval.position(from: bound) {
        case .atMost: .faster
        case .above: .slower
        case .unclear: .undecided
        }
    }
}
