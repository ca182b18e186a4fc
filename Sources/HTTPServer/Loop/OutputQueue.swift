import CLinux
import Glibc

/// What waits to be sent to one client, in pieces that many queues may share.
struct OutputQueue {
    private struct Piece {
        let bytes: [UInt8]
        /// Whether a message, of whatever protocol, ends with it, and nothing behind it belongs to the same.
        let endsMessage: Bool
    }

    private var pieces: [Piece] = []
    /// Where the unsent pieces begin.
    private var first = 0
    /// How much of the first is sent.
    private var offset = 0
    /// Bytes that are not sent.
    private(set) var count = 0
    /// Whether the piece before the first was not the end of its message.
    private var isAmidMessage = false

    /// Pieces that are sent with one call.
    private static let most = 64

    var isEmpty: Bool { count == 0 }

    mutating func append(_ bytes: [UInt8], endsMessage: Bool = true) {
        guard !bytes.isEmpty else { return }
        pieces.append(Piece(bytes: bytes, endsMessage: endsMessage))
        count += bytes.count
    }

    /// Forgets all messages of which nothing is sent.
    mutating func keepBegun() {
        guard isAmidMessage || offset > 0 else {
            self = OutputQueue()
            return
        }
        let end = pieces[first...].firstIndex(where: \.endsMessage) ?? pieces.count - 1
        for piece in pieces[(end + 1)...] { count -= piece.bytes.count }
        pieces.removeSubrange((end + 1)...)
    }

    /// Sends as much as the socket takes.
    ///
    /// - Returns: How many bytes were sent, and what went wrong: 0, `EAGAIN`, or an errno that ends the connection.
    mutating func write(to socket: Int32) -> (sent: Int, problem: Int32) {
        var total = 0
        while !isEmpty {
            let result = sendOnce(socket)
            guard result >= 0 else { return (total, Int32(-result)) }
            total += result
            remove(result)
        }
        return (total, 0)
    }

    private func sendOnce(_ socket: Int32) -> Int {
        let count = min(pieces.count - first, Self.most)
        return withUnsafeTemporaryAllocation(of: iovec.self, capacity: count) { vectors in
            fill(vectors, from: 0) { sluice_send_pieces(socket, $0.baseAddress.unsafelyUnwrapped, $0.count) }
        }
    }

    /// Each piece's bytes stay where they are only inside of a closure, so one stands in the other.
    private func fill(
        _ vectors: UnsafeMutableBufferPointer<iovec>,
        from index: Int,
        _ body: (UnsafeMutableBufferPointer<iovec>) -> Int
    ) -> Int {
        guard index < vectors.count else { return body(vectors) }
        return pieces[first + index].bytes.withUnsafeBytes { bytes in
            let start = index == 0 ? offset : 0
            let base = UnsafeMutableRawPointer(mutating: bytes.baseAddress.unsafelyUnwrapped)
            vectors.initializeElement(at: index, to: iovec(iov_base: base + start, iov_len: bytes.count - start))
            return fill(vectors, from: index + 1, body)
        }
    }

    private mutating func remove(_ sent: Int) {
        count -= sent
        var left = sent
        while left > 0 {
            let rest = pieces[first].bytes.count - offset
            guard left >= rest else {
                offset += left
                return
            }
            left -= rest
            isAmidMessage = !pieces[first].endsMessage
            first += 1
            offset = 0
        }
        forgetSent()
    }

    private mutating func forgetSent() {
        if isEmpty {
            self = OutputQueue()
        } else if first > 64, first * 2 > pieces.count {
            pieces.removeSubrange(..<first)
            first = 0
        }
    }
}
