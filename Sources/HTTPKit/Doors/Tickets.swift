public import PipelineKit
import Synchronization

/// What stands for a key for half a minute and once: the address of a WebSocket or an EventSource may be logged by every
/// program in between, so that no key should stand in it.
public final class Tickets: Sendable {
    /// What a client puts behind `?ticket=`.
    public struct Ticket: Sendable, Hashable {
        public let text: String
        public let expiresAt: Instant
    }

    fileprivate struct Issued {
        let principal: Principal
        let expiresAt: Instant
    }

    fileprivate struct Book {
        var issued: [String: Issued] = [:]
        /// From the oldest on; those that were used stay until their time is over.
        var order: ArraySlice<String> = []
    }

    private let book = Mutex(Book())
    private let now: @Sendable () -> Instant

    /// How long a ticket is good.
    static let lifetime: Duration = .seconds(30)
    /// More than that are not kept at once; the oldest go.
    static let most = 10_000

    public init(now: @escaping @Sendable () -> Instant) { self.now = now }

    public func issue(for principal: Principal) -> Ticket {
        // The system's generator: getrandom(2); 256 bits.
        let words = (0..<4).map { _ in UInt64.random(in: .min ... .max) }
        let text =
            "slt_" + words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }.hexadecimal
        let now = now()
        let ticket = Ticket(text: text, expiresAt: now + Self.lifetime)
        book.withLock { book in
            book.forget(at: now)
            book.issued[text] = Issued(principal: principal, expiresAt: ticket.expiresAt)
            book.order.append(text)
        }
        return ticket
    }

    /// Takes a ticket; it is good for nothing afterwards.
    func redeem(_ text: String) -> Principal? {
        let now = now()
        let issued = book.withLock { $0.issued.removeValue(forKey: text) }
        return issued.flatMap { $0.expiresAt > now ? $0.principal : nil }
    }
}

extension Tickets.Book {
    /// Makes room for one more.
    fileprivate mutating func forget(at now: Instant) {
        while let oldest = order.first {
            let isOver = issued[oldest].map { $0.expiresAt <= now } ?? true
            guard isOver || order.count >= Tickets.most else { return }
            issued[oldest] = nil
            order.removeFirst()
        }
    }
}
