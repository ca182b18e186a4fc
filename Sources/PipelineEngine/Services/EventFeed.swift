public import PipelineKit
import Synchronization

/// Passes on what happens in this process, as it happens.
///
/// An event is passed on after it is on disk, in the order of its run; whoever wants those before it reads the store.
public final class EventFeed: Sendable {
    public enum Item: Sendable, Hashable {
        case event(RunID, Event)
        case piece(RunID, LivePiece)
    }

    private let observers = Mutex<[Int: @Sendable (Item) -> Void]>([:])

    public init() {}

    /// Hands every later item to `observer`, which must return soon: the run waits for it.
    ///
    /// - Returns: a number for ``remove(_:)``.
    @discardableResult
    public func observe(_ observer: @escaping @Sendable (Item) -> Void) -> Int {
        observers.withLock { observers in
            let number = (observers.keys.max() ?? 0) + 1
            observers[number] = observer
            return number
        }
    }

    public func remove(_ number: Int) {
        _ = observers.withLock { $0.removeValue(forKey: number) }
    }

    func publish(_ item: Item) {
        for observer in observers.withLock({ Array($0.values) }) { observer(item) }
    }
}
