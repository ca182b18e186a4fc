import CZlib
import Glibc

/// Compresses one thing after the other; zlib, RFC 1950.
struct Deflater: ~Copyable {
    /// On the heap, as the library keeps its address.
    private let stream: UnsafeMutablePointer<z_stream>

    init() throws(FileFault) {
        stream = .allocate(capacity: 1)
        guard sluice_deflate_begin(stream, Z_BEST_SPEED) == Z_OK else {
            stream.deallocate()
            throw .system(ENOMEM)
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// The two parts, as if they were one.
    mutating func compress(_ header: [UInt8], _ content: [UInt8]) throws(FileFault) -> [UInt8] {
        let bound = Int(deflateBound(stream, uLong(header.count + content.count)))
        var status = Z_OK
        let bytes = [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            stream.pointee.next_out = output.baseAddress
            stream.pointee.avail_out = uInt(output.count)
            status = Self.feed(stream, header, Z_NO_FLUSH)
            if status == Z_OK { status = Self.feed(stream, content, Z_FINISH) }
            count = output.count - Int(stream.pointee.avail_out)
        }
        guard status == Z_STREAM_END, deflateReset(stream) == Z_OK else { throw .system(EINVAL) }
        return bytes
    }

    private static func feed(_ stream: UnsafeMutablePointer<z_stream>, _ bytes: [UInt8], _ flush: Int32) -> Int32 {
        bytes.withUnsafeBufferPointer { input in
            // The library does not write to what it reads; its declaration is older than `const`.
            stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.pointee.avail_in = uInt(input.count)
            return deflate(stream, flush)
        }
    }
}
