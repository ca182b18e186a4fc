import CCrypto

/// How a server shows that it has read the client's key; RFC 6455, section 4.2.2.
enum AcceptKey {
    private static let suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Whether a text is 16 bytes in base64; RFC 4648, section 4. Bits that no byte needs may be anything.
    static func isKey(_ text: String) -> Bool {
        text.utf8.count == 24 && text.hasSuffix("==") && text.utf8.prefix(22).allSatisfy(alphabet.contains)
    }

    static func answer(to key: String) -> String { base64(sha1(Array((key + suffix).utf8))) }

    private static func sha1(_ bytes: [UInt8]) -> [UInt8] {
        let hash = sluice_sha1_new()
        sluice_digest_add(hash, bytes, bytes.count)
        var digest = [UInt8](repeating: 0, count: 20)
        sluice_digest_end(hash, &digest)
        return digest
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let groups = stride(from: 0, to: bytes.count, by: 3).flatMap { start in
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
            let digits = [18, 12, 6, 0].map { alphabet[Int(bits >> UInt32($0)) & 63] }
            return digits.prefix(group.count + 1) + [UInt8](repeating: UInt8(ascii: "="), count: 3 - group.count)
        }
        return String(decoding: groups, as: UTF8.self)
    }
}
