/// An address that is about to be connected to.
struct InternetAddress: Hashable {
    /// 4 of IPv4 or 16 of IPv6, in the order of the network.
    let bytes: [UInt8]

    /// Whether it is one of the public internet.
    ///
    /// What the registries of special addresses (RFC 6890, with what IANA added since) do not call globally reachable is
    /// not; and of IPv6 nothing but 2000::/3 is given out (RFC 4291, 2.4). An IPv6 address that stands for one of IPv4 is
    /// what that one is.
    var isPublic: Bool {
        if bytes.count == 4 { return !Self.special4.contains { $0.holds(bytes) } }
        guard bytes.count == 16 else { return false }
        if let stood = Self.standIns.first(where: { $0.block.holds(bytes) }) {
            return InternetAddress(bytes: Array(bytes[stood.place..<stood.place + 4])).isPublic
        }
        return Block([0x20], 3).holds(bytes) && !Self.special6.contains { $0.holds(bytes) }
    }

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

    private static let special4 = [
        Block([0], 8),  // this network, and 0.0.0.0: RFC 791, 3.2
        Block([10], 8), Block([172, 16], 12), Block([192, 168], 16),  // private: RFC 1918
        Block([100, 64], 10),  // shared by customers of a provider: RFC 6598
        Block([127], 8),  // this machine: RFC 1122, 3.2.1.3
        Block([169, 254], 16),  // this link, and the metadata of clouds at 169.254.169.254: RFC 3927
        Block([192, 0, 0], 24),  // protocol assignments: RFC 6890, 2.1
        Block([192, 0, 2], 24), Block([198, 51, 100], 24), Block([203, 0, 113], 24),  // documentation: RFC 5737
        Block([192, 88, 99], 24),  // what were relays of 6to4: RFC 7526
        Block([198, 18], 15),  // benchmarks: RFC 2544
        Block([224], 4),  // multicast: RFC 5771
        Block([240], 4),  // reserved, and 255.255.255.255: RFC 1112, RFC 919
    ]

    /// Within 2000::/3. Loopback, `::`, fc00::/7 (RFC 4193), fe80::/10 (RFC 4291), ff00::/8 (RFC 4291), 64:ff9b:1::/48
    /// (RFC 8215) and ::ffff:0:0:0/96 (RFC 2765) are outside of it.
    private static let special6 = [
        Block([0x20, 0x01], 23),  // protocol assignments: RFC 2928, with Teredo (RFC 4380) and benchmarks (RFC 5180)
        Block([0x20, 0x01, 0x0D, 0xB8], 32),  // documentation: RFC 3849
        Block([0x3F, 0xFF], 20),  // documentation: RFC 9637
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
    var description: String {
        if bytes.count == 4 { return bytes.map { "\($0)" }.joined(separator: ".") }
        let groups = stride(from: 0, to: bytes.count - 1, by: 2).map { Int(bytes[$0]) << 8 | Int(bytes[$0 + 1]) }
        if groups.dropLast().allSatisfy({ $0 == 0 }) { return "::" + (groups.last.map { String($0, radix: 16) } ?? "") }
        return groups.map { String($0, radix: 16) }.joined(separator: ":")
    }
}
