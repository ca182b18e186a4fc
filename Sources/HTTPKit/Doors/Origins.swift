public import PipelineKit

/// Which web pages may use the server: its own, and those of listed origins.
///
/// A browser sends a page's requests to any address, a WebSocket without asking at all, and to a server on loopback
/// nobody else could. So whatever changes something, and every WebSocket, must come from a page that may, or from a
/// program that is no browser.
public struct Origins: Sendable {
    private let listed: Set<String>

    /// - Parameter listed: `https://ci.example.org`, `http://localhost:3000`.
    /// - Throws: for what is no origin. `*` is refused: with it every page that anybody opens could start runs.
    public init(_ listed: [String] = []) throws(Failure) {
        var origins: Set<String> = []
        for text in listed {
            guard text != "*" else {
                throw Failure(.invalidInput, "Name each origin: '*' would let every web page use this server.")
            }
            guard let origin = Origin(text) else {
                throw Failure(.invalidInput, "'\(text.shown)' is no origin, such as 'https://ci.example.org'.")
            }
            origins.insert(origin.text)
        }
        self.listed = origins
    }

    /// Refuses requests of pages that may not, and answers to pages of listed origins so that they may read it (CORS;
    /// Fetch, section 3.3). Nothing says that credentials are allowed, as none are sent without a page's doing.
    public var middleware: Middleware {
        Middleware(
            admit: { request throws(HTTPError) in try check(request) },
            dress: { request, headers in share(with: request, &headers) }
        )
    }

    /// - Throws: 403 for a WebSocket or a change that a page asks for which may not.
    func check(_ request: HTTPRequest) throws(HTTPError) {
        guard request.isWebSocket || !request.method.isSafe else { return }
        let origins = request.headers.all("origin")
        guard let first = origins.first else { return try checkSite(request) }
        if origins.count == 1, let origin = Origin(first) {
            if listed.contains(origin.text) || origin.isOf(host: request.headers["host"] ?? "") { return }
        }
        throw Self.refusal("Pages of '\(first.shown)' may not use this server.")
    }

    /// Without an origin it is no browser, or one that says at least from where it comes; Fetch Metadata, section 2.4.
    private func checkSite(_ request: HTTPRequest) throws(HTTPError) {
        guard let site = request.headers["sec-fetch-site"], site != "same-origin", site != "none" else { return }
        throw Self.refusal("Pages of other sites may not use this server.")
    }

    private static func refusal(_ message: String) -> HTTPError {
        HTTPError(.forbidden, message, code: "origin_not_allowed")
    }

    private func share(with request: HTTPRequest, _ headers: inout HTTPHeaders) {
        guard !listed.isEmpty else { return }
        headers.add(toVary: "origin")
        guard let origin = request.headers["origin"], listed.contains(origin.lowercased()) else { return }
        headers["access-control-allow-origin"] = origin
        guard request.isPreflight else {
            headers["access-control-expose-headers"] = "Location, Retry-After, X-Request-Id"
            return
        }
        headers["access-control-allow-methods"] = headers["allow"] ?? ""
        headers["access-control-allow-headers"] = "Authorization, Content-Type, Last-Event-ID, X-API-Key"
        headers["access-control-max-age"] = "600"
    }
}

/// Scheme, host and port of a page; RFC 6454, section 6.2.
private struct Origin {
    /// In lower case, without the scheme's own port.
    let text: String
    private let authority: String
    private let port: String

    init?(_ text: String) {
        let text = text.lowercased()
        let scheme = ["http://", "https://"].first(where: text.hasPrefix)
        guard let scheme else { return nil }
        let authority = text.dropFirst(scheme.count)
        let allowed = authority.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || "-._:[]".utf8.contains(byte)
        }
        guard !authority.isEmpty, allowed else { return nil }
        port = scheme == "http://" ? ":80" : ":443"
        self.authority = Self.strip(port, of: String(authority))
        self.text = scheme + self.authority
    }

    /// Whether the page came from the host that a request names. TLS ends before the server, so the scheme says nothing.
    func isOf(host: String) -> Bool { Self.strip(port, of: host.lowercased()) == authority }

    private static func strip(_ port: String, of authority: String) -> String {
        authority.hasSuffix(port) ? String(authority.dropLast(port.count)) : authority
    }
}
