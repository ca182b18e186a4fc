public import PipelineKit

/// Which failures are worth another attempt, and how long to wait before it.
public struct RetryPolicy: Sendable, Hashable {
    /// Attempts in all, the first included.
    public var attempts: Int
    /// The longest wait after the first attempt; it doubles with each.
    public var base: Duration
    /// The longest wait that this policy chooses by itself.
    public var longest: Duration
    /// The longest wait that the other side may ask for. One that is longer is not waited for at all: to come back sooner
    /// would be no better than not to wait.
    public var longestAsked: Duration

    public init(
        attempts: Int = 5,
        base: Duration = .seconds(2),
        longest: Duration = .seconds(60),
        longestAsked: Duration = .seconds(3_600)
    ) {
        self.attempts = attempts
        self.base = base
        self.longest = longest
        self.longestAsked = longestAsked
    }

    /// For a model that another one can stand in for.
    public static let beforeFallback = RetryPolicy(attempts: 2, longestAsked: .seconds(10))

    /// How long to wait after an attempt that failed; `nil` when there is to be no other.
    ///
    /// Between half and all of `base`·2ⁿ, so that many who failed together do not come back together. When the other
    /// side said how long to wait, that time counts, and the spread is added to it. What was not even tried is no attempt.
    ///
    /// - Parameters:
    ///   - attempt: The attempt that failed, from 1.
    ///   - random: From 0 to 1.
    public func delay(after attempt: Int, failure: Failure, random: Double) -> Duration? {
        guard attempt < attempts || failure.isPostponed, isWorthwhile(failure.kind) else { return nil }
        let share = random.isFinite ? min(max(random, 0), 1) : 1
        if let asked = failure.retryAfter, asked >= 0 {
            let wait = Duration.seconds(min(asked, 1e9))
            return wait > longestAsked ? nil : wait + base * (share / 2)
        }
        let doublings = Double(1 << min(max(attempt - 1, 0), 30))
        return min(base * doublings, longest) * (0.5 + share / 2)
    }

    /// The other kinds fail again, or wait for a person.
    private func isWorthwhile(_ kind: Failure.Kind) -> Bool {
        switch kind {
        case .unavailable, .rateLimited, .timedOut: true
        case .invalidInput, .missing, .denied, .cancelled: false
        }
    }
}
