import PipelineKit
import Synchronization

/// Lets so many messages be on their way at once as there are places, and has the others wait in line.
final class SendingPlaces: Sendable {
    static let count = 16

    private let lines = (0..<SendingPlaces.count).map { _ in Turnstile() }
    private let next = Mutex(0)

    /// - Throws: ``Failure/Kind/cancelled`` when the task is cancelled before its turn has come.
    func pass<Value: Sendable>(_ work: () async throws(Failure) -> Value) async throws(Failure) -> Value {
        let line = next.withLock { next in
            defer { next = (next + 1) % lines.count }
            return lines[next]
        }
        return try await line.pass(work)
    }
}
