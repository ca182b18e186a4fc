import CLinux
import Glibc

/// A socket to a server on this machine. It is closed by whoever made it.
struct Connection {
    let number: Int32

    /// - Parameter buffer: Bytes that the system keeps for who does not read; `nil` for the usual.
    /// - Returns: `nil` where nobody listens, with the reason in `errno`.
    init?(_ port: Int, buffer: Int?) {
        number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if let buffer { set(SOL_SOCKET, SO_RCVBUF, Int32(buffer)) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let result = withUnsafeBytes(of: &address) { bytes in
            connect(number, bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
        guard result == 0 else {
            let problem = errno
            Glibc.close(number)
            errno = problem
            return nil
        }
        _ = sluice_set_nonblocking(number)
    }

    /// What a follower sends is so little that a socket which still lives always takes it.
    func send(_ bytes: [UInt8]) { _ = sluice_send(number, bytes, bytes.count) }

    func close() { Glibc.close(number) }

    /// Ends the connection as a process that is killed does: by a reset.
    func reset() {
        set(SOL_SOCKET, SO_LINGER, linger(l_onoff: 1, l_linger: 0))
        close()
    }

    /// Gives a small buffer the usual size: a sender that waits for half of the largest window it has seen sends little
    /// into a small one, and only when its timer asks.
    func widen() {
        set(SOL_SOCKET, SO_RCVBUF, Int32(1 << 20))
        set(Int32(IPPROTO_TCP), TCP_WINDOW_CLAMP, Int32(0xFFFF))
    }

    private func set(_ level: Int32, _ option: Int32, _ value: some BitwiseCopyable) {
        withUnsafeBytes(of: value) { bytes in
            _ = setsockopt(number, level, option, bytes.baseAddress, socklen_t(bytes.count))
        }
    }
}
