import Synchronization

/// Looks whether a query has to end: its time is up, or nobody waits for it any more.
final class DatabaseWatch: Sendable {
    private let deadline: ContinuousClock.Instant
    private let start = ContinuousClock.now
    private let wasCancelled = Mutex(false)

    init(until deadline: ContinuousClock.Instant) { self.deadline = deadline }

    func cancel() { wasCancelled.withLock { $0 = true } }

    var isCancelled: Bool { wasCancelled.withLock(\.self) }
    var isOver: Bool { isCancelled || ContinuousClock.now >= deadline }
    var time: Duration { start.duration(to: deadline) }
}
