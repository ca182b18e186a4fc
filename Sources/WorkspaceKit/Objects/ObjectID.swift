import CCrypto
import Glibc
import PipelineKit

/// The name of a git object: the SHA-1 of its kind, its size and its content.
struct ObjectID: Sendable, Hashable {
    /// The twenty bytes, in order.
    private let high: UInt64
    private let middle: UInt64
    private let low: UInt32

    static let count = 20

    /// - Parameter bytes: At least twenty; the rest is not looked at.
    init(_ bytes: UnsafeRawBufferPointer) {
        high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
        middle = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        low = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
    }

    /// Reads forty hexadecimal digits, in lower case as git writes them.
    init?(_ hexadecimal: String) {
        let digits = Array(hexadecimal.utf8).compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
            default: nil
            }
        }
        guard digits.count == 2 * Self.count, hexadecimal.utf8.count == digits.count else { return nil }
        let bytes = (0..<Self.count).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] }
        self = bytes.withUnsafeBytes { ObjectID($0) }
    }

    /// The object that a kind and a content make.
    init(_ kind: ObjectKind, _ content: [UInt8]) {
        let hash = ObjectHash(kind, size: content.count)
        content.withUnsafeBytes { hash.add($0) }
        self = hash.end()
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.count)
        withUnsafeBytes(of: high.bigEndian) { bytes += $0 }
        withUnsafeBytes(of: middle.bigEndian) { bytes += $0 }
        withUnsafeBytes(of: low.bigEndian) { bytes += $0 }
        return bytes
    }

    var hexadecimal: String { bytes.hexadecimal }

    /// `ab/cdef…`, below a directory of objects, and ended by NUL; gitrepository-layout(5).
    var path: [CChar] {
        let digits = hexadecimal.utf8.map(CChar.init(bitPattern:))
        return Array(digits[..<2]) + [CChar(bitPattern: UInt8(ascii: "/"))] + Array(digits[2...]) + [0]
    }

    static let emptyBlob = ObjectID(.blob, [])
}

/// What an object is, as far as snapshots have them.
enum ObjectKind: String, Sendable {
    case blob
    case tree

    /// What stands before the content of an object: `blob 12` and NUL.
    func header(size: Int) -> [UInt8] { Array("\(rawValue) \(size)".utf8) + [0] }
}

/// The name of an object, worked out while its content goes by.
struct ObjectHash: ~Copyable {
    private let hash: OpaquePointer

    init(_ kind: ObjectKind, size: Int) {
        hash = sluice_sha1_new()
        let header = kind.header(size: size)
        sluice_digest_add(hash, header, header.count)
    }

    deinit { _ = Self.end(hash) }

    func add(_ bytes: UnsafeRawBufferPointer) { sluice_digest_add(hash, bytes.baseAddress, bytes.count) }

    consuming func end() -> ObjectID {
        let id = Self.end(hash)
        discard self
        return id
    }

    private static func end(_ hash: OpaquePointer) -> ObjectID {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 1) { buffer in
            buffer.baseAddress.map { sluice_digest_end(hash, $0.assumingMemoryBound(to: UInt8.self)) }
            return ObjectID(UnsafeRawBufferPointer(buffer))
        }
    }
}
