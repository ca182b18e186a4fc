/// Where a listener listens, and how much of it a client may take.
public struct ListenerSettings: Sendable {
    /// A name or an address; every address of a name is tried in turn.
    public var host = "127.0.0.1"
    /// 0 for any that is free.
    public var port = 0
    public var limits = RequestLimits()

    /// From the connection, or the first byte of a later request, to the end of its head.
    public var headerTimeout = Duration.seconds(10)
    /// From the end of the head to the end of the body.
    public var bodyTimeout = Duration.seconds(30)
    /// Between two requests.
    public var idleTimeout = Duration.seconds(75)
    /// How long a client may take nothing of what is sent to it.
    public var stallTimeout = Duration.seconds(30)
    /// How long a client has to answer the end of a connection.
    public var closeTimeout = Duration.seconds(5)
    /// Between two signs of life of a stream; a WebSocket that answers none of two is gone.
    public var heartbeat = Duration.seconds(20)

    /// Between two signs that an answer is being found which may take minutes (``Route/waits``). Less than the 60 s that proxies wait
    /// as they come, and enough for five minutes of five signs.
    public var workSign = Duration.seconds(50)

    /// More are answered with 503.
    public var maxConnections = 10_000
    /// Of one address. Lower it only where no proxy stands in front, as all its clients come from one.
    public var maxConnectionsPerAddress = 10_000
    /// Bytes that the client of a stream was offered and had no room for; one that leaves more is dropped with 1013.
    public var outputLimit = 1 << 20
    /// Bytes of a message that a client sends over a WebSocket.
    public var messageLimit = 1 << 20
    /// Frames of a WebSocket that carry no message (pings, pongs, empty ones) in a second; more end it with 1008.
    public var emptyFramesPerSecond = 100
    /// The smallest body that is compressed; bytes. `nil` to compress none.
    public var compressionFloor: Int? = 1024

    public init() {}
}
