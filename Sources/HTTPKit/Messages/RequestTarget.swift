/// What a request line names, in origin form: `/api/runs?limit=5`; RFC 9112, section 3.2.1.
public struct RequestTarget: Sendable, Hashable {
    /// As it was sent, with its percent-encoding.
    public let path: String
    /// The decoded parts between the slashes; `/a%2Fb/` is `["a/b", ""]`.
    public let segments: [String]
    /// The decoded parameters of the query, in order.
    public private(set) var query: [Parameter]

    public struct Parameter: Sendable, Hashable {
        public let name: String
        public let value: String
    }

    /// - Throws: 400 for what is no path, or is encoded wrongly. `.` and `..` are refused: nothing here needs them,
    ///   and they are read differently by every program a request passes through.
    public init(_ text: String) throws(HTTPError) {
        // Errors quote no value of the query: a ticket may stand there.
        let end = text.utf8.firstIndex(of: UInt8(ascii: "?")) ?? text.endIndex
        let path = String(text[..<end])
        guard path.utf8.first == UInt8(ascii: "/") else {
            throw HTTPError(.badRequest, "The target '\(path.shown)' does not begin with '/'.")
        }
        segments = try Self.segments(of: path)
        self.path = path
        query = end == text.endIndex ? [] : try Self.parameters(text[text.utf8.index(after: end)...])
    }

    private static func segments(of path: String) throws(HTTPError) -> [String] {
        let parts = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return try parts.map { part throws(HTTPError) in
            guard let segment = PercentEncoding.decode(Substring(part)), !isWay(segment) else {
                throw HTTPError(.badRequest, "The path '\(path.shown)' is encoded wrongly, or has a '.' or '..' in it.")
            }
            return segment
        }
    }

    private static func isWay(_ segment: String) -> Bool {
        segment.utf8.count <= 2 && (segment == "." || segment == "..")
    }

    /// The target of a request that is made in this process and was never text.
    public init(segments: [String], query: [(name: String, value: String)] = []) {
        let parameters = query.map { Parameter(name: $0.name, value: $0.value) }
        self.init(path: "/" + segments.joined(separator: "/"), segments: segments, query: parameters)
    }

    /// `*`, the server as a whole; RFC 9112, section 3.2.4.
    package static let server = RequestTarget(path: "*", segments: [], query: [])

    private init(path: String, segments: [String], query: [Parameter]) {
        self.path = path
        self.segments = segments
        self.query = query
    }

    /// Removes the parameters of that name.
    mutating func removeAll(_ name: String) { query.removeAll { $0.name == name } }

    private static func parameters(_ query: Substring) throws(HTTPError) -> [Parameter] {
        try query.split(separator: "&").map { pair throws(HTTPError) in
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(halves[0], plusIsSpace: true),
                let value = PercentEncoding.decode(halves.count > 1 ? halves[1] : "", plusIsSpace: true)
            else {
                throw HTTPError(.badRequest, "Parameter '\(String(halves[0]).shown)' of the query is encoded wrongly.")
            }
            return Parameter(name: name, value: value)
        }
    }
}

extension String {
    /// As much of a text from outside as an error shows, without control characters.
    package var shown: String {
        let plain = String(
            unicodeScalars.prefix(100).map { $0.value < 0x20 || $0.value == 0x7F ? "\u{FFFD}" : Character($0) }
        )
        return unicodeScalars.count > 100 ? plain + "…" : plain
    }
}
