import Glibc

/// One client of the run.
final class Follower {
    enum Phase {
        case away
        /// The request is sent.
        case asking
        case following
        /// Reads nothing for now.
        case waiting
        case over
    }

    let group: Group
    private let order: Order
    private(set) var phase = Phase.away
    private(set) var connection: Connection?
    private(set) var tally = Tally()
    /// The close code, or in words what the stream ended with.
    private(set) var ending: String?
    /// How often it came.
    private(set) var visits = 0
    /// Whether a server ever gave it the stream.
    private(set) var hasOpened = false
    private var incoming = Incoming()
    /// Messages of this visit.
    private var taken = 0
    /// When it came; milliseconds.
    private var arrival = 0

    init(_ group: Group, _ order: Order) {
        self.group = group
        self.order = order
    }

    /// Connects, and asks for the stream behind what it has.
    func come() {
        visits += 1
        taken = 0
        arrival = Crowd.clock()
        incoming = Incoming()
        connection = Connection(order.port, buffer: group.manner == .silent ? order.buffer : nil)
        guard let connection else { return end(String(cString: strerror(errno))) }
        phase = .asking
        connection.send(Request.opening(group.form, of: order.run, on: order.port, after: tally.last ?? 0))
    }

    /// Begins to read, if it waited for that.
    func read() {
        guard phase == .waiting else { return }
        phase = .following
        connection?.widen()
    }

    /// Takes what the system has for it.
    func receive(into buffer: UnsafeMutableRawBufferPointer) {
        guard let connection else { return }
        let count = recv(connection.number, buffer.baseAddress, buffer.count, 0)
        guard count > 0 else {
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            return end(count == 0 ? "end" : String(cString: strerror(errno)))
        }
        incoming.take(UnsafeRawBufferPointer(rebasing: buffer[..<count]), next)
    }

    /// Takes the first message of what has come.
    private func next(_ bytes: UnsafeRawBufferPointer) -> Int? {
        let found: (message: Message, count: Int)? =
            switch phase {
            case .asking: Message.head(in: bytes)
            case .following, .waiting:
                group.form == .events ? Message.block(in: bytes) : Message.frame(in: bytes, of: group.form)
            case .away, .over: nil
            }
        if let found { take(found.message) }
        return found?.count
    }

    private func take(_ message: Message) {
        switch message {
        case .head(let status): begin(status)
        case .event(let sequence): take(sequence)
        case .ping(let payload): connection?.send(Request.pong(payload))
        case .closed(let code):
            connection?.send(Request.close(code))
            end("\(code)")
        case .other: break
        }
    }

    private func begin(_ status: Int) {
        guard status == (group.form == .events ? 200 : 101) else { return end("HTTP \(status)") }
        hasOpened = true
        phase = group.manner == .silent ? .waiting : .following
    }

    /// Who is restless leaves before the first message of another event, so that it has all of the one before.
    private func take(_ sequence: Int) {
        if group.manner == .restless, sequence != tally.last, hasHadEnough { return leave() }
        tally.take(sequence, isShared: group.form == .retrai)
        taken += 1
    }

    private var hasHadEnough: Bool { taken >= order.most || Crowd.clock() - arrival >= order.stay }

    private func leave() {
        connection?.reset()
        connection = nil
        phase = .away
    }

    private func end(_ ending: String) {
        connection?.close()
        connection = nil
        self.ending = ending
        phase = .over
    }
}
