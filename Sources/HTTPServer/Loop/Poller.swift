import CLinux
import Glibc

/// An epoll instance: which descriptors are ready.
final class Poller: Sendable {
    /// What a descriptor is asked about, or tells of.
    struct Events: OptionSet {
        let rawValue: UInt32
        static let readable = Events(rawValue: UInt32(SLUICE_READABLE))
        static let writable = Events(rawValue: UInt32(SLUICE_WRITABLE))
        /// The other side sends nothing any more.
        static let peerEnded = Events(rawValue: UInt32(SLUICE_PEER_ENDED))
        /// The connection is over in both directions; always told.
        static let gone: Events = [
            Events(rawValue: UInt32(SLUICE_FAILED)), Events(rawValue: UInt32(SLUICE_HUNG_UP)),
        ]
    }

    private let epoll: Int32
    /// Descriptors that are told at once.
    private static let batch = 256

    init() throws(ListenerError) {
        epoll = sluice_epoll_new()
        guard epoll >= 0 else { throw ListenerError("Cannot wait for sockets: \(String(cString: strerror(-epoll))).") }
    }

    deinit { close(epoll) }

    func add(_ descriptor: Int32, _ events: Events, tag: UInt64) {
        _ = sluice_epoll_add(epoll, descriptor, events.rawValue, tag)
    }

    func change(_ descriptor: Int32, _ events: Events, tag: UInt64) {
        _ = sluice_epoll_change(epoll, descriptor, events.rawValue, tag)
    }

    func remove(_ descriptor: Int32) { _ = sluice_epoll_remove(epoll, descriptor) }

    /// - Parameters:
    ///   - milliseconds: `nil` for ever.
    ///   - handle: Called for each descriptor that is ready, after the wait.
    func wait(_ milliseconds: Int?, _ handle: (UInt64, Events) -> Void) {
        let timeout = milliseconds.map { Int32(clamping: $0) } ?? -1
        withUnsafeTemporaryAllocation(of: sluice_ready.self, capacity: Self.batch) { ready in
            guard let first = ready.baseAddress else { return }
            let count = sluice_epoll_wait(epoll, first, Int32(Self.batch), timeout)
            // An interrupted wait has none.
            for event in ready.prefix(max(Int(count), 0)) { handle(event.tag, Events(rawValue: event.events)) }
        }
    }
}
