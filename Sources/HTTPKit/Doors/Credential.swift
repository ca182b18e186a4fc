/// With what a request says who asks.
enum Credential: Sendable {
    case key(String)
    case ticket(String)

    /// `Authorization: Bearer` (RFC 6750, section 2.1) before `X-API-Key` before `?ticket=`.
    init?(of request: HTTPRequest) {
        if let key = request.headers["authorization"].flatMap(Self.bearer) ?? request.headers["x-api-key"] {
            self = .key(key)
        } else if request.isStream, let ticket = request.query("ticket") {
            self = .ticket(ticket)
        } else {
            return nil
        }
    }

    /// The token after the scheme, whose name may be written in any case; RFC 9110, section 11.1.
    private static func bearer(_ field: String) -> String? {
        let parts = field.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1].trimmingBlanks)
    }
}

extension HTTPRequest {
    /// Makes it the request that handlers get.
    mutating func removeCredentials() {
        headers["authorization"] = nil
        headers["x-api-key"] = nil
        target.removeAll("ticket")
    }

    /// Whether a WebSocket is asked for; RFC 6455, section 4.1.
    var isWebSocket: Bool { method == .get && headers.tokens("upgrade").contains("websocket") }

    /// Whether a stream is asked for: the two requests of a browser that a page cannot give fields.
    var isStream: Bool {
        isWebSocket || (method == .get && headers.tokens("accept").contains { $0.hasPrefix("text/event-stream") })
    }

    /// Whether a browser asks what a page may do; Fetch, section 3.3.2.
    var isPreflight: Bool {
        method == .options && headers["origin"] != nil && headers["access-control-request-method"] != nil
    }
}
