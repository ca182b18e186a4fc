import HTTPKit

/// Reads what a client sends over a WebSocket, in whatever pieces it comes; RFC 6455, sections 5 to 8.
///
/// A text is checked as it comes, so that the first byte that is no UTF-8 ends the reading at once.
public struct WebSocketDecoder: Sendable {
    /// The most bytes of a message, all its fragments together.
    private let limit: Int
    private var reader = FrameHeaderReader()
    /// The frame whose payload is being read, and how many bytes of it are to come.
    private var frame: FrameHeader?
    private var left = 0
    /// The kind of the message being read; `nil` between messages.
    private var kind: WebSocketOpcode?
    private var message: [UInt8] = []
    private var text = UTF8Validator()
    private var control: [UInt8] = []
    /// How many frames have come that carry nothing of a message: pings, pongs, and empty ones.
    public private(set) var emptyFrames = 0
    /// Whether a close frame or a fault has ended the reading; what comes after is ignored (RFC 6455, 5.5.1 and 7.1.7).
    public private(set) var hasEnded = false

    /// - Parameter limit: The most bytes of a message; longer ones are refused with 1009.
    public init(limit: Int = 1 << 20) { self.limit = limit }

    /// Reads on.
    ///
    /// - Parameter deliver: Called for each event in order, also for those before a fault.
    public mutating func decode(
        _ bytes: UnsafeRawBufferPointer,
        _ deliver: (WebSocketEvent) -> Void
    ) throws(WebSocketFault) {
        do throws(WebSocketFault) { try readAll(bytes, deliver) } catch {
            hasEnded = true
            message = []
            throw error
        }
    }

    private mutating func readAll(
        _ bytes: UnsafeRawBufferPointer,
        _ deliver: (WebSocketEvent) -> Void
    ) throws(WebSocketFault) {
        var position = 0
        while position < bytes.count, !hasEnded {
            if let frame {
                let end = position + min(left, bytes.count - position)
                try readPayload(UnsafeRawBufferPointer(rebasing: bytes[position..<end]), of: frame)
                position = end
            } else {
                if let header = try reader.read(bytes[position]) { try begin(header) }
                position += 1
            }
            if let frame, left == 0 { try end(frame, deliver) }
        }
    }

    /// Checks a frame against the message it belongs to; RFC 6455, section 5.4.
    private mutating func begin(_ header: FrameHeader) throws(WebSocketFault) {
        (frame, left) = (header, header.length)
        if header.opcode.isControl || header.length == 0 { emptyFrames += 1 }
        guard !header.opcode.isControl else { return }
        switch (header.opcode, kind) {
        case (.continuation, nil): throw .breach("A continuation frame has no message to continue.")
        case (.continuation, _): break
        case (_, nil): kind = header.opcode
        case (_, let kind?): throw .breach("A \(header.opcode) frame stands before the end of a \(kind) message.")
        }
        guard header.length <= limit - message.count else {
            throw WebSocketFault(.messageTooBig, "A message has more than \(limit) bytes.")
        }
    }

    private mutating func readPayload(_ bytes: UnsafeRawBufferPointer, of frame: FrameHeader) throws(WebSocketFault) {
        let mask = frame.mask.mask(after: frame.length - left)
        left -= bytes.count
        guard !frame.opcode.isControl else { return control.append(unmasking: bytes, with: mask) }
        message.append(unmasking: bytes, with: mask)
        if kind == .text { try checkText(last: bytes.count) }
    }

    private mutating func checkText(last count: Int) throws(WebSocketFault) {
        let start = message.count - count
        var text = text
        let invalid = message.withUnsafeBytes { text.firstInvalid(in: UnsafeRawBufferPointer(rebasing: $0[start...])) }
        self.text = text
        if let invalid { throw .noUTF8("The text", message, at: start + invalid) }
    }

    private mutating func end(
        _ frame: FrameHeader,
        _ deliver: (WebSocketEvent) -> Void
    ) throws(WebSocketFault) {
        self.frame = nil
        if frame.opcode.isControl {
            deliver(try controlEvent(frame.opcode))
        } else if frame.isFinal {
            deliver(try messageEvent())
        }
    }

    private mutating func controlEvent(_ opcode: WebSocketOpcode) throws(WebSocketFault) -> WebSocketEvent {
        let payload = control
        control = []
        switch opcode {
        case .ping: return .ping(payload)
        case .pong: return .pong(payload)
        default:
            let close = try ClosePayload(reading: payload)
            hasEnded = true
            return .close(close.code, reason: close.reason)
        }
    }

    private mutating func messageEvent() throws(WebSocketFault) -> WebSocketEvent {
        guard text.isComplete else { throw .noUTF8("The text", message, at: nil) }
        let isText = kind == .text
        let payload = message
        (message, kind) = ([], nil)
        return isText ? .text(payload) : .binary(payload)
    }
}
