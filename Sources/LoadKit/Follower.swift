import Glibc

/// One client of the run.
public final class Follower {
    enum Phase {
        case away
        /// The request is sent.
        case asking
        case following
        /// Reads nothing for now.
        case waiting
        case over
    }

    public let group: Group
    private let plan: CrowdPlan
    /// Of those that read as soon as something comes.
    private let delays: Delays?
    private(set) var phase = Phase.away
    private(set) var connection: Connection?
    public private(set) var tally = Tally()
    /// The close code, or in words what the stream ended with.
    public private(set) var ending: String?
    /// How often it came.
    public private(set) var visits = 0
    /// Whether a server ever gave it the stream.
    public private(set) var hasOpened = false
    private var incoming = Incoming()
    /// Messages of this visit.
    private var taken = 0
    /// When it came; milliseconds.
    private var arrival = 0
    /// When the bytes came that are being taken; nanoseconds.
    private var now = 0

    init(_ group: Group, _ plan: CrowdPlan, _ delays: Delays) {
        self.group = group
        self.plan = plan
        self.delays = plan.isTimed && group.manner != .silent ? delays : nil
    }

    /// Connects, and asks for the stream behind what it has.
    func come() {
        visits += 1
        taken = 0
        arrival = MonotonicClock.milliseconds
        incoming = Incoming()
        connection = Connection(plan.port, buffer: group.manner == .silent ? plan.buffer : nil)
        guard let connection else { return end(String(cString: strerror(errno))) }
        phase = .asking
        connection.send(Request.opening(group.form, of: plan.run, on: plan.port, after: tally.last ?? 0))
    }

    /// Begins to read, if it waited for that.
    func read() {
        guard phase == .waiting else { return }
        phase = .following
        connection?.widen()
    }

    /// Takes what the system has for it.
    func receive(from sockets: Readable) {
        guard let connection else { return }
        do throws(Readable.Ending) {
            guard let bytes = try sockets.receive(connection.number) else { return }
            now = MonotonicClock.nanoseconds
            incoming.take(bytes, next)
        } catch {
            leaveOrEnd(error.words)
        }
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
        case .event(let sequence, let text): take(sequence, text)
        case .ping(let payload): connection?.send(Request.pong(payload))
        case .closed(let code):
            connection?.send(Request.close(code))
            leaveOrEnd("\(code)")
        case .other: break
        }
    }

    private func begin(_ status: Int) {
        guard status == (group.form == .events ? 200 : 101) else { return end("HTTP \(status)") }
        hasOpened = true
        phase = group.manner == .silent ? .waiting : .following
    }

    /// Who is restless leaves before the first message of another event, so that it has all of the one before.
    private func take(_ sequence: Int, _ text: UnsafeRawBufferPointer) {
        if group.manner == .restless, sequence != tally.last, hasHadEnough { return leave() }
        tally.take(sequence, isShared: group.form == .retrai)
        delays?.take(text, at: now)
        taken += 1
    }

    private var hasHadEnough: Bool { taken >= plan.most || MonotonicClock.milliseconds - arrival >= plan.stay }

    /// Goes away without a word.
    func leave() {
        connection?.reset()
        connection = nil
        phase = .away
    }

    /// Who reads comes back when it was cut off, as the guide says; of a response the end alone does not tell.
    private func leaveOrEnd(_ ending: String) {
        let wasCutOff = ending == "1013" || (group.form == .events && ending == "end" && taken > 0)
        guard wasCutOff, group.manner != .silent else { return end(ending) }
        connection?.close()
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
