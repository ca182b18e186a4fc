/// What a contract does for one method and one pattern of paths.
public struct Route: Sendable {
    public typealias Responder = @Sendable (HTTPRequest) async throws(HTTPError) -> HTTPResponse
    public typealias Opener = @Sendable (HTTPRequest) async throws(HTTPError) -> StreamSession

    public enum Handler: Sendable {
        /// Answered on the event loop itself: it must not wait for anything, and is asked nothing that needs a key.
        case immediate(@Sendable (HTTPRequest) throws(HTTPError) -> HTTPResponse)
        case response(Responder)
        /// RFC 6455.
        case webSocket(Opener)
        /// A WebSocket for who asks for one, and a response for everybody else.
        case webSocketOr(Opener, Responder)
        /// Server-sent events; WHATWG HTML, section 9.2.
        case events(Opener)
    }

    public var method: HTTPMethod
    public var pattern: PathPattern
    public var handler: Handler
    /// The greatest body that is taken; bytes. More is answered with 413.
    public var bodyLimit: Int
    /// Whether the answer may take minutes: the client is told from time to time that it is being found.
    public var waits = false
    /// Whether it is for programs of a run, too (``Principal/run``); the handler sees to it that it is about that run.
    public var isForRuns = false
    /// What the description of the interface says of the route.
    public var description: RouteDescription?

    public init(
        _ method: HTTPMethod,
        _ pattern: String,
        bodyLimit: Int = Route.usualBodyLimit,
        _ description: RouteDescription? = nil,
        handler: Handler
    ) {
        self.method = method
        self.pattern = PathPattern(pattern)
        self.handler = handler
        self.bodyLimit = bodyLimit
        self.description = description
    }

    /// Bytes; an inline pipeline with long inputs is some tens of kilobytes.
    public static let usualBodyLimit = 1 << 20
}

extension Route {
    public static func get(_ pattern: String, _ about: RouteDescription? = nil, _ respond: @escaping Responder) -> Route
    {
        Route(.get, pattern, about, handler: .response(respond))
    }

    public static func post(_ pattern: String, _ about: RouteDescription? = nil, _ respond: @escaping Responder)
        -> Route
    {
        Route(.post, pattern, about, handler: .response(respond))
    }

    public static func put(_ pattern: String, _ about: RouteDescription? = nil, _ respond: @escaping Responder) -> Route
    {
        Route(.put, pattern, about, handler: .response(respond))
    }

    public static func patch(
        _ pattern: String,
        _ about: RouteDescription? = nil,
        _ respond: @escaping Responder
    ) -> Route {
        Route(.patch, pattern, about, handler: .response(respond))
    }

    public static func delete(
        _ pattern: String,
        _ about: RouteDescription? = nil,
        _ respond: @escaping Responder
    ) -> Route {
        Route(.delete, pattern, about, handler: .response(respond))
    }

    public static func webSocket(
        _ pattern: String,
        _ about: RouteDescription? = nil,
        _ open: @escaping Opener
    ) -> Route {
        Route(.get, pattern, about, handler: .webSocket(open))
    }

    public static func events(_ pattern: String, _ about: RouteDescription? = nil, _ open: @escaping Opener) -> Route {
        Route(.get, pattern, about, handler: .events(open))
    }
}

extension Route {
    public static func webSocket(
        _ pattern: String,
        _ about: RouteDescription? = nil,
        _ open: @escaping Opener,
        or respond: @escaping Responder
    ) -> Route {
        Route(.get, pattern, about, handler: .webSocketOr(open, respond))
    }

    /// Whether a client can have a stream of it.
    public var hasStream: Bool {
        switch handler {
        case .webSocket, .webSocketOr, .events: true
        case .immediate, .response: false
        }
    }

    /// Whether a client can have a WebSocket of it.
    public var hasWebSocket: Bool {
        switch handler {
        case .webSocket, .webSocketOr: true
        case .immediate, .response, .events: false
        }
    }

    /// Whether a client can have a response of it.
    public var hasResponse: Bool {
        switch handler {
        case .immediate, .response, .webSocketOr: true
        case .webSocket, .events: false
        }
    }

    /// Whether this request leads to a WebSocket, or to being told how to ask for one.
    package func opensWebSocket(for request: HTTPRequest) -> Bool {
        hasWebSocket && (!hasResponse || request.isWebSocket)
    }
}
