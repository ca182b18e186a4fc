import HTTPKit
import SocketTesting

@testable import HTTPServer

/// The client's side of a WebSocket.
extension RawClient {
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
