/// What a frame is for; RFC 6455, section 5.2.
public enum WebSocketOpcode: UInt8, Sendable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    /// Whether such a frame may stand between the fragments of a message; RFC 6455, section 5.5.
    var isControl: Bool { rawValue >= 0x8 }

    /// The most bytes that a control frame carries; RFC 6455, section 5.5.
    static let controlLimit = 125
}
