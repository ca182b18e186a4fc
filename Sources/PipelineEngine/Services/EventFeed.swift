public import PipelineKit
import Synchronization

/// Passes on what happens to runs, as it happens.
///
/// An event is passed on after it is on disk. Who follows a run gets its events in order, each once and none left out,
/// also those that other processes record; pieces of what is under way only from this process, and not when there are
/// more than can be handed out.
public final class EventFeed: Sendable {
    public enum Item: Sendable, Hashable {
        case event(RunID, Event)
        case piece(RunID, LivePiece)

        var run: RunID {
            switch self {
            case .event(let run, _), .piece(let run, _): run
            }
        }
    }

    public typealias Receiver = @Sendable (Item) -> Void

    /// A run that is followed, and how far its followers are.
    struct Followed {
        /// Which it is: a run that nobody followed for a while is another one then.
        let number: Int
        let since: Instant
        var receivers: [Int: Receiver]
        /// The sequence of the last event that was handed out; `nil` before it is known where to begin.
        var last: Int?
    }

    struct State {
        fileprivate var lastNumber = 0
        fileprivate var observers: [(number: Int, receive: Receiver)] = []
        var followed: [RunID: Followed] = [:]
        /// Those of ``followed`` of which the store may hold more than was handed out.
        var behind: Set<RunID> = []
        /// What was published and has not been handed out yet.
        fileprivate var queue: [Item] = []
        fileprivate var isLookDue = false
        fileprivate var signal: AsyncStream<Void>.Continuation?
    }

    /// How often the store is asked for what other processes have recorded.
    static let interval = Duration.seconds(1)
    /// The most items that wait to be handed out.
    static let capacity = 4_096

    let store: any EventStore
    let clock: EngineClock
    private let capacity: Int
    let state = Mutex(State())

    init(store: any EventStore, clock: EngineClock, capacity: Int = EventFeed.capacity) {
        self.store = store
        self.clock = clock
        self.capacity = capacity
    }

    /// Hands over all that happens in a run from now on, while this process serves (``Services/serving(_:_:)``).
    ///
    /// Whoever registers first and reads the history then misses nothing. The first events may be older, and in what was
    /// read; a number says so.
    ///
    /// - Parameter receive: Called by one task for all followers, so it must return soon; the run does not wait for it.
    /// - Returns: What ends it. A call that is under way then is the last.
    public func follow(_ run: RunID, receive: @escaping Receiver) -> @Sendable () -> Void {
        let now = clock.now()
        let (number, signal) = state.withLock { state in
            state.lastNumber += 1
            let number = state.lastNumber
            if state.followed[run] == nil {
                state.followed[run] = Followed(number: number, since: now, receivers: [:])
                state.behind.insert(run)
            }
            state.followed[run]?.receivers[number] = receive
            return (number, state.signal)
        }
        signal?.yield()
        return { self.leave(run, number) }
    }

    private func leave(_ run: RunID, _ number: Int) {
        state.withLock { state in
            state.followed[run]?.receivers[number] = nil
            guard state.followed[run]?.receivers.isEmpty == true else { return }
            state.followed[run] = nil
            state.behind.remove(run)
        }
    }

    /// Hands every later item of this process to `observer` at once, which must return soon: the run waits for it.
    ///
    /// - Returns: a number for ``remove(_:)``.
    @discardableResult
    public func observe(_ observer: @escaping Receiver) -> Int {
        state.withLock { state in
            state.lastNumber += 1
            state.observers.append((state.lastNumber, observer))
            return state.lastNumber
        }
    }

    public func remove(_ number: Int) {
        state.withLock { $0.observers.removeAll { $0.number == number } }
    }

    /// Costs the run a place in a queue, and where there is none not even that: events are read from the store then.
    func publish(_ item: Item) {
        let (observers, signal) = state.withLock { state in
            let observers = state.observers
            guard state.followed[item.run] != nil else { return (observers, AsyncStream<Void>.Continuation?.none) }
            if state.queue.count < capacity {
                state.queue.append(item)
            } else if case .event(let run, _) = item {
                state.behind.insert(run)
            }
            return (observers, state.signal)
        }
        for observer in observers { observer.receive(item) }
        signal?.yield()
    }

    // MARK: - For the pump

    /// Whom to wake when there is something to hand out; `nil` for nobody.
    func wake(_ signal: AsyncStream<Void>.Continuation?) {
        state.withLock { $0.signal = signal }
        signal?.yield()
    }

    /// Has the store asked, with the next hand-out, for what other processes have recorded.
    func lookSoon() {
        let signal = state.withLock { state in
            state.isLookDue = !state.followed.isEmpty
            return state.isLookDue ? state.signal : nil
        }
        signal?.yield()
    }

    func takeLook() -> Bool {
        state.withLock { state in
            defer { state.isLookDue = false }
            return state.isLookDue
        }
    }

    func takeQueue() -> [Item] {
        state.withLock { state in
            defer { state.queue = [] }
            return state.queue
        }
    }
}
