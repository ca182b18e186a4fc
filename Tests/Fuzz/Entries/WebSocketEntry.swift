import HTTPKit
import HTTPServer

/// What must hold for any bytes that a client sends over a WebSocket: they mean the same however they come, no message
/// passes the limit, and what was taken is written in frames that read back the same.
@Sendable public func tryWebSocket(_ bytes: [UInt8]) {
    for limit in [20, 1 << 16] {
        let readings = cuts(of: bytes).map { FrameReading(of: $0, limit) }
        for reading in readings {
            precondition(reading == readings[0], "The same bytes mean something else in pieces.")
        }
        let events = readings[0].events
        for event in events { event.check(limit) }
        let again = FrameReading(of: [events.flatMap(\.frame)[...]], limit)
        precondition(again.fault == nil && again.events == events, "What was taken does not read back.")
    }
}

private struct FrameReading: Equatable {
    private(set) var events: [WebSocketEvent] = []
    private(set) var fault: WebSocketFault?

    init(of pieces: [ArraySlice<UInt8>], _ limit: Int) {
        var decoder = WebSocketDecoder(limit: limit)
        var events: [WebSocketEvent] = []
        do throws(WebSocketFault) {
            for piece in pieces {
                // A copy, because the bytes of an empty slice have no address.
                let bytes = Array(piece)
                try decode(bytes, with: &decoder) { events.append($0) }
            }
        } catch {
            fault = error
        }
        self.events = events
    }

    private func decode(
        _ bytes: [UInt8],
        with decoder: inout WebSocketDecoder,
        _ deliver: (WebSocketEvent) -> Void
    ) throws(WebSocketFault) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
        defer { buffer.deallocate() }
        buffer.copyBytes(from: bytes)
        try decoder.decode(UnsafeRawBufferPointer(buffer), deliver)
    }
}

extension WebSocketEvent {
    fileprivate func check(_ limit: Int) {
        switch self {
        case .text(let bytes):
            precondition(bytes.count <= limit, "A message passes the limit.")
            precondition(String(validating: bytes, as: UTF8.self) != nil, "A text is no UTF-8.")
        case .binary(let bytes): precondition(bytes.count <= limit, "A message passes the limit.")
        case .ping(let bytes), .pong(let bytes): precondition(bytes.count <= 125, "A control frame is too long.")
        case .close(_, let reason):
            precondition(reason.count <= 123, "A reason is too long.")
            precondition(String(validating: reason, as: UTF8.self) != nil, "A reason is no UTF-8.")
        }
    }

    /// As a client would send it, in one frame.
    fileprivate var frame: [UInt8] {
        switch self {
        case .text(let bytes): Self.frame(.text, bytes)
        case .binary(let bytes): Self.frame(.binary, bytes)
        case .ping(let bytes): Self.frame(.ping, bytes)
        case .pong(let bytes): Self.frame(.pong, bytes)
        case .close(nil, _): Self.frame(.close, [])
        case .close(let code?, let reason):
            Self.frame(.close, [UInt8(code.number >> 8), UInt8(code.number & 0xFF)] + reason)
        }
    }

    private static func frame(_ opcode: WebSocketOpcode, _ payload: [UInt8]) -> [UInt8] {
        let mask: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]
        var bytes = WebSocketEncoder.header(of: opcode, count: payload.count)
        bytes[1] |= 0x80
        return bytes + mask + payload.enumerated().map { $1 ^ mask[$0 % 4] }
    }
}
