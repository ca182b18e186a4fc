/// The client's side of a WebSocket, as far as it reads.
extension RawClient {
    package static func handshake(host: String) -> String {
        """
        Host: \(host)\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
        """
    }

    /// - Parameter fields: Lines of the head, each with its line end.
    /// - Returns: the response to the handshake.
    @discardableResult
    package func upgrade(_ path: String = "/socket", host: String = "a", fields: String = "") -> RawResponse? {
        ask("GET \(path) HTTP/1.1\r\n\(fields)\(Self.handshake(host: host))")
    }

    /// A frame of the server as a client sees it: `text hello`, `close 1000 reason`, `ping 7`; `nil` at the end.
    package func frame() -> String? {
        let head = take(2)
        guard head.count == 2, let name = Self.names[head[0] & 0x0F] else { return nil }
        let count =
            switch head[1] {
            case 126: take(2).reduce(0) { $0 << 8 | Int($1) }
            case 127: take(8).reduce(0) { $0 << 8 | Int($1) }
            default: Int(head[1])
            }
        let payload = take(count)
        guard payload.count == count else { return nil }
        guard name == "close" else { return "\(name) \(String(decoding: payload, as: UTF8.self))" }
        let code = payload.prefix(2).reduce(0) { $0 << 8 | Int($1) }
        return "close \(code) \(String(decoding: payload.dropFirst(2), as: UTF8.self))"
    }

    /// RFC 6455, section 5.2.
    private static let names: [UInt8: String] = [
        0x0: "continuation", 0x1: "text", 0x2: "binary", 0x8: "close", 0x9: "ping", 0xA: "pong",
    ]
}
