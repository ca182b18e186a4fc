import FoundationEssentials
public import PipelineKit

/// What time it is, and waiting; a parameter, so that tests need neither.
public struct EngineClock: Sendable {
    public var now: @Sendable () -> Instant
    /// Returns at the moment, or at once when the task is cancelled.
    public var sleep: @Sendable (_ until: Instant) async -> Void

    public init(now: @escaping @Sendable () -> Instant, sleep: @escaping @Sendable (_ until: Instant) async -> Void) {
        self.now = now
        self.sleep = sleep
    }

    public static let system = EngineClock(
        now: { Instant(Date()) },
        sleep: { moment in
            let rest = moment - Instant(Date())
            if rest > .zero { try? await Task.sleep(for: rest) }
        }
    )
}
