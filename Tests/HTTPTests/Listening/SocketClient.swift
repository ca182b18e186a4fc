import HTTPKit

@testable import HTTPServer

/// The client's side of a WebSocket.
extension RawClient {
    static let handshake = """
        Host: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
        """

    /// - Returns: the response to the handshake.
    @discardableResult func upgrade(_ path: String = "/socket") -> RawResponse? {
        ask("GET \(path) HTTP/1.1\r\n\(Self.handshake)", hasBody: false)
    }

    /// A frame of the server as a client sees it: `text hello`, `close 1000 reason`, `ping 7`; `nil` at the end.
    func frame() -> String? {
        let head = take(2)
        guard head.count == 2, let opcode = WebSocketOpcode(rawValue: head[0] & 0x0F) else { return nil }
        var count = Int(head[1])
        if count == 126 { count = take(2).reduce(0) { $0 << 8 | Int($1) } }
        if count == 127 { count = take(8).reduce(0) { $0 << 8 | Int($1) } }
        let payload = take(count)
        guard payload.count == count else { return nil }
        guard opcode == .close else { return "\(opcode) \(String(decoding: payload, as: UTF8.self))" }
        let code = payload.prefix(2).reduce(0) { $0 << 8 | Int($1) }
        return "close \(code) \(String(decoding: payload.dropFirst(2), as: UTF8.self))"
    }

    func sendText(_ text: String) { send(WebSocketClient.frame(0x81, text)) }

    /// 1000, without a reason.
    func sendClose() { send(WebSocketClient.frame(0x88, [0x03, 0xE8])) }
}

/// A stream that is told what to say by a test, and notes what happens to it.
final class ScriptedStream: Sendable {
    let opened = TestGate()
    let closed = TestGate()
    let texts = Collected<String>()
    private let sinks = Collected<any FrameSink>()

    var sink: any FrameSink { sinks.all[0] }
    var count: Int { sinks.all.count }

    /// Sends the texts that come back, unless it was told not to.
    func session(echoes: Bool = true) -> StreamSession {
        StreamSession(
            opened: { sink in
                self.sinks.add(sink)
                self.opened.open()
            },
            received: { sink, bytes in
                self.texts.add(String(decoding: bytes, as: UTF8.self))
                if echoes { sink.push([Frame(sequence: nil, text: bytes)]) }
            },
            closed: { _ in self.closed.open() }
        )
    }

    func push(_ sequence: Int?, _ text: String, name: String? = nil) {
        sink.push([Frame(sequence: sequence, name: name, text: Array(text.utf8))])
    }

    var routes: [Route] {
        [
            .webSocket("/socket") { _ in self.session() },
            .webSocket("/silent") { _ in self.session(echoes: false) },
            .events("/events") { _ in self.session() },
        ] + SampleRoutes.all
    }
}
