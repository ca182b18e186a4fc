import CLinux
import Glibc
import PipelineKit

/// An address of the internet, with its port.
struct Address {
    private var storage: sockaddr_storage
    private var size: socklen_t

    /// What a name stands for, as the system resolves it; none for a name nobody knows.
    static func all(of host: String, port: Int) -> [Address] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, "\(port)", &hints, &found) == 0 else { return [] }
        defer { freeaddrinfo(found) }
        return sequence(first: found) { $0?.pointee.ai_next }.prefix { $0 != nil }.compactMap {
            $0.flatMap(Address.init)
        }
    }

    private init?(_ info: UnsafeMutablePointer<addrinfo>) {
        guard let address = info.pointee.ai_addr, [AF_INET, AF_INET6].contains(info.pointee.ai_family) else {
            return nil
        }
        storage = sockaddr_storage()
        size = info.pointee.ai_addrlen
        withUnsafeMutableBytes(of: &storage) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: Int(info.pointee.ai_addrlen)))
        }
    }

    /// A socket that is connected within ten seconds; -1 when there is no answer.
    func connected() -> Descriptor {
        let number = socket(Int32(storage.ss_family), Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        let descriptor = Descriptor(number)
        guard number >= 0 else { return Descriptor() }
        _ = sluice_set_nonblocking(number)
        let result = withUnsafePointer(to: storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(number, $0, size) }
        }
        guard result == 0 || errno == EINPROGRESS else { return Descriptor() }
        var ready = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
        guard poll(&ready, 1, 10_000) == 1 else { return Descriptor() }
        var problem: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        getsockopt(number, SOL_SOCKET, SO_ERROR, &problem, &length)
        return problem == 0 ? descriptor : Descriptor()
    }

    /// Whom it belongs to.
    var kind: InternetAddress.Kind { InternetAddress(bytes: bytes).kind }

    private var bytes: [UInt8] {
        withUnsafeBytes(of: storage) { raw in
            Int32(storage.ss_family) == AF_INET ? Array(raw[4..<8]) : Array(raw[8..<24])
        }
    }
}
