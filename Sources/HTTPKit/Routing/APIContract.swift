/// One HTTP interface as a value: its routes, its own way of asking who someone is, and its wording of errors.
public struct APIContract: Sendable {
    /// `retrai`; what is said of it in errors at start, and what a run remembers as its origin.
    public var name: String
    public var routes: [Route]
    /// The first is asked first.
    public var middleware: [Middleware]
    public var render: @Sendable (HTTPError) -> HTTPResponse
    /// What it does while it is served, besides answering requests: each is begun with the server, and ends soon after it is
    /// cancelled, at the end of the server.
    public var background: [@Sendable () async -> Void]

    public init(
        name: String,
        routes: [Route],
        middleware: [Middleware] = [],
        background: [@Sendable () async -> Void] = [],
        render: @escaping @Sendable (HTTPError) -> HTTPResponse
    ) {
        self.name = name
        self.routes = routes
        self.middleware = middleware
        self.background = background
        self.render = render
    }

    /// The error in the contract's words, with the fields that belong to its status.
    public func response(to error: HTTPError) -> HTTPResponse {
        var response = render(error)
        for field in error.headers.fields { response.headers[field.name] = field.value }
        return response
    }

    /// Takes a request through the middleware to the handler of its route.
    ///
    /// - Parameter request: Afterwards as the handler got it; or as far as it came.
    public func answer(_ request: inout HTTPRequest, by route: Route) async throws(HTTPError) -> Answer {
        guard request.principal?.run == nil || route.isForRuns else {
            throw HTTPError(
                .forbidden,
                "This token may ask and report for its run, and nothing else.",
                code: "token_of_a_run"
            )
        }
        guard !middleware.isEmpty else { return try await route.handler.answer(request) }
        return try await middleware.pass(&request) { request throws(HTTPError) in
            try await route.handler.answer(request)
        }
    }
}

extension Route.Handler {
    fileprivate func answer(_ request: HTTPRequest) async throws(HTTPError) -> Answer {
        switch self {
        case .immediate(let respond): .response(try respond(request))
        case .response(let respond): .response(try await respond(request))
        case .webSocket(let open): .webSocket(try await open(request))
        case .webSocketOr(let open, let respond):
            if request.isWebSocket {
                .webSocket(try await open(request))
            } else {
                .response(try await respond(request))
            }
        case .events(let open): .events(try await open(request))
        }
    }
}
