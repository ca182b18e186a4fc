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
        Middleware(admit: { request throws(HTTPError) in try check(request) })
    }

    /// - Throws: 403 for another host, whatever its port.
    func check(_ request: HTTPRequest) throws(HTTPError) {
        let host = request.headers["host"] ?? ""
        let name = Self.name(of: host)
        guard !names.contains(where: { $0 == name }), !names.contains(name.lowercased()) else { return }
        throw HTTPError(
            .forbidden,
            "This server is not '\(host.shown)'. It answers to \(names.joined(separator: ", ")).",
            code: "host_not_allowed"
        )
    }

    /// The host without its port; RFC 3986, section 3.2.2: an IPv6 address stands in brackets.
    private static func name(of host: String) -> Substring {
        if host.utf8.first == UInt8(ascii: "["), let end = host.utf8.firstIndex(of: UInt8(ascii: "]")) {
            return host[...end]
        }
        return host[..<(host.utf8.firstIndex(of: UInt8(ascii: ":")) ?? host.endIndex)]
    }
}
