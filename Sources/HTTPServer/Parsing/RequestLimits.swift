/// How much of a request is read; more is refused, and nothing that was read of it is kept.
public struct RequestLimits: Sendable {
    /// Bytes of the request line, without its end.
    public var line: Int
    /// Bytes of all fields together, with the ends of their lines; of the trailers again.
    public var fields: Int
    /// Fields, and trailers.
    public var count: Int
    /// Bytes of the line before a chunk: its size, and extensions that nobody reads.
    public var chunkLine: Int
    /// Bytes of a body; set anew for each request when its route is known.
    public var body: Int

    public init(
        line: Int = 8 << 10,
        fields: Int = 32 << 10,
        count: Int = 100,
        chunkLine: Int = 1 << 10,
        body: Int = 1 << 20
    ) {
        self.line = line
        self.fields = fields
        self.count = count
        self.chunkLine = chunkLine
        self.body = body
    }
}
