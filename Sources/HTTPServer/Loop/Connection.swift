import CLinux
import Glibc

/// What a connection is used for at the time.
protocol Role: AnyObject {
    /// Bytes have come.
    func received(_ bytes: UnsafeRawBufferPointer)
    /// The client sends nothing any more; it may still read.
    func inputEnded()
    /// Some of what waited was sent, or all.
    func sentSome()
    /// The time has come that the role had set.
    func timeHasCome()
    /// A task has found what a request leads to.
    func answer(_ reply: Reply)
    /// A stream may have something to send.
    func look()
    /// The server ends; what is under way may be finished.
    func shutDown()
    /// The connection is closed, for whatever reason; the last call.
    func lost()
}

/// A socket, what waits to be sent on it, and the role it is in.
final class Connection {
    unowned let loop: EventLoop
    let ticket: Ticket
    let peer: PeerAddress
    private let socket: Int32
    private var role: (any Role)?
    private var output = OutputQueue()
    private var asked: Poller.Events = [.readable, .peerEnded]
    /// When the role wants to be asked.
    private var due = Int.max
    /// When the wheel comes by, at the latest.
    private var wakes = Int.max
    private var isPaused = false
    private var peerHasEnded = false
    private(set) var inputHasEnded = false
    private(set) var isClosed = false
    /// Bytes that were sent in all.
    private(set) var sent = 0

    init(_ loop: EventLoop, _ ticket: Ticket, _ socket: Int32, _ peer: PeerAddress) {
        self.loop = loop
        self.ticket = ticket
        self.socket = socket
        self.peer = peer
        loop.poller.add(socket, asked, tag: ticket.tag)
    }

    /// Bytes that are not sent yet.
    var unsent: Int { output.count }

    func begin(_ role: any Role) {
        self.role = role
    }

    func answer(_ reply: Reply) { role?.answer(reply) }

    func look() { role?.look() }

    func shutDown() { role?.shutDown() }

    /// Closes the socket at once; a client that has not read everything loses the rest.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        Glibc.close(socket)
        loop.remove(self)
        let last = role
        role = nil
        last?.lost()
    }

    /// Sends nothing more, and waits a while for the client to say the same: who closes a socket with unread input on it
    /// takes the response back that the client has not read yet (RFC 9112, section 9.6).
    func linger() {
        guard !inputHasEnded, !isClosed else { return close() }
        shutdown(socket, Int32(SHUT_WR))
        let last = role
        role = LingeringRole(self)
        last?.lost()
        resume()
    }
}

// Time.
extension Connection {
    /// Asks to be asked at a time; one that was asked for before is forgotten.
    func set(due: Int) {
        self.due = due
        guard due < wakes else { return }
        wakes = due
        loop.wake(ticket, at: due)
    }

    func timeHasCome() {
        wakes = .max
        guard due <= loop.now else { return due == .max ? () : set(due: due) }
        due = .max
        role?.timeHasCome()
    }
}

// Input.
extension Connection {
    func handle(_ events: Poller.Events, _ buffer: UnsafeMutableRawBufferPointer) {
        guard events.isDisjoint(with: .gone) else { return close() }
        if events.contains(.peerEnded) { peerHasEnded = true }
        if events.contains(.writable) {
            flush()
            if !isClosed { role?.sentSome() }
        }
        if !isClosed, !isPaused, events.contains(.readable) || events.contains(.peerEnded) { read(buffer) }
        if !isClosed { ask() }
    }

    /// Reads nothing until ``resume()``; what the client sends stays in the system.
    func pause() { isPaused = true }

    func resume() {
        isPaused = false
        ask()
    }

    private func read(_ buffer: UnsafeMutableRawBufferPointer) {
        let count = recv(socket, buffer.baseAddress, buffer.count, 0)
        switch count {
        case 1...:
            loop.counters.bytesIn.add(count)
            role?.received(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        case 0:
            inputHasEnded = true
            role?.inputEnded()
        default: if errno != EAGAIN, errno != EINTR { close() }
        }
    }

    /// Tells epoll what is waited for now, when that is something else than before.
    private func ask() {
        var wanted: Poller.Events = []
        if !isPaused, !inputHasEnded { wanted.insert(.readable) }
        if !peerHasEnded { wanted.insert(.peerEnded) }
        if !output.isEmpty { wanted.insert(.writable) }
        guard wanted != asked else { return }
        asked = wanted
        loop.poller.change(socket, wanted, tag: ticket.tag)
    }
}

// Output.
extension Connection {
    /// Queues bytes, to be sent by ``flush()``.
    func append(_ bytes: [UInt8], endsMessage: Bool = true) { output.append(bytes, endsMessage: endsMessage) }

    /// Forgets all queued messages of which nothing is sent.
    func keepBegun() { output.keepBegun() }

    /// Sends bytes of a buffer that will be used again; copies what the socket does not take.
    func send(copying bytes: borrowing [UInt8]) {
        guard !isClosed, !bytes.isEmpty else { return }
        var start = 0
        if output.isEmpty {
            let result = sluice_send(socket, bytes, bytes.count)
            guard result >= 0 || errno == EAGAIN else { return close() }
            start = max(result, 0)
            count(start)
        }
        if start < bytes.count { output.append(Array(bytes[start...])) }
    }

    /// Sends what is queued, as far as the socket takes it, and the rest as soon as it does.
    func flush() {
        guard !isClosed else { return }
        let (bytes, problem) = output.write(to: socket)
        count(bytes)
        guard problem == 0 || problem == EAGAIN || problem == EINTR else { return close() }
        ask()
    }

    private func count(_ bytes: Int) {
        sent += bytes
        loop.counters.bytesOut.add(bytes)
    }
}
