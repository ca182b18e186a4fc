public import PipelineEngine
public import PipelineKit
import Synchronization

/// A clock that stands still until it is set; whoever sleeps wakes when their moment has come, or is cancelled.
public final class ManualClock: Sendable {
    private struct Face {
        var now: Instant
        var sleepers: [(until: Instant, bell: AsyncStream<Never>.Continuation)] = []
    }

    private let face: Mutex<Face>

    public init(_ now: Instant = .start) { face = Mutex(Face(now: now)) }

    public var now: Instant { face.withLock { $0.now } }

    /// Lets time pass.
    public func advance(by duration: Duration) {
        let due = face.withLock { face in
            face.now = face.now + duration
            let now = face.now
            defer { face.sleepers.removeAll { $0.until <= now } }
            return face.sleepers.filter { $0.until <= now }
        }
        for sleeper in due { sleeper.bell.finish() }
    }

    public var clock: EngineClock {
        EngineClock(now: { self.now }, sleep: { await self.sleep(until: $0) })
    }

    private func sleep(until moment: Instant) async {
        let (stream, bell) = AsyncStream<Never>.makeStream()
        let isDue = face.withLock { face in
            if moment > face.now { face.sleepers.append((moment, bell)) }
            return moment <= face.now
        }
        if isDue { return }
        for await _ in stream {}
    }
}
