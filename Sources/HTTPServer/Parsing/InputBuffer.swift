import Glibc
import HTTPKit

/// What has come from a client and was not read yet.
struct InputBuffer: Sendable {
    private var bytes: [UInt8] = []
    /// Where the unread part begins.
    private var start = 0
    /// Up to here no end of a line was found, so that bytes that come one by one are not searched again and again.
    private var searched = 0

    var count: Int { bytes.count - start }
    var isEmpty: Bool { count == 0 }

    mutating func append(_ new: UnsafeRawBufferPointer) {
        if start > 0, start == bytes.count || start > 64 << 10 {
            bytes.removeSubrange(..<start)
            searched -= start
            start = 0
        }
        bytes.append(contentsOf: new)
    }

    /// The next line without its CR LF; `nil` while it has not come whole.
    ///
    /// A line that ends with LF alone is refused: what one program takes for the end of a line and another does not is
    /// how a request is smuggled in another (RFC 9112, section 2.2, leaves that open).
    ///
    /// - Parameter limit: Bytes; a longer line throws `tooLong`.
    mutating func line(limit: Int, tooLong: @autoclosure () -> HTTPError) throws(HTTPError) -> ArraySlice<UInt8>? {
        guard let end = find(UInt8(ascii: "\n"), from: max(searched, start)) else {
            searched = bytes.count
            guard count <= limit + 1 else { throw tooLong() }
            return nil
        }
        // The length first, as for a line that has not come whole, so that the same is said however it comes.
        guard end - start <= limit + 1 else { throw tooLong() }
        guard end > start, bytes[end - 1] == UInt8(ascii: "\r") else {
            throw HTTPError(.badRequest, "A line of the request does not end with CR LF.")
        }
        let line = bytes[start..<end - 1]
        start = end + 1
        searched = start
        return line
    }

    /// As much as there is of so many bytes.
    mutating func take(_ most: Int) -> ArraySlice<UInt8> {
        let end = start + min(most, count)
        defer {
            start = end
            searched = end
        }
        return bytes[start..<end]
    }

    private func find(_ byte: UInt8, from first: Int) -> Int? {
        bytes.withUnsafeBytes { buffer in
            guard first < buffer.count, let base = buffer.baseAddress,
                let found = memchr(base + first, Int32(byte), buffer.count - first)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
    }
}
