public import HTTPKit

/// What a client has sent, whole.
public enum WebSocketEvent: Sendable, Hashable {
    /// A message that is valid UTF-8.
    case text([UInt8])
    case binary([UInt8])
    /// To be answered by a pong with the same bytes, at most 125.
    case ping([UInt8])
    case pong([UInt8])
    /// The last event. The reason is valid UTF-8 of at most 123 bytes; without a code there is none.
    case close(CloseCode?, reason: [UInt8])
}
