/// How much of a request is read; more is refused, and nothing that was read of it is kept.
public struct RequestLimits: Sendable {
    /// Bytes of the request line, without its end.
    public var line = 8 << 10
    /// Bytes of all fields together, with the ends of their lines; of the trailers again.
    public var fields = 32 << 10
    /// Fields, and trailers.
    public var count = 100
    /// Bytes of the line before a chunk: its size, and extensions that nobody reads.
    public var chunkLine = 1 << 10
    /// Bytes of a body; set anew for each request when its route is known.
    public var body = 1 << 20

    public init() {}
}
