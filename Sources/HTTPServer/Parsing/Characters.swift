/// Which bytes may stand where in a head.
enum Characters {
    /// RFC 9110, section 5.6.2.
    static func isOfToken(_ byte: UInt8) -> Bool { byte < 128 && token[Int(byte)] }

    /// RFC 9110, section 5.5: visible characters, bytes above ASCII, space and tab.
    static func isOfValue(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

    /// Letters, digits and what stands in names, IPv6 addresses and ports; RFC 3986, section 3.2.2, without the
    /// characters that no host has.
    static func isOfHost(_ byte: UInt8) -> Bool { byte < 128 && host[Int(byte)] }

    private static let token = table("!#$%&'*+-.^_`|~")
    private static let host = table("-._~:[]%")

    /// For each byte of ASCII, whether it is a letter, a digit, or one of these.
    private static func table(_ others: String) -> [Bool] {
        (UInt8(0)..<128).map { isAlphanumeric($0) || others.utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
