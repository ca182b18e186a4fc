import FoundationEssentials
import PipelineKit

/// Where a request goes, as far as it may be told to people: never with a key in it.
struct RequestTarget: Sendable, Hashable {
    /// `localhost:8080`, or `api.openai.com` when the URL names no port.
    let host: String

    /// Checks what libcurl would send as it stands.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` for a URL that is not `http` or `https`, has no host or holds
    ///   credentials, and for a header that would break out of its line.
    init(of request: TransportRequest) throws(Failure) {
        guard let url = URLComponents(string: request.url), let name = url.host, !name.isEmpty,
            ["http", "https"].contains(url.scheme?.lowercased())
        else {
            let said = request.url.contains("@") ? "" : " '\(request.url)'"
            throw Failure(.invalidInput, "The URL\(said) is not of the form 'https://host/path'.")
        }
        host = url.port.map { "\(name):\($0)" } ?? name
        guard url.user == nil, url.password == nil else {
            throw Failure(.invalidInput, "The URL of '\(host)' must not hold a user name or a password.")
        }
        for header in request.headers { try Self.check(header) }
    }

    /// RFC 9110, 5.1 and 5.5: a name is a token; a value has no line ends and no NUL.
    private static func check(_ header: TransportRequest.Header) throws(Failure) {
        let marks = Set("!#$%&'*+-.^_`|~".utf8)
        let isToken = header.name.utf8.allSatisfy { byte in
            marks.contains(byte) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
        }
        guard isToken, !header.name.isEmpty else {
            throw Failure(.invalidInput, "'\(printable(header.name))' is not the name of an HTTP header.")
        }
        guard !header.value.utf8.contains(where: { $0 == 0 || $0 == 10 || $0 == 13 }) else {
            throw Failure(.invalidInput, "The value of the header '\(header.name)' must be one line.")
        }
    }
}
