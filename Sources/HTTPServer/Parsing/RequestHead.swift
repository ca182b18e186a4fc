package import HTTPKit

/// A request as far as it is known before its body.
package struct RequestHead: Sendable {
    /// How the end of the body is found; RFC 9112, section 6.3.
    package enum Framing: Sendable, Hashable {
        /// So many bytes.
        case length(Int)
        case chunked
    }

    package let method: HTTPMethod
    /// In origin form, or `*`.
    package let target: String
    package let headers: HTTPHeaders
    package let framing: Framing
    /// Whether another request may follow on the connection; RFC 9112, section 9.3.
    package let keepsAlive: Bool
    /// Whether the client waits to be told to send the body; RFC 9110, section 10.1.1.
    package let expectsContinue: Bool
    /// Whether it is one of HTTP/1.0.
    package let isOld: Bool

    init(_ line: RequestLine, _ headers: HTTPHeaders) throws(HTTPError) {
        let own = OwnFields(headers)
        isOld = line.isOld
        method = line.method
        self.headers = headers
        framing = try Self.framing(own, isOld: line.isOld)
        target = try Self.origin(line, host: Self.host(own.hosts, isOld: line.isOld))
        keepsAlive = !line.isOld && (own.connections.isEmpty || !headers.tokens("connection").contains("close"))
        expectsContinue = try Self.expectation(own.expectations.first, isOld: line.isOld)
    }

    /// The values of the fields that say how a request is read, found in one pass; most are told apart by their length.
    private struct OwnFields {
        var hosts: [String] = []
        var expectations: [String] = []
        var connections: [String] = []
        var lengths: [String] = []
        var codings: [String] = []

        init(_ headers: HTTPHeaders) {
            for field in headers.fields {
                switch field.name.utf8.count {
                case 4 where field.name == "host": hosts.append(field.value)
                case 6 where field.name == "expect": expectations.append(field.value)
                case 10 where field.name == "connection": connections.append(field.value)
                case 14 where field.name == "content-length": lengths.append(field.value)
                case 17 where field.name == "transfer-encoding": codings.append(field.value)
                default: break
                }
            }
        }
    }

    /// Where a request says in two ways where it ends, somebody before us may have believed the other one.
    private static func framing(_ fields: OwnFields, isOld: Bool) throws(HTTPError) -> Framing {
        let lengths = fields.lengths
        guard let coding = fields.codings.first else {
            guard let text = lengths.first else { return .length(0) }
            guard lengths.count == 1, let length = number(text) else {
                throw HTTPError(
                    .badRequest,
                    "Content-Length must be one whole number, but is '\(lengths.joined(separator: ", ").shown)'."
                )
            }
            return .length(length)
        }
        guard lengths.isEmpty else {
            throw HTTPError(.badRequest, "A request has either Content-Length or Transfer-Encoding, not both.")
        }
        guard !isOld else { throw HTTPError(.badRequest, "HTTP/1.0 has no Transfer-Encoding.") }
        guard fields.codings.count == 1, coding.lowercased() == "chunked" else {
            throw HTTPError(.notImplemented, "Transfer-Encoding can be 'chunked', but is '\(coding.shown)'.")
        }
        return .chunked
    }

    private static func number(_ text: String) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    /// - Throws: unless there is exactly one, and it could be a host; RFC 9112, section 3.2.
    private static func host(_ hosts: [String], isOld: Bool) throws(HTTPError) -> String {
        if hosts.isEmpty, isOld { return "" }
        guard hosts.count == 1 else {
            throw HTTPError(
                .badRequest,
                "A request has one Host, but this one has \(hosts.isEmpty ? "none" : "\(hosts.count)")."
            )
        }
        guard hosts[0].utf8.allSatisfy(Characters.isOfHost) else {
            throw HTTPError(.badRequest, "'\(hosts[0].shown)' is no host.")
        }
        return hosts[0]
    }

    /// The path and query of a target that may be a whole URL; RFC 9112, section 3.2.2.
    private static func origin(_ line: RequestLine, host: String) throws(HTTPError) -> String {
        if line.target.hasPrefix("/") { return line.target }
        guard let scheme = ["http://", "https://"].first(where: line.target.lowercased().hasPrefix) else {
            return line.target
        }
        let rest = line.target.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard !authority.isEmpty, authority.lowercased() == host.lowercased() else {
            throw HTTPError(.badRequest, "The target '\(line.target.shown)' and the Host '\(host)' are not the same.")
        }
        let path = rest.dropFirst(authority.count)
        return path.hasPrefix("/") ? String(path) : "/\(path)"
    }

    private static func expectation(_ expectation: String?, isOld: Bool) throws(HTTPError) -> Bool {
        guard let expectation, !isOld else { return false }
        guard expectation.lowercased() == "100-continue" else {
            throw HTTPError(.expectationFailed, "Expect can be '100-continue', but is '\(expectation.shown)'.")
        }
        return true
    }
}
