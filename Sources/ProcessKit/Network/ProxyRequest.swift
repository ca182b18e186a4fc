/// What a client asks of a proxy, read from the head of its request; RFC 9110 section 9.3.6, RFC 9112 section 3.2.2.
struct ProxyRequest: Equatable {
    /// A host and a port, without the brackets of an IPv6 address.
    var host: String
    var port: Int
    /// What the server is sent first; empty for CONNECT, after which the client speaks for itself.
    var head: [UInt8]

    /// The most bytes of a head.
    static let longest = 32 << 10

    /// - Parameter head: Up to and with the empty line.
    init?(_ head: [UInt8]) {
        guard let text = String(validating: head, as: UTF8.self) else { return nil }
        var lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = lines[0].split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { return nil }
        if words[0] == "CONNECT" {
            guard let place = Self.place(words[1], standard: nil) else { return nil }
            (host, port) = place
            self.head = []
        } else {
            guard words[1].lowercased().hasPrefix("http://") else { return nil }
            let rest = words[1].dropFirst("http://".count)
            let authority = rest.prefix { !"/?#".contains($0) }
            guard let place = Self.place(authority, standard: 80) else { return nil }
            (host, port) = place
            let path = rest.dropFirst(authority.count)
            lines[0] = "\(words[0]) \(path.hasPrefix("/") ? "" : "/")\(path) HTTP/1.1"
            self.head = Self.rewritten(lines, host: authority)
        }
    }

    /// The head for the server: one request on this connection, to the host that was checked.
    private static func rewritten(_ lines: [Substring], host: Substring) -> [UInt8] {
        let own = ["host:", "proxy-connection:", "proxy-authorization:", "connection:", "keep-alive:", "upgrade:"]
        let kept = lines.dropFirst().filter { line in
            let name = line.lowercased()
            return !line.isEmpty && !own.contains { name.hasPrefix($0) }
        }
        let head = [lines[0], "Host: \(host)"] + kept + ["Connection: close", "", ""]
        return Array(head.joined(separator: "\r\n").utf8)
    }

    /// `host:port` or `[address]:port`; what a URL may hold before an `@` is refused.
    private static func place(_ text: Substring, standard: Int?) -> (String, Int)? {
        guard !text.contains("@") else { return nil }
        let colon = text.lastIndex(of: ":").flatMap { text[$0...].contains("]") ? nil : $0 }
        var host = text[..<(colon ?? text.endIndex)]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        let written = colon.map { text[text.index(after: $0)...] }
        let port = written.map { $0.allSatisfy(\.isNumber) ? Int($0) : nil } ?? standard
        guard let port, (1...65535).contains(port), !host.isEmpty, host.utf8.count <= 255,
            !host.contains(where: { "[]".contains($0) })
        else { return nil }
        return (String(host), port)
    }
}
