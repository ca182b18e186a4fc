/// One request whose response is sent, as logs and metrics see it.
///
/// It holds neither query nor fields nor bodies, because keys, tickets and what people write stand there.
public struct FinishedRequest: Sendable, Hashable {
    public var method: HTTPMethod
    /// As it was sent, without its query; empty when the request could not be read so far.
    public var path: String
    /// The pattern of the route: `/api/runs/{id}`; `nil` when no route was found.
    public var pattern: String?
    /// The name of the contract that answered.
    public var contract: String
    public var status: HTTPStatus
    /// Bytes sent, with the head; all bytes of a stream.
    public var bytesOut: Int
    /// From the first byte of the request to the last byte of the response; of a stream, to its end.
    public var duration: Duration
    /// The address of the other side, without its port.
    public var peer: String
    /// What the response called it: `X-Request-Id`.
    public var id: String
    /// The name of the key, or of the person, who asked; `nil` when nobody had to say so.
    public var principal: String?

    public init(
        _ method: HTTPMethod,
        path: String,
        pattern: String?,
        contract: String,
        status: HTTPStatus,
        bytesOut: Int,
        duration: Duration,
        peer: String,
        id: String,
        principal: String? = nil
    ) {
        self.method = method
        self.path = path
        self.pattern = pattern
        self.contract = contract
        self.status = status
        self.bytesOut = bytesOut
        self.duration = duration
        self.peer = peer
        self.id = id
        self.principal = principal
    }
}
