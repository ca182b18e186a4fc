import CLinux
import Glibc
import PipelineKit
import Synchronization

/// The way out of a sandbox: an HTTP proxy that lets through what its list allows, and notes all that was asked.
///
/// It listens inside of the sandbox and connects from outside. It ends with this object; connections that are open go
/// on until one side closes them, which the end of the command does.
final class NetworkProxy: Sendable {
    let port: Int
    let log = NetworkLog()
    /// Its other end tells the listening thread that this is gone.
    private let life: Descriptor

    /// - Parameter listener: A socket that listens inside of the sandbox.
    init(_ listener: consuming Descriptor, hosts: [HostPattern]) throws(Failure) {
        port = Int(sluice_port(listener.number))
        let ends = try Descriptor.pipe()
        let entrance = ProxyEntrance(listener, until: ends.first.number, ProxyRules(hosts: hosts, log: log))
        life = ends.takeSecond()
        try BlockingThread.start { entrance.serve() }
    }
}

/// Takes in the connections of one proxy, on a thread of its own.
private final class ProxyEntrance: Sendable {
    private let listener: Descriptor
    private let end: Descriptor
    private let rules: ProxyRules
    private let open = Mutex(0)

    /// Connections at once; others wait to be taken in.
    private static let most = 64

    init(_ listener: consuming Descriptor, until end: Int32, _ rules: ProxyRules) {
        self.listener = listener
        self.end = Descriptor(dup(end))
        self.rules = rules
    }

    func serve() {
        while true {
            let isFull = open.withLock { $0 >= Self.most }
            var ready = [
                pollfd(fd: end.number, events: Int16(POLLIN), revents: 0),
                pollfd(fd: isFull ? -1 : listener.number, events: Int16(POLLIN), revents: 0),
            ]
            _ = poll(&ready, 2, isFull ? 20 : -1)
            if ready[0].revents != 0 { return }
            if ready[1].revents != 0 { takeIn() }
        }
    }

    private func takeIn() {
        let number = accept(listener.number, nil, nil)
        guard number >= 0 else {
            _ = poll(nil, 0, 20)  // out of descriptors, or gone again
            return
        }
        let client = ProxyConnection(Descriptor(number), rules)
        open.withLock { $0 += 1 }
        do throws(Failure) {
            try BlockingThread.start {
                client.serve()
                self.open.withLock { $0 -= 1 }
            }
        } catch {
            open.withLock { $0 -= 1 }
        }
    }
}

/// What a proxy lets through.
struct ProxyRules: Sendable {
    let hosts: [HostPattern]
    let log: NetworkLog

    /// Where a client may be connected to: the addresses of a host that is allowed.
    ///
    /// What a name stands for is looked at, too: a host that is allowed is no way to this machine's own services, nor, by
    /// a wildcard, to a private network. An address that is named as such is meant.
    ///
    /// - Returns: none for a host that is allowed and has no address; `nil` for one that is not allowed.
    func addresses(_ host: String, _ port: Int) -> [Address]? {
        let patterns = hosts.filter { $0.matches(host, port: port) }
        guard !patterns.isEmpty else { return refuse(host, port) }
        let all = Address.all(of: host, port: port)
        let isLiteral = host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
        let isExact = patterns.contains { !$0.isWildcard }
        let reachable = isLiteral ? all : all.filter { $0.kind != .special && (isExact || $0.kind != .ownNetwork) }
        guard !reachable.isEmpty || all.isEmpty else { return refuse(host, port) }
        log.note(host, port, isAllowed: true)
        return reachable
    }

    private func refuse(_ host: String, _ port: Int) -> [Address]? {
        log.note(host, port, isAllowed: false)
        return nil
    }
}
