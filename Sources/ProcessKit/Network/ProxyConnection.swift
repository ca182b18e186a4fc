import CLinux
import Glibc

/// One client of a proxy, from its request to the end of the conversation, on a thread of its own.
final class ProxyConnection: Sendable {
    private let client: Descriptor
    private let rules: ProxyRules

    /// Milliseconds: for the head of a request, and for a conversation in which nobody says anything.
    private static let patience: (head: Int32, silence: Int32) = (30_000, 300_000)

    init(_ client: consuming Descriptor, _ rules: ProxyRules) {
        self.client = client
        self.rules = rules
    }

    func serve() {
        sluice_block_sigpipe()
        _ = sluice_set_nonblocking(client.number)
        guard let (head, rest) = readHead() else { return }
        guard let request = ProxyRequest(head) else {
            return refuse("400 Bad Request", "Only HTTP requests and CONNECT pass this proxy.")
        }
        guard let addresses = rules.addresses(request.host, request.port) else {
            return refuse("403 Forbidden", "'workspace: network' does not allow \(request.host):\(request.port).")
        }
        for address in addresses {
            let server = address.connected()
            guard server.number >= 0 else { continue }
            return converse(with: server, request, rest)
        }
        refuse("502 Bad Gateway", "\(request.host):\(request.port) does not answer.")
    }

    private func converse(with server: borrowing Descriptor, _ request: ProxyRequest, _ rest: [UInt8]) {
        if request.head.isEmpty { send(Array("HTTP/1.1 200 Connection established\r\n\r\n".utf8), to: client.number) }
        send(request.head + rest, to: server.number)
        var forth = Flow(from: client.number, to: server.number)
        var back = Flow(from: server.number, to: client.number)
        while !forth.isOver || !back.isOver {
            var ready = [forth.interest, back.interest]
            guard poll(&ready, 2, Self.patience.silence) > 0 else { return }
            if ready[0].revents != 0 { forth.move() }
            if ready[1].revents != 0 { back.move() }
            if back.isOver { return }
        }
    }

    /// - Returns: the head, and what came behind it.
    private func readHead() -> (head: [UInt8], rest: [UInt8])? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        let end: [UInt8] = [13, 10, 13, 10]
        while bytes.count < ProxyRequest.longest {
            var ready = pollfd(fd: client.number, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, Self.patience.head) == 1 else { return nil }
            let count = recv(client.number, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
            if let range = bytes.firstRange(of: end) {
                return (Array(bytes[..<range.upperBound]), Array(bytes[range.upperBound...]))
            }
        }
        return nil
    }

    private func refuse(_ status: String, _ sentence: String) {
        let body = "Sluice: \(sentence)\n"
        let head = [
            "HTTP/1.1 \(status)", "Content-Type: text/plain; charset=utf-8", "Content-Length: \(body.utf8.count)",
        ]
        send(Array((head + ["Connection: close", "", body]).joined(separator: "\r\n").utf8), to: client.number)
    }

    private func send(_ bytes: [UInt8], to socket: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else {
                var ready = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
                guard errno == EAGAIN, poll(&ready, 1, Self.patience.head) == 1 else { return }
            }
        }
    }
}

/// Bytes on their way from one socket to another; what the other does not take yet is held, and no more is read.
private struct Flow {
    private let source: Int32
    private let target: Int32
    private var held: ArraySlice<UInt8> = []
    private(set) var isOver = false

    init(from source: Int32, to target: Int32) {
        self.source = source
        self.target = target
    }

    /// What is waited for.
    var interest: pollfd {
        guard !isOver else { return pollfd(fd: -1, events: 0, revents: 0) }
        return held.isEmpty
            ? pollfd(fd: source, events: Int16(POLLIN), revents: 0)
            : pollfd(fd: target, events: Int16(POLLOUT), revents: 0)
    }

    mutating func move() {
        if held.isEmpty { read() }
        guard !held.isEmpty else { return }
        let count = held.withUnsafeBytes { send(target, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count > 0 {
            held = held.dropFirst(count)
        } else if errno != EAGAIN {
            isOver = true
        }
    }

    private mutating func read() {
        var buffer = [UInt8](repeating: 0, count: 1 << 14)
        let count = recv(source, &buffer, buffer.count, 0)
        if count > 0 {
            held = buffer[..<count]
        } else if count == 0 || errno != EAGAIN {
            isOver = true
            shutdown(target, Int32(SHUT_WR))
        }
    }
}
