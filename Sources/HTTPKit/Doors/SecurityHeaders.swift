/// The fields that tell a browser to trust a response with as little as it needs.
public struct SecurityHeaders: Sendable {
    public init() {}

    public var middleware: Middleware {
        { request, next throws(HTTPError) in
            do throws(HTTPError) {
                return try await next(request).with(add)
            } catch {
                var error = error
                add(to: &error.headers)
                throw error
            }
        }
    }

    /// Adds what is not set: a page brings its own `Content-Security-Policy`, an asset its own `Cache-Control`.
    public func add(to headers: inout HTTPHeaders) {
        headers.add(missing: Self.fields)
    }

    private static let fields: HTTPHeaders = [
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    ]
}

extension Answer {
    /// The answer with other fields.
    func with(_ change: (inout HTTPHeaders) -> Void) -> Answer {
        switch self {
        case .response(var response):
            change(&response.headers)
            return .response(response)
        case .webSocket(var session):
            change(&session.headers)
            return .webSocket(session)
        case .events(var session):
            change(&session.headers)
            return .events(session)
        }
    }
}

extension HTTPHeaders {
    /// Says that the response depends on a field of the request too; RFC 9110, section 12.5.5.
    mutating func add(toVary name: String) {
        let known = tokens("vary")
        guard !known.contains(name), !known.contains("*") else { return }
        self["vary"] = (known + [name]).joined(separator: ", ")
    }
}
