import HTTPKit

/// How frames are written for one protocol.
extension Frame.Wire {
    /// Appends a frame to what waits for a client; its bytes are shared with all other clients.
    ///
    /// - Parameter endsEvent: Whether a stream may be cut off behind it: the next frame tells of something else.
    func append(_ frame: Frame, to connection: Connection, endsEvent: Bool) {
        switch self {
        case .webSocket:
            connection.append(frame.lead(self, Self.header), endsMessage: false)
            connection.append(frame.text, endsMessage: endsEvent)
        case .events:
            guard !frame.isBinary else { return }
            connection.append(frame.lead(self, Self.fields), endsMessage: false)
            connection.append(frame.text, endsMessage: false)
            connection.append(Self.end, endsMessage: endsEvent)
        }
    }

    /// A sign of life, with the last sequence that was sent.
    func heartbeat(_ sequence: Int) -> [UInt8] {
        switch self {
        case .webSocket: WebSocketEncoder.ping(Array(String(sequence).utf8))
        case .events: Array(": \(sequence)\n\n".utf8)
        }
    }

    private static func header(_ frame: Frame) -> [UInt8] {
        WebSocketEncoder.header(of: frame.isBinary ? .binary : .text, count: frame.text.count)
    }

    /// WHATWG HTML, section 9.2.6.
    private static func fields(_ frame: Frame) -> [UInt8] {
        var text = ""
        if let sequence = frame.sequence { text += "id: \(sequence)\n" }
        if let name = frame.name { text += "event: \(name)\n" }
        return Array("\(text)data: ".utf8)
    }

    private static let end = Array("\n\n".utf8)
}
