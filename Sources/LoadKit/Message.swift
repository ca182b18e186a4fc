import Glibc

/// What a server sends to a follower, as far as that wants to know.
enum Message {
    /// The response that begins the stream.
    case head(status: Int)
    /// What tells of an event: its sequence, and its text, which is there as long as the bytes it was read from.
    case event(Int, UnsafeRawBufferPointer)
    /// RFC 6455, section 5.5.2; the payload comes back with the pong.
    case ping([UInt8])
    case closed(Int)
    case other
}

// Each reads the first message of what has come, and says how many bytes it has; `nil` where it is not whole.
extension Message {
    static func head(in bytes: UnsafeRawBufferPointer) -> (Message, Int)? {
        guard let end = bytes.end(of: "\r\n\r\n") else { return nil }
        let status = bytes.number(behind: "HTTP/1.1 ", at: stride(from: 0, through: 0, by: 1))
        return (.head(status: status ?? 0), end)
    }

    /// A block of server-sent events; the server writes the `id` first.
    static func block(in bytes: UnsafeRawBufferPointer) -> (Message, Int)? {
        guard let end = bytes.end(of: "\n\n") else { return nil }
        let sequence = bytes.number(behind: "id: ", at: stride(from: 0, through: 0, by: 1))
        return (sequence.map { .event($0, bytes) } ?? .other, end)
    }

    /// A frame of a WebSocket; RFC 6455, section 5.2.
    static func frame(in bytes: UnsafeRawBufferPointer, of form: Form) -> (Message, Int)? {
        guard bytes.count >= 2 else { return nil }
        let wide = bytes[1] == 127 ? 8 : bytes[1] == 126 ? 2 : 0
        guard bytes.count >= 2 + wide else { return nil }
        let count = wide == 0 ? Int(bytes[1]) : bytes[2..<2 + wide].reduce(0) { $0 << 8 | Int($1) }
        let end = 2 + wide + count
        guard bytes.count >= end else { return nil }
        let payload = UnsafeRawBufferPointer(rebasing: bytes[(2 + wide)..<end])
        return (message(bytes[0] & 0x0F, payload, form), end)
    }

    private static func message(_ opcode: UInt8, _ payload: UnsafeRawBufferPointer, _ form: Form) -> Message {
        switch opcode {
        case 0x1: sequence(in: payload, of: form).map { .event($0, payload) } ?? .other
        case 0x8: .closed(payload.prefix(2).reduce(0) { $0 << 8 | Int($1) })
        case 0x9: .ping(Array(payload))
        default: .other
        }
    }

    /// Near the end of an event's line, as its members are in the order of their names; near the beginning with retrAI.
    /// In a string, the mark would have a backslash in it.
    private static func sequence(in text: UnsafeRawBufferPointer, of form: Form) -> Int? {
        let places =
            form == .retrai
            ? stride(from: 0, through: min(text.count, 400), by: 1)
            : stride(from: text.count, through: max(0, text.count - 100), by: -1)
        return text.number(behind: "\"sequence\":", at: places)
    }
}

/// What a follower sends.
enum Request {
    /// - Parameter after: The last sequence that the follower has; 0 for none.
    static func opening(_ form: Form, of run: String, on port: Int, after: Int) -> [UInt8] {
        let path =
            switch form {
            case .socket: "/api/v1/runs/\(run)/socket?after=\(after)"
            case .events: "/api/v1/runs/\(run)/stream"
            case .retrai: "/api/ws/\(run)?since=\(after)"
            }
        let upgrade = """
            Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n
            """
        let known = after > 0 ? "Last-Event-ID: \(after)\r\n" : ""
        let fields = form == .events ? known : upgrade
        return Array("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\(fields)\r\n".utf8)
    }

    /// A frame with the mask that leaves a payload as it is; at most 125 bytes.
    static func frame(_ opcode: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0x80 | opcode, 0x80 | UInt8(payload.count), 0, 0, 0, 0] + payload
    }

    static func pong(_ payload: [UInt8]) -> [UInt8] { frame(0xA, payload) }
    static func close(_ code: Int) -> [UInt8] { frame(0x8, [UInt8(code >> 8), UInt8(code & 0xFF)]) }
}
