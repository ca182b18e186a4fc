/// A request that is sent whole.
public struct Call: Sendable {
    public var method: String
    /// With its query.
    public var path: String
    /// JSON; empty for none.
    public var body: [UInt8]

    public init(_ method: String, _ path: String, body: [UInt8] = []) {
        self.method = method
        self.path = path
        self.body = body
    }

    func bytes(to port: Int) -> [UInt8] {
        let json = "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n"
        let head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(body.isEmpty ? "" : json)\r\n"
        return Array(head.utf8) + body
    }
}

/// An answer that is whole.
struct Answer {
    let status: Int
    /// There as long as the bytes it was read from.
    let body: UnsafeRawBufferPointer

    /// Reads the first answer of what has come; one that does not say its length in the way of this server has none.
    ///
    /// - Returns: also how many bytes it has; `nil` where it is not whole.
    static func first(in bytes: UnsafeRawBufferPointer) -> (answer: Answer, count: Int)? {
        guard case (.head(let status), let end)? = Message.head(in: bytes) else { return nil }
        let head = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        let length = head.end(of: "\r\ncontent-length: ").flatMap {
            head.number(behind: "", at: stride(from: $0, through: $0, by: 1))
        }
        let count = end + (length ?? 0)
        guard bytes.count >= count else { return nil }
        return (Answer(status: status, body: UnsafeRawBufferPointer(rebasing: bytes[end..<count])), count)
    }
}
