import CCrypto

/// SHA-256, for names and for telling whether something is what it was.
enum SHA256 {
    /// The 32 bytes for the parts, one after the other.
    static func digest(of parts: [[UInt8]]) -> [UInt8] {
        let hash = sluice_sha256_new()
        for part in parts { sluice_digest_add(hash, part, part.count) }
        return [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            buffer.baseAddress.map { sluice_digest_end(hash, $0) }
            count = 32
        }
    }
}
