import CLinux
import Glibc
import PipelineKit

/// The reading end of a command's output.
struct OutputStream: ~Copyable {
    private var descriptor: Descriptor
    private var collector: OutputCollector
    /// What takes it as it comes, as text; `nil` for nobody.
    private var pieces: TextPieces?

    init(_ descriptor: consuming Descriptor, _ limit: OutputLimit, _ progress: (@Sendable (String) -> Void)? = nil) {
        _ = sluice_set_nonblocking(descriptor.number)
        self.descriptor = descriptor
        collector = OutputCollector(limit)
        pieces = progress.map(TextPieces.init)
    }

    /// For poll(2); -1 when the stream is over.
    var number: Int32 { descriptor.number }

    var capped: CappedOutput { collector.capped }

    /// Reads once what is there.
    ///
    /// - Returns: how many bytes came.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard number >= 0 else { return 0 }
        let count = Glibc.read(number, buffer.baseAddress, buffer.count)
        if count > 0 {
            let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            collector.append(bytes)
            pieces?.append(bytes)
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            finish()
        }
        return max(0, count)
    }

    /// Reads what is still there, and not what somebody who escaped writes for ever.
    mutating func drain(into buffer: UnsafeMutableRawBufferPointer) {
        var rest = Int(max(0, sluice_waiting_bytes(number)))
        while rest > 0 {
            let count = read(into: buffer)
            guard count > 0 else { break }
            rest -= count
        }
        finish()
    }

    private mutating func finish() {
        descriptor = Descriptor()
        pieces?.finish()
    }
}

/// Cuts a stream of bytes into texts, never through a character.
struct TextPieces {
    /// The beginning of a character that is not complete yet; at most 3 bytes.
    private var rest: [UInt8] = []
    private let emit: @Sendable (String) -> Void

    init(_ emit: @escaping @Sendable (String) -> Void) { self.emit = emit }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard rest.isEmpty else {
            let joined = rest + Array(bytes)
            rest = []
            return joined.withUnsafeBytes { append($0) }
        }
        let whole = bytes.count - UTF8Border.incompleteSuffix(of: bytes)
        rest = Array(bytes[whole...])
        pass(UnsafeRawBufferPointer(rebasing: bytes[..<whole]))
    }

    /// What is left is no character, and none will come of it.
    mutating func finish() {
        rest.withUnsafeBytes { pass($0) }
        rest = []
    }

    private func pass(_ bytes: UnsafeRawBufferPointer) {
        if !bytes.isEmpty { emit(String(decoding: bytes, as: UTF8.self)) }
    }
}

/// The writing end of a command's input.
struct InputStream: ~Copyable {
    private var descriptor: Descriptor
    private let bytes: [UInt8]
    private var written = 0

    init(_ descriptor: consuming Descriptor, _ bytes: [UInt8]) {
        _ = sluice_set_nonblocking(descriptor.number)
        self.descriptor = descriptor
        self.bytes = bytes
    }

    /// For poll(2); -1 when the stream is over.
    var number: Int32 { descriptor.number }

    /// Writes what the pipe takes. A command need not read its input: a closed pipe ends the writing and is no error.
    mutating func write() {
        guard number >= 0 else { return }
        let count = bytes.withUnsafeBytes {
            Glibc.write(number, $0.baseAddress?.advanced(by: written), $0.count - written)
        }
        if count >= 0 {
            written += count
        } else if errno != EAGAIN, errno != EINTR {
            written = bytes.count
        }
        if written == bytes.count { descriptor = Descriptor() }
    }
}
