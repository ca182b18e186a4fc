import PipelineKit

/// One request, as a gate sends it.
struct HTTPCall: Sendable, Hashable {
    var method = "GET"
    var url: String
    var headers: [String: String] = [:]
    var body: [UInt8]?
    /// From the beginning to the last byte of the answer.
    var timeout: Duration
    /// Whether the answer of the place that a redirection names is the answer.
    var follows = false

    init(_ url: String, method: String = "GET", timeout: Duration) {
        self.method = method
        self.url = url
        self.timeout = timeout
    }

    /// Takes what settings say of a body.
    mutating func add(json: JSONValue?, body text: String?) {
        guard json != nil || text != nil else { return }
        body = json?.encoded() ?? text.map { Array($0.utf8) }
        guard !headers.keys.contains(where: { $0.lowercased() == "content-type" }) else { return }
        headers["Content-Type"] = json == nil ? "text/plain; charset=utf-8" : "application/json"
    }
}

/// What a server answered.
struct HTTPAnswer: Sendable, Hashable {
    var status: Int
    /// By their names in lower case; the last of several of one name.
    var headers: [String: String]
    var body: [UInt8]
    var seconds: Double
}

/// How a request went.
enum HTTPOutcome: Sendable, Hashable {
    case answered(HTTPAnswer)
    /// Without an answer that can be read, and why, as a sentence.
    case failed(String, isConnected: Bool)
}

/// What is checked of settings that say a request.
enum HTTPSettings {
    /// - Throws: ``Failure/Kind/invalidInput`` for what no request can have; RFC 9110, 5.6.2 and 5.5.
    static func check(method: String, headers: [String: String]) throws(Failure) {
        guard isToken(method) else {
            throw Failure(.invalidInput, "Field 'method' must be a method of HTTP, such as POST, but is '\(method)'.")
        }
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
            guard isToken(name) else {
                throw Failure(.invalidInput, "Field 'headers' must hold names of headers, but holds '\(name)'.")
            }
            guard value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
                throw Failure(.invalidInput, "Field 'headers' must not hold line breaks, as '\(name)' does.")
            }
        }
    }

    static func check(json: JSONValue?, body: String?, maxMs: Double?) throws(Failure) {
        guard json == nil || body == nil else {
            throw Failure(.invalidInput, "Fields 'json' and 'body' exclude each other; name one of them.")
        }
        guard let maxMs, maxMs <= 0 else { return }
        throw Failure(.invalidInput, "Field 'max_ms' must be more than 0, but is \(maxMs).")
    }

    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                byte > 32 && byte < 127
                    && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
            }
    }
}
