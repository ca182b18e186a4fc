import CZlib
import Glibc

/// Decompresses a file piece by piece, so that its size does not matter; zlib, RFC 1950.
struct Inflater: ~Copyable {
    /// On the heap, as the library keeps its address.
    private let stream: UnsafeMutablePointer<z_stream>

    private init() throws(FileFault) {
        stream = .allocate(capacity: 1)
        guard sluice_inflate_begin(stream) == Z_OK else {
            stream.deallocate()
            throw .system(ENOMEM)
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Lends the content of a file, a piece at a time.
    ///
    /// - Throws: EBADMSG when the file is not what zlib wrote, from its first byte to its last.
    static func pieces(
        of file: Descriptor,
        _ body: (UnsafeRawBufferPointer) throws(FileFault) -> Void
    ) throws(FileFault) {
        let inflater = try Inflater()
        let buffers = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * piece, alignment: 16)
        defer { buffers.deallocate() }
        let input = UnsafeMutableRawBufferPointer(rebasing: buffers[..<piece])
        let output = UnsafeMutableRawBufferPointer(rebasing: buffers[piece...])
        var status = Z_OK
        while true {
            let count = try file.read(into: input)
            // Something after the end is as wrong as an end that does not come.
            guard (count == 0) == (status == Z_STREAM_END) else { throw .damaged }
            guard count > 0 else { return }
            status = try inflater.inflate(UnsafeMutableRawBufferPointer(rebasing: input[..<count]), output, body)
        }
    }

    private static let piece = 1 << 16

    private func inflate(
        _ input: UnsafeMutableRawBufferPointer,
        _ output: UnsafeMutableRawBufferPointer,
        _ body: (UnsafeRawBufferPointer) throws(FileFault) -> Void
    ) throws(FileFault) -> Int32 {
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = uInt(input.count)
        while true {
            stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = uInt(output.count)
            let status = CZlib.inflate(stream, Z_NO_FLUSH)
            // Z_BUF_ERROR: all of the input is used up, and more is needed.
            guard [Z_OK, Z_STREAM_END, Z_BUF_ERROR].contains(status) else { throw .damaged }
            let made = output.count - Int(stream.pointee.avail_out)
            if made > 0 { try body(UnsafeRawBufferPointer(rebasing: output[..<made])) }
            if status == Z_STREAM_END {
                guard stream.pointee.avail_in == 0 else { throw .damaged }
                return status
            }
            if stream.pointee.avail_out > 0 { return Z_OK }
        }
    }
}
