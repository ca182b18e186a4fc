#if DEBUG
import Synchronization

/// Counts down to an instant.
final class Countdown: Sendable {
    private let rest: Mutex<Int?>
    let isSet: Bool

    init(_ count: Int?) {
        rest = Mutex(count)
        isSet = count != nil
    }

    /// Whether this was the last one.
    func reached() -> Bool {
        rest.withLock { rest in
            rest = rest.map { $0 - 1 }
            return rest == 0
        }
    }
}
#endif
