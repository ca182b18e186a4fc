import Dispatch
import Synchronization

/// How long the last page took to read: one that has to come from a slow disk is none for a thread of the concurrency
/// pool, of which there is one for each core.
final class ReadingPace: Sendable {
    private let last = Atomic<UInt64>(0)

    /// Nanoseconds; what is in the system's cache takes a tenth of that.
    private static let quick: UInt64 = 5_000_000

    var isQuick: Bool { last.load(ordering: .relaxed) < Self.quick }

    func timing<Value, Problem: Error>(_ read: () throws(Problem) -> Value) throws(Problem) -> Value {
        let begin = DispatchTime.now().uptimeNanoseconds
        defer { last.store(DispatchTime.now().uptimeNanoseconds - begin, ordering: .relaxed) }
        return try read()
    }
}
