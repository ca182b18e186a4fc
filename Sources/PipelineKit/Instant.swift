public import FoundationEssentials

/// A moment, to the millisecond, as it is recorded. Sums beyond what it holds are the last moment it holds.
public struct Instant: Sendable, Hashable, Comparable {
    /// Milliseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
    public var milliseconds: Int

    public init(milliseconds: Int) { self.milliseconds = milliseconds }
    public init(_ date: Date) {
        milliseconds = Int(nearest: (date.timeIntervalSince1970 * 1_000).rounded(.down))
    }

    public static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }
    public static func + (left: Instant, right: Duration) -> Instant {
        Instant(milliseconds: left.milliseconds.adding(right.wholeMilliseconds))
    }
    public static func - (left: Instant, right: Instant) -> Duration {
        .milliseconds(left.milliseconds) - .milliseconds(right.milliseconds)
    }

    public var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1_000) }
}
