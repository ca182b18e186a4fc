/// What a contract does with a stream: a WebSocket, or server-sent events.
public struct StreamSession: Sendable {
    /// Called once, when frames can be sent. The stream goes on when it returns, until somebody closes it.
    public var opened: @Sendable (any FrameSink) async -> Void
    /// Called with each text that the client sends over a WebSocket; it must return soon.
    public var received: @Sendable (any FrameSink, [UInt8]) -> Void
    /// Called with each binary message; where nobody wants any, `nil`, the client is told so with 1003.
    public var receivedBinary: (@Sendable (any FrameSink, [UInt8]) -> Void)?
    /// What is sent besides a ping of the protocol, for clients whose own protocol has one; `nil` for nothing.
    public var heartbeat: Frame?
    /// Fields that the response has which opens the stream: `Access-Control-Allow-Origin`.
    public var headers = HTTPHeaders()
    /// Called once, when the stream has ended for whatever reason.
    public var closed: @Sendable (any FrameSink) -> Void

    public init(
        opened: @escaping @Sendable (any FrameSink) async -> Void,
        received: @escaping @Sendable (any FrameSink, [UInt8]) -> Void = { _, _ in },
        closed: @escaping @Sendable (any FrameSink) -> Void = { _ in }
    ) {
        self.opened = opened
        self.received = received
        self.closed = closed
    }
}

/// The sending end of one client's stream.
public protocol FrameSink: AnyObject, Sendable {
    /// Queues frames and waits for nothing. A client that has more unread than its buffer holds is dropped, with 1013.
    func push(_ frames: ArraySlice<Frame>)

    /// Queues frames and waits until there is room for more.
    ///
    /// - Returns: `false` when the stream has ended.
    func send(_ frames: [Frame]) async -> Bool

    /// Ends the stream once everything queued is sent. Of server-sent events the response ends.
    func close(_ code: CloseCode, _ reason: String)
}

/// Why a WebSocket is closed; RFC 6455, section 7.4.1, and the IANA registry.
public struct CloseCode: Sendable, Hashable {
    public let number: UInt16

    public init(_ number: UInt16) { self.number = number }

    public static let normal = CloseCode(1000)
    public static let goingAway = CloseCode(1001)
    public static let protocolError = CloseCode(1002)
    public static let unsupportedData = CloseCode(1003)
    public static let invalidData = CloseCode(1007)
    public static let policyViolation = CloseCode(1008)
    public static let messageTooBig = CloseCode(1009)
    public static let internalError = CloseCode(1011)
    public static let tryAgainLater = CloseCode(1013)
}
