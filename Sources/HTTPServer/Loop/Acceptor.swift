import CLinux
import Glibc

/// Takes connections in, as many as are allowed.
final class Acceptor {
    private let socket: ListeningSocket
    private let settings: ListenerSettings
    private let counters: Counters
    private let silence: UInt32
    private var perAddress: [PeerAddress: Int] = [:]
    /// Kept to be given up when there is no other descriptor: a connection that cannot be taken in can be told so.
    private var spare = Acceptor.openSpare()
    private var isStopped = false

    /// Connections that are taken in at once, before those that are open have their turn.
    private static let batch = 64
    /// Connections that are told they are too many, and may take their time to read it.
    private static let mostRefused = 64

    init(_ socket: ListeningSocket, _ settings: ListenerSettings, _ counters: Counters) {
        self.socket = socket
        self.settings = settings
        self.counters = counters
        silence = UInt32(clamping: settings.stallTimeout.milliseconds)
    }

    deinit { if spare >= 0 { close(spare) } }

    func stop(_ poller: Poller) {
        isStopped = true
        poller.remove(socket.number)
        // Who still comes is refused by the system, as soon as nobody listens.
        shutdown(socket.number, Int32(SHUT_RDWR))
    }

    func accept(into loop: EventLoop) {
        var bytes = [UInt8](repeating: 0, count: 16)
        for _ in 0..<Self.batch where !isStopped {
            let number = sluice_accept(socket.number, silence, &bytes)
            if number == -EMFILE || number == -ENFILE {
                guard refuseWithSpare() else { return }
                continue
            }
            guard number >= 0 else { return }
            take(number, PeerAddress(bytes), loop)
        }
    }

    /// The connection is not there any more.
    func forget(_ peer: PeerAddress) {
        if spare < 0 { spare = Self.openSpare() }
        guard let count = perAddress[peer] else { return }
        perAddress[peer] = count > 1 ? count - 1 : nil
    }

    private func take(_ number: Int32, _ peer: PeerAddress, _ loop: EventLoop) {
        let isTooMany =
            loop.count >= settings.maxConnections || perAddress[peer, default: 0] >= settings.maxConnectionsPerAddress
        guard loop.count < settings.maxConnections + Self.mostRefused else { return refuse(number) }
        perAddress[peer, default: 0] += 1
        counters.accepted.add(1)
        if isTooMany { counters.refused.add(1) }
        loop.add(number, peer) { connection -> any Role in
            if isTooMany { RefusingRole(connection) } else { HTTPRole(connection) }
        }
    }

    private static func openSpare() -> Int32 { open("/dev/null", O_RDONLY | O_CLOEXEC) }

    private func refuse(_ number: Int32) {
        counters.refused.add(1)
        _ = sluice_send(number, RefusingRole.response, RefusingRole.response.count)
        close(number)
    }

    private func refuseWithSpare() -> Bool {
        guard spare >= 0 else { return false }
        close(spare)
        var bytes = [UInt8](repeating: 0, count: 16)
        let number = sluice_accept(socket.number, silence, &bytes)
        if number >= 0 { refuse(number) }
        spare = Self.openSpare()
        return number >= 0
    }
}
