import CLinux
import Glibc
import HTTPKit
import Synchronization

/// What others ask of a loop.
enum Order: Sendable {
    /// What a task has found for a request.
    case answer(Ticket, Reply)
    /// A stream has something to send, or is to end; where it is urgent, the loop does not wait for more.
    case look(Ticket, isUrgent: Bool)
    /// Ends everything; milliseconds are left for it.
    case shutDown(within: Int)
}

/// The one way into a loop from other threads: orders under a lock, and a wake-up.
final class Mailbox: Sendable {
    private let orders = Mutex<[Order]>([])
    /// Readable while there may be orders.
    let wake: Int32

    init() throws(ListenerError) {
        wake = sluice_eventfd()
        guard wake >= 0 else { throw ListenerError("Cannot wake a thread: \(String(cString: strerror(-wake))).") }
    }

    deinit { close(wake) }

    func post(_ order: Order) {
        let wasEmpty = orders.withLock { orders in
            orders.append(order)
            return orders.count == 1
        }
        guard wasEmpty else { return }
        var one: UInt64 = 1
        write(wake, &one, MemoryLayout.size(ofValue: one))
    }

    func take() -> [Order] {
        var count: UInt64 = 0
        read(wake, &count, MemoryLayout.size(ofValue: count))
        return orders.withLock { orders in
            defer { orders = [] }
            return orders
        }
    }
}
