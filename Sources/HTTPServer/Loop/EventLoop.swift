import CLinux
import Glibc
import HTTPKit

/// The sockets of a listener, on the one thread that ever touches them.
///
/// In come orders, by the mailbox; out go requests that have to wait for something, to workers.
final class EventLoop {
    let settings: ListenerSettings
    let times: Times
    let site: Site
    let counters: Counters
    let mailbox: Mailbox
    let poller: Poller
    let acceptor: Acceptor
    let workers: Workers
    /// Milliseconds of the monotonic clock, read once a turn.
    private(set) var now = EventLoop.clock()
    private(set) var date = DateField()
    var ids = RequestIDs()
    /// Where responses are written before they are sent; empty between two connections.
    var scratch: [UInt8] = []
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    private var connections = TicketTable<Connection>()
    private var wheel = TimerWheel(now: EventLoop.clock())
    private var looks = LookQueue()
    /// When everything has to be closed, once that was asked for.
    private(set) var end: Int?

    /// The ways in, made before the thread is.
    struct Doors: Sendable {
        let socket: ListeningSocket
        let mailbox: Mailbox
        let poller: Poller
    }

    private enum Tag {
        static let acceptor: UInt64 = 0
        static let mailbox: UInt64 = 1
    }

    init(_ settings: ListenerSettings, _ site: Site, _ counters: Counters, _ doors: Doors) {
        self.settings = settings
        self.site = site
        self.counters = counters
        mailbox = doors.mailbox
        poller = doors.poller
        times = Times(settings)
        workers = Workers(site, mailbox, compressionFloor: settings.compressionFloor)
        acceptor = Acceptor(doors.socket, settings, counters)
        poller.add(doors.socket.number, .readable, tag: Tag.acceptor)
        poller.add(mailbox.wake, .readable, tag: Tag.mailbox)
    }

    deinit { input.deallocate() }

    var isEnding: Bool { end != nil }

    /// Serves until it was told to end, and everything is closed.
    func run() {
        while end == nil || connections.count > 0 {
            refreshTime()
            poller.wait(looks.wait(at: now) ?? wheel.wait(at: now)) { tag, events in
                if now != Self.clock() { refreshTime() }
                handle(tag, events)
            }
            refreshTime()
            for ticket in looks.take(at: now) { connections[ticket]?.look() }
            for ticket in wheel.take(at: now) { connections[ticket]?.timeHasCome() }
            if let end, now >= end { closeAll() }
        }
        workers.dismissAll()
    }

    private func handle(_ tag: UInt64, _ events: Poller.Events) {
        switch tag {
        case Tag.acceptor: acceptor.accept(into: self)
        case Tag.mailbox: for order in mailbox.take() { carryOut(order) }
        default: connections[Ticket(tag: tag)]?.handle(events, input)
        }
    }

    private func carryOut(_ order: Order) {
        switch order {
        case .answer(let ticket, let reply): connections[ticket]?.answer(reply)
        case .look(let ticket, isUrgent: false): looks.add(ticket)
        case .look(let ticket, isUrgent: true): connections[ticket]?.look()
        case .shutDown(let milliseconds): beginEnd(within: milliseconds)
        }
    }

    private func refreshTime() {
        now = Self.clock()
        date.update(to: time(nil))
    }

    static func clock() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }
}

// The table of connections.
extension EventLoop {
    var count: Int { connections.count }

    func add(_ socket: Int32, _ peer: PeerAddress, role: (Connection) -> any Role) {
        let connection = connections.add { Connection(self, $0, socket, peer) }
        counters.connections.add(1)
        connection.begin(role(connection))
    }

    /// Lets a connection go that has closed its socket.
    func remove(_ connection: Connection) {
        connections.remove(connection.ticket)
        acceptor.forget(connection.peer)
        counters.connections.add(-1)
    }

    func wake(_ ticket: Ticket, at due: Int) { wheel.add(ticket, at: due) }

    private func beginEnd(within milliseconds: Int) {
        let end = min(end ?? .max, now + milliseconds)
        let isFirst = self.end == nil
        self.end = end
        // A ticket that nobody has wakes the loop at the end.
        wheel.add(Ticket(place: .max, generation: .max), at: end)
        guard isFirst else { return }
        acceptor.stop(poller)
        for connection in connections.all { connection.shutDown() }
    }

    private func closeAll() {
        for connection in connections.all { connection.close() }
    }
}
