/// An address of the internet, IPv4 or IPv6.
public struct InternetAddress: Sendable, Hashable {
    /// Whom it belongs to.
    public enum Kind: Sendable, Hashable {
        /// Somebody on the public internet.
        case everybodys
        /// A network of its own.
        case ownNetwork
        /// This machine, its link, or nobody at all; also what goes to many at once.
        case special
        /// Set aside for documentation, for protocols, or not given out.
        case setAside
    }

    /// 4 of IPv4 or 16 of IPv6, in the order of the network.
    public let bytes: [UInt8]

    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// What the registries of special addresses (RFC 6890, with what IANA added since) do not call globally reachable is not
    /// everybody's; and of IPv6 nothing but 2000::/3 is given out (RFC 4291, 2.4). An IPv6 address that stands for one of IPv4
    /// is what that one is.
    public var kind: Kind {
        if bytes.count == 4 { return Self.table4.first { $0.block.holds(bytes) }?.kind ?? .everybodys }
        guard bytes.count == 16 else { return .setAside }
        if let stood = Self.standIns.first(where: { $0.block.holds(bytes) }) {
            return InternetAddress(bytes: Array(bytes[stood.place..<stood.place + 4])).kind
        }
        if let row = Self.table6.first(where: { $0.block.holds(bytes) }) { return row.kind }
        return Block([0x20], 3).holds(bytes) ? .everybodys : .setAside
    }

    /// Whether it is one of the public internet.
    public var isPublic: Bool { kind == .everybodys }

    /// The first bits of addresses.
    private struct Block {
        let start: [UInt8]
        let bits: Int

        init(_ start: [UInt8], _ bits: Int) {
            self.start = start
            self.bits = bits
        }

        func holds(_ address: [UInt8]) -> Bool {
            (0..<(bits + 7) / 8).allSatisfy { place in
                let kept = min(8, bits - place * 8)
                let mask = UInt8(truncatingIfNeeded: 0xFF << (8 - kept))
                return (place < start.count ? start[place] : 0) & mask == address[place] & mask
            }
        }
    }

    private static let table4: [(block: Block, kind: Kind)] = [
        (Block([0], 8), .special),  // this network, and 0.0.0.0: RFC 791, 3.2
        (Block([10], 8), .ownNetwork), (Block([172, 16], 12), .ownNetwork),  // RFC 1918
        (Block([192, 168], 16), .ownNetwork),  // RFC 1918
        (Block([100, 64], 10), .ownNetwork),  // shared by customers of a provider: RFC 6598
        (Block([127], 8), .special),  // this machine: RFC 1122, 3.2.1.3
        (Block([169, 254], 16), .special),  // this link, and the metadata of clouds at 169.254.169.254: RFC 3927
        (Block([192, 0, 0], 24), .setAside),  // protocol assignments: RFC 6890, 2.1
        (Block([192, 0, 2], 24), .setAside), (Block([198, 51, 100], 24), .setAside),  // documentation: RFC 5737
        (Block([203, 0, 113], 24), .setAside),  // documentation: RFC 5737
        (Block([192, 88, 99], 24), .setAside),  // what were relays of 6to4: RFC 7526
        (Block([198, 18], 15), .setAside),  // benchmarks: RFC 2544
        (Block([224], 4), .special),  // multicast: RFC 5771
        (Block([240], 4), .special),  // reserved, and 255.255.255.255: RFC 1112, RFC 919
    ]

    /// Outside of 2000::/3 there are also 64:ff9b:1::/48 (RFC 8215) and ::ffff:0:0:0/96 (RFC 2765), which nobody is given.
    private static let table6: [(block: Block, kind: Kind)] = [
        (Block([], 96), .special),  // `::`, `::1`, and what stood for IPv4 once: RFC 4291, 2.5
        (Block([0xFC], 7), .ownNetwork),  // RFC 4193
        (Block([0xFE, 0x80], 10), .special),  // this link: RFC 4291, 2.5.6
        (Block([0xFF], 8), .special),  // multicast: RFC 4291, 2.7
        (Block([0x20, 0x01], 23), .setAside),  // protocol assignments: RFC 2928, with Teredo and benchmarks
        (Block([0x20, 0x01, 0x0D, 0xB8], 32), .setAside),  // documentation: RFC 3849
        (Block([0x3F, 0xFF], 20), .setAside),  // documentation: RFC 9637
    ]

    /// Addresses with one of IPv4 in them, and where it stands.
    private static let standIns: [(block: Block, place: Int)] = [
        (Block([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 96), 12),  // mapped: RFC 4291, 2.5.5.2
        (Block([0, 0x64, 0xFF, 0x9B], 96), 12),  // NAT64: RFC 6052, 2.1
        (Block([0x20, 0x02], 16), 2),  // 6to4: RFC 3056
    ]
}

extension InternetAddress: CustomStringConvertible {
    /// `127.0.0.1`; IPv6 in eight groups, without the short form of zeros but for `::1`.
    public var description: String {
        if bytes.count == 4 { return bytes.map { "\($0)" }.joined(separator: ".") }
        let groups = stride(from: 0, to: bytes.count - 1, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        if groups.dropLast().allSatisfy({ $0 == 0 }) { return "::" + (groups.last.map { String($0, radix: 16) } ?? "") }
        return groups.map { String($0, radix: 16) }.joined(separator: ":")
    }
}
