import Glibc

/// The address of the other side, without its port.
struct PeerAddress: Hashable, Sendable {
    /// The bytes of an IPv6 address, the first the highest.
    private let high: UInt64
    private let low: UInt64

    /// - Parameter bytes: 16 bytes; an IPv4 address is mapped into them (RFC 4291, section 2.5.5.2).
    init(_ bytes: [UInt8]) {
        high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = bytes[8..<16].reduce(0) { $0 << 8 | UInt64($1) }
    }

    private var isMapped: Bool { high == 0 && low >> 32 == 0xFFFF }

    /// `127.0.0.1`, or `::1`
    var text: String {
        let bytes = [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * $0)) } }
        if isMapped { return bytes[12...].map(String.init).joined(separator: ".") }
        var name = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(AF_INET6, bytes, &name, socklen_t(name.count))
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
