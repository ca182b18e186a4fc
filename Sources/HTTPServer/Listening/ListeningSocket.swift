import CLinux
import Glibc

/// A socket that listens; closed when it is let go.
final class ListeningSocket: Sendable {
    let number: Int32
    let port: Int

    /// - Throws: a sentence that names the address: in use, not of this machine, no such name.
    init(host: String, port: Int) throws(ListenerError) {
        guard (0...0xFFFF).contains(port) else {
            throw ListenerError("A port is a number from 0 to 65535, but this one is \(port).")
        }
        number = try Self.listen(host, port)
        self.port = Int(sluice_port(number))
    }

    deinit { close(number) }

    private static func listen(_ host: String, _ port: Int) throws(ListenerError) -> Int32 {
        var first: UnsafeMutablePointer<addrinfo>?
        var wish = addrinfo()
        wish.ai_socktype = Int32(SOCK_STREAM.rawValue)
        wish.ai_flags = AI_PASSIVE
        let problem = getaddrinfo(host, String(port), &wish, &first)
        guard problem == 0 else {
            throw ListenerError("The host '\(host)' is not known: \(String(cString: gai_strerror(problem))).")
        }
        defer { freeaddrinfo(first) }
        var result = -EADDRNOTAVAIL
        for address in sequence(first: first, next: { $0?.pointee.ai_next }) {
            guard let address, let bytes = address.pointee.ai_addr else { break }
            result = sluice_listen(bytes, address.pointee.ai_addrlen)
            if result >= 0 { return result }
        }
        throw refusal(host, port, -result)
    }

    private static func refusal(_ host: String, _ port: Int, _ code: Int32) -> ListenerError {
        let place = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        return switch code {
        case EADDRINUSE: ListenerError("\(place) is in use by another program; choose another port, or end that one.")
        case EADDRNOTAVAIL: ListenerError("'\(host)' is no address of this machine.")
        case EACCES: ListenerError("Only root may listen on \(place); choose a port from 1024 on.")
        default: ListenerError("Cannot listen on \(place): \(String(cString: strerror(code))).")
        }
    }
}
