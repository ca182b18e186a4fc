internal import CCrypto
import PipelineKit

/// The SHA-256 of some bytes.
public struct Digest: Sendable, Hashable {
    /// The 32 bytes as they stand in memory; no array, as histories hold thousands.
    private var words = Words()

    private struct Words: Sendable, Hashable {
        var (a, b, c, d): (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    }

    /// 32 bytes.
    public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

    /// Hands the 32 bytes to `read`, for as long as it reads.
    public func withUnsafeBytes<Value>(_ read: (UnsafeRawBufferPointer) -> Value) -> Value {
        Swift.withUnsafeBytes(of: words, read)
    }

    /// Takes a digest as it was stored; `nil` unless it has 32 bytes.
    public init?(stored bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: bytes) }
    }

    public init?(stored bytes: [UInt8]) {
        guard let digest = bytes.withUnsafeBytes(Digest.init(stored:)) else { return nil }
        self = digest
    }

    init(zeroes: Void) {}

    /// Has the first digest take no longer than those that follow; who does this beside other work has its time back.
    public static func prepare() { sluice_crypto_open() }

    public init(of content: [UInt8]) { self = content.withUnsafeBytes(Digest.init(bytes:)) }

    init(bytes content: UnsafeRawBufferPointer) {
        withUnsafeMutableBytes(of: &words) { words in
            if let start = words.baseAddress { sluice_sha256(content.baseAddress, content.count, start) }
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
