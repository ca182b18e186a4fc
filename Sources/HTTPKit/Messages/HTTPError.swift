/// Why a request was not answered as it asked: a status, and one sentence for a person.
///
/// The contract that owns the route words it in its own way; see ``APIContract/render``.
public struct HTTPError: Error, Sendable, Hashable {
    public var status: HTTPStatus
    /// One sentence, quoting what was sent.
    public var message: String
    /// What makes the error one of its kind for programs: `no_such_run`; empty where the status says enough.
    public var code: String
    /// Every single mistake of a body, where there are several.
    public var details: [String]
    /// Fields of the response that go with the status: `Retry-After`, `Allow`, `WWW-Authenticate`.
    public var headers: HTTPHeaders

    public init(
        _ status: HTTPStatus,
        _ message: String,
        code: String = "",
        details: [String] = [],
        headers: HTTPHeaders = HTTPHeaders()
    ) {
        self.status = status
        self.message = message
        self.code = code
        self.details = details
        self.headers = headers
    }
}
