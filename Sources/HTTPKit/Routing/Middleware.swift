/// What stands between a request and its handler, and may answer in the handler's place.
public typealias Middleware =
    @Sendable (HTTPRequest, _ next: Next) async throws(HTTPError) -> Answer

/// The rest of the way to the handler.
public typealias Next = @Sendable (HTTPRequest) async throws(HTTPError) -> Answer

/// What a request leads to.
public enum Answer: Sendable {
    case response(HTTPResponse)
    /// A WebSocket, once the handshake is done.
    case webSocket(StreamSession)
    /// A response whose body is server-sent events.
    case events(StreamSession)
}
