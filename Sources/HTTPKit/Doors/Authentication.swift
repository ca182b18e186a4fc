/// Asks who someone is: a key in a field, or a ticket where a browser cannot send fields.
///
/// What was presented goes no further: neither handlers nor errors nor logs see it.
public struct Authentication: Sendable {
    /// Whether anybody has to say who they are. Beyond loopback this must be so even while there is no key.
    public var isRequired: @Sendable () async throws(HTTPError) -> Bool
    /// Whose key this is; `nil` for one that is not known. May throw a 401 that says more: the key has expired.
    public var find: @Sendable (_ key: String) async throws(HTTPError) -> Principal?
    public var tickets: Tickets
    public var open: OpenPaths
    /// How often an address may present what is no key; once a second after ten at once is plenty.
    public var failures: RateLimit

    public init(
        isRequired: @escaping @Sendable () async throws(HTTPError) -> Bool,
        find: @escaping @Sendable (_ key: String) async throws(HTTPError) -> Principal?,
        tickets: Tickets,
        open: OpenPaths = OpenPaths(),
        failures: RateLimit
    ) {
        self.isRequired = isRequired
        self.find = find
        self.tickets = tickets
        self.open = open
        self.failures = failures
    }

    public var middleware: Middleware {
        Middleware(admit: { request throws(HTTPError) in try await admit(&request) })
    }

    /// Gives the request its principal, and takes from it what it presented.
    private func admit(_ request: inout HTTPRequest) async throws(HTTPError) {
        let asked = request
        request.removeCredentials()
        request.principal = nil
        // Of a preflight request browsers send no key; it is answered without a handler.
        guard !request.isPreflight, !open.contains(request.method, request.target.segments), try await isRequired()
        else { return }
        guard let credential = Credential(of: asked) else {
            guard asked.headers["authorization"] == nil else {
                throw .unauthorized("The field 'Authorization' must be 'Bearer KEY'.", code: "key_malformed")
            }
            throw .unauthorized(
                "This server asks for a key: send 'Authorization: Bearer KEY' or 'X-API-Key: KEY'.",
                code: "key_required"
            )
        }
        request.principal = try await principal(for: credential, of: request)
    }

    private func principal(for credential: Credential, of request: HTTPRequest) async throws(HTTPError) -> Principal {
        do throws(HTTPError) {
            let sentence: String
            switch credential {
            case .key(let key):
                if let principal = try await find(key) { return principal }
                sentence = "This key is not known here."
            case .ticket(let ticket):
                if let principal = tickets.redeem(ticket) { return principal }
                sentence = "This ticket is not known here, is older than 30 seconds, or was used before."
            }
            throw HTTPError.unauthorized(sentence, code: "key_unknown", challenge: ", error=\"invalid_token\"")
        } catch {
            // A right key is never kept out by others of the same address who guess.
            if error.status == .unauthorized { try failures.count(request.address, "attempts with a wrong key") }
            throw error
        }
    }
}

extension HTTPError {
    /// A 401 with the challenge that RFC 9110, section 11.6.1, asks for.
    public static func unauthorized(_ message: String, code: String, challenge: String = "") -> HTTPError {
        HTTPError(
            .unauthorized,
            message,
            code: code,
            headers: ["www-authenticate": "Bearer realm=\"sluice\"" + challenge]
        )
    }
}

/// What everybody may read without a key.
public struct OpenPaths: Sendable {
    private let exact: [[String]]
    private let trees: [[String]]

    /// - Parameters:
    ///   - exact: Paths: `/health`.
    ///   - trees: Paths with everything below them: `/console`.
    public init(exact: [String] = ["/health", "/ready"], trees: [String] = []) {
        self.exact = exact.map(Self.segments)
        self.trees = trees.map(Self.segments)
    }

    /// Compared as the router does, decoded; only what changes nothing is open.
    func contains(_ method: HTTPMethod, _ segments: [String]) -> Bool {
        guard method == .get || method == .head else { return false }
        return exact.contains(segments) || trees.contains { segments.starts(with: $0) }
    }

    private static func segments(_ path: String) -> [String] {
        path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    }
}
