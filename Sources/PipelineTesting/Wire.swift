import Glibc
import HTTPKit
import PipelineKit
import Synchronization

/// A connection to a port of this machine, for threads that may block; one thread reads at a time.
final class Wire: Sendable {
    /// What a WebSocket brought.
    enum Message: Sendable {
        case text(String)
        case close(Int)
    }

    private let socket: Int32
    /// What has come and was not taken.
    private let buffer = Mutex<[UInt8]>([])

    /// Milliseconds after which a test gives up waiting.
    private static let patience: Int32 = 60_000

    init(port: Int) throws(Failure) {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = withUnsafeBytes(of: &address) { [socket] bytes in
            connect(socket, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        guard result == 0 else { throw Failure(.unavailable, "Nobody listens on port \(port).") }
    }

    deinit { close(socket) }

    /// Whoever reads finds the end.
    func leave() { shutdown(socket, Int32(SHUT_RDWR)) }

    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }

    // MARK: - HTTP

    func response() throws(Failure) -> HTTPResponse {
        let (status, fields) = try head()
        return HTTPResponse(status, headers: fields, body: body(fields))
    }

    func head() throws(Failure) -> (HTTPStatus, HTTPHeaders) {
        let first = line() ?? ""
        guard first.hasPrefix("HTTP/1.1 "), let status = Int(first.dropFirst(9).prefix(3)) else {
            throw Failure(.unavailable, "The answer begins with '\(first)'.")
        }
        var fields = HTTPHeaders()
        while let line = line(), !line.isEmpty {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields.append(String(line[..<colon]), line[line.index(after: colon)...].trimmed)
        }
        return (HTTPStatus(status), fields)
    }

    func body(_ fields: HTTPHeaders) -> [UInt8] { fields["content-length"].flatMap(Int.init).map(take) ?? [] }

    /// The data of the next event; `nil` at the end.
    func event() -> String? {
        while let line = line() {
            if line.hasPrefix("data: ") { return String(line.dropFirst(6)) }
        }
        return nil
    }

    // MARK: - WebSocket

    /// The next message; pings are left alone, so that a server ends a stream in which nothing is said.
    func message() -> Message? {
        while true {
            let head = take(2)
            guard head.count == 2 else { return nil }
            let count =
                switch head[1] {
                case 126: Self.number(take(2))
                case 127: Self.number(take(8))
                default: Int(head[1])
                }
            let payload = take(count)
            switch head[0] & 0x0F {
            case 0x1: return .text(String(decoding: payload, as: UTF8.self))
            case 0x8: return .close(Self.number(payload.prefix(2)))
            default: continue
            }
        }
    }

    private static func number(_ bytes: some Sequence<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    // MARK: - Bytes

    /// The next line without its end; `nil` when nothing more comes.
    private func line() -> String? {
        buffer.withLock { bytes in
            while true {
                if let end = bytes.firstIndex(of: 0x0A) {
                    let line = bytes[..<end]
                    defer { bytes.removeFirst(end + 1) }
                    return String(decoding: line.last == 0x0D ? line.dropLast() : line, as: UTF8.self)
                }
                guard receive(into: &bytes) else { return nil }
            }
        }
    }

    /// So many bytes; fewer when nothing more comes.
    private func take(_ count: Int) -> [UInt8] {
        buffer.withLock { bytes in
            while bytes.count < count, receive(into: &bytes) {}
            defer { bytes.removeFirst(min(count, bytes.count)) }
            return Array(bytes.prefix(count))
        }
    }

    private func receive(into bytes: inout [UInt8]) -> Bool {
        var ready = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, Self.patience) > 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(socket, &buffer, buffer.count, 0)
        bytes += buffer.prefix(max(count, 0))
        return count > 0
    }
}
