internal import CCrypto
import PipelineKit

/// The SHA-256 of some bytes.
public struct Digest: Sendable, Hashable {
    /// 32 bytes.
    public let bytes: [UInt8]

    /// Takes a digest as it was stored; `nil` unless it has 32 bytes.
    public init?(stored bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    init(zeroes: Void) { bytes = Array(repeating: 0, count: 32) }

    public init(of content: [UInt8]) {
        bytes = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            buffer.baseAddress.map { sluice_sha256(content, content.count, $0) }
            count = 32
        }
    }

    /// The digest of the parts, one after the other.
    public init(of parts: [[UInt8]]) {
        bytes = [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            let hash = sluice_sha256_new()
            for part in parts { sluice_digest_add(hash, part, part.count) }
            buffer.baseAddress.map { sluice_digest_end(hash, $0) }
            count = 32
        }
    }
}

extension Digest: CustomStringConvertible {
    /// 64 lower-case hexadecimal digits.
    public var description: String { bytes.hexadecimal }

    /// Reads 64 hexadecimal digits.
    public init?(_ hexadecimal: String) {
        let digits = Array(hexadecimal.utf8)
        guard digits.count == 64 else { return nil }
        let pairs = stride(from: 0, to: 64, by: 2).map {
            UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
        self.init(stored: pairs.compactMap(\.self))
    }
}
