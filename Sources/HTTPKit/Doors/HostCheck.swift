/// Refuses requests that name another host than this one.
///
/// A page of `evil.example` may point that name at 127.0.0.1 once it is loaded, and is then of the same origin as a
/// server there (DNS rebinding); what it cannot do is to name another host.
public struct HostCheck: Sendable {
    private let names: [String]

    /// For a server that listens on loopback.
    ///
    /// - Parameter names: Other names that it is reached by, through a proxy in front of it: `sluice.example.org`.
    public init(loopbackAnd names: [String] = []) {
        self.names = ["localhost", "127.0.0.1", "[::1]"] + names.map { $0.lowercased() }
    }

    public var middleware: Middleware {
        { request, next throws(HTTPError) in
            try check(request)
            return try await next(request)
        }
    }

    /// - Throws: 403 for another host, whatever its port.
    func check(_ request: HTTPRequest) throws(HTTPError) {
        let host = request.headers["host"] ?? ""
        guard !names.contains(String(Self.name(of: host.lowercased()))) else { return }
        throw HTTPError(
            .forbidden,
            "This server is not '\(host.shown)'. It answers to \(names.joined(separator: ", ")).",
            code: "host_not_allowed"
        )
    }

    /// The host without its port; RFC 3986, section 3.2.2: an IPv6 address stands in brackets.
    private static func name(of host: String) -> Substring {
        if host.hasPrefix("["), let end = host.firstIndex(of: "]") { return host[...end] }
        return host.prefix { $0 != ":" }
    }
}
