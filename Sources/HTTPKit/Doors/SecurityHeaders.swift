/// The fields that tell a browser to trust a response with as little as it needs.
public struct SecurityHeaders: Sendable {
    public init() {}

    public var middleware: Middleware { Middleware(dress: { _, headers in add(to: &headers) }) }

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

extension HTTPHeaders {
    /// Says that the response depends on a field of the request too; RFC 9110, section 12.5.5.
    mutating func add(toVary name: String) {
        let known = tokens("vary")
        guard !known.contains(name), !known.contains("*") else { return }
        self["vary"] = (known + [name]).joined(separator: ", ")
    }
}
