/// What every request passes before its handler, and what is added to whatever it leads to.
///
/// Two closures and no chain: a request is taken through all of them in one frame, however many there are.
public struct Middleware: Sendable {
    /// Lets a request on, as it is or changed.
    ///
    /// - Throws: what is answered in the handler's place.
    public var admit: @Sendable (inout HTTPRequest) async throws(HTTPError) -> Void
    /// Adds to the fields of what is answered, also when this or a later middleware refused; sees the request as it came.
    public var dress: @Sendable (_ request: HTTPRequest, _ headers: inout HTTPHeaders) -> Void

    public init(
        admit: @escaping @Sendable (inout HTTPRequest) async throws(HTTPError) -> Void = { _ in },
        dress: @escaping @Sendable (_ request: HTTPRequest, _ headers: inout HTTPHeaders) -> Void = { _, _ in }
    ) {
        self.admit = admit
        self.dress = dress
    }
}

extension [Middleware] {
    /// Takes a request through all of them, the first first, to its handler.
    ///
    /// - Parameter request: Afterwards as the handler got it; or as far as it came.
    public func pass(
        _ request: inout HTTPRequest,
        to handler: (inout HTTPRequest) async throws(HTTPError) -> Answer
    ) async throws(HTTPError) -> Answer {
        let asked = request
        var reached = startIndex
        do throws(HTTPError) {
            while reached < endIndex {
                reached += 1
                try await self[reached - 1].admit(&request)
            }
            var answer = try await handler(&request)
            answer.change { headers in self[...].dress(asked, &headers) }
            return answer
        } catch {
            var error = error
            self[..<reached].dress(asked, &error.headers)
            throw error
        }
    }
}

extension ArraySlice<Middleware> {
    /// The last first, as each stands around those behind it.
    fileprivate func dress(_ request: HTTPRequest, _ headers: inout HTTPHeaders) {
        for middleware in reversed() { middleware.dress(request, &headers) }
    }
}

/// What a request leads to.
public enum Answer: Sendable {
    case response(HTTPResponse)
    /// A WebSocket, once the handshake is done.
    case webSocket(StreamSession)
    /// A response whose body is server-sent events.
    case events(StreamSession)

    mutating func change(_ headers: (inout HTTPHeaders) -> Void) {
        switch self {
        case .response(var response):
            headers(&response.headers)
            self = .response(response)
        case .webSocket(var session):
            headers(&session.headers)
            self = .webSocket(session)
        case .events(var session):
            headers(&session.headers)
            self = .events(session)
        }
    }
}
