import HTTPKit
import PipelineKit
import Testing

/// Who may come in, and that what they showed goes no further.
struct AuthenticationTests {
    private let watch = Watch()
    private let tickets: Tickets
    private let door: Authentication

    init() {
        let watch = watch
        tickets = Tickets { watch.now }
        door = Authentication(
            isRequired: { () throws(HTTPError) in true },
            find: { key throws(HTTPError) in
                if key == "old" { throw .unauthorized("The key 'ci' has expired.", code: "key_expired") }
                return key == "right" ? Principal(name: "ci") : nil
            },
            tickets: tickets,
            open: OpenPaths(trees: ["/console"]),
            failures: RateLimit(rate: 1, burst: 3) { watch.now }
        )
    }

    private func come(_ request: HTTPRequest) async -> Passed { await pass(request, through: [door.middleware]) }

    @Test(
        arguments: [
            ["authorization": "Bearer right"], ["authorization": "bEARER   right "], ["x-api-key": "right"],
            ["authorization": "Basic eDp5", "x-api-key": "right"],
        ] as [HTTPHeaders]
    )
    func aRightKeyLetsInUnderItsName(headers: HTTPHeaders) async throws {
        let passed = await come(try request(headers: headers))
        #expect(passed.seen?.principal == Principal(name: "ci"))
        #expect(passed.seen?.headers.fields.isEmpty == true, "The handler sees no key.")
    }

    private func request(headers: HTTPHeaders) throws -> HTTPRequest {
        try HTTPTests.request(.post, "/api/runs", headers)
    }

    @Test(arguments: ["Basic eDp5", "Bearer"])
    func aFieldThatHoldsNoKeyIsToldAsSuch(field: String) async throws {
        let passed = await come(try request(headers: ["authorization": field]))
        #expect(passed.seen == nil)
        #expect(passed.error?.message == "The field 'Authorization' must be 'Bearer KEY'.")
        #expect((passed.error?.status, passed.error?.code) == (.unauthorized, "key_malformed"))
    }

    @Test func withoutAKeyItIsAskedFor() async throws {
        let passed = await come(try request(headers: [:]))
        #expect(passed.seen == nil)
        #expect(
            passed.error
                == HTTPError(
                    .unauthorized,
                    "This server asks for a key: send 'Authorization: Bearer KEY' or 'X-API-Key: KEY'.",
                    code: "key_required",
                    headers: ["www-authenticate": "Bearer realm=\"sluice\""]
                )
        )
    }

    @Test func aWrongKeyIsNotRepeated() async throws {
        let error = await come(try request(headers: ["x-api-key": "slk_guess"])).error
        #expect(error?.status == .unauthorized)
        #expect(error?.message == "This key is not known here.")
        #expect(error?.headers["www-authenticate"] == "Bearer realm=\"sluice\", error=\"invalid_token\"")
    }

    @Test func anExpiredKeyIsNamed() async throws {
        let error = await come(try request(headers: ["x-api-key": "old"])).error
        #expect(error?.message == "The key 'ci' has expired.")
        #expect(error?.code == "key_expired")
    }

    @Test func guessingIsSlowedDownAndKeepsNobodyElseOut() async throws {
        for _ in 0..<3 { #expect(await come(try request(headers: ["x-api-key": "x"])).error?.status == .unauthorized) }
        let error = await come(try request(headers: ["x-api-key": "x"])).error
        #expect(error?.status == .tooManyRequests)
        #expect(error?.message == "Too many attempts with a wrong key: more than 1 a second. Try again in 1 s.")
        #expect(error?.headers["retry-after"] == "1")
        #expect(await come(try request(headers: ["x-api-key": "right"])).error == nil)
        watch.advance(.seconds(1))
        #expect(await come(try request(headers: ["x-api-key": "x"])).error?.status == .unauthorized)
    }

    @Test(arguments: ["/health", "/ready", "/console", "/console/app.js"])
    func whatIsOpenNeedsNoKeyToBeRead(path: String) async throws {
        #expect(await come(try HTTPTests.request(.get, path)).error == nil)
        #expect(await come(try HTTPTests.request(.head, path)).error == nil)
        #expect(await come(try HTTPTests.request(.post, path)).error?.status == .unauthorized)
    }

    @Test(arguments: ["/health/", "/console2", "/api/console", "//health", "/health%2Fx", "/api/runs?path=/health"])
    func whatOnlyLooksOpenIsNot(path: String) async throws {
        #expect(await come(try HTTPTests.request(.get, path)).error?.status == .unauthorized)
    }

    @Test func aPreflightBringsNoKey() async throws {
        let headers: HTTPHeaders = ["origin": "https://a.example", "access-control-request-method": "POST"]
        #expect(await come(try HTTPTests.request(.options, "/api/runs", headers)).error == nil)
        #expect(await come(try HTTPTests.request(.options, "/api/runs")).error?.status == .unauthorized)
    }

    @Test func whereNoKeyIsNeededNobodyIsAsked() async throws {
        var door = door
        door.isRequired = { () throws(HTTPError) in false }
        var sent = try request(headers: ["authorization": "Bearer anything"])
        sent.principal = Principal(name: "forged")
        let passed = await pass(sent, through: [door.middleware])
        #expect(passed.seen != nil)
        #expect(passed.seen?.principal == nil)
        #expect(passed.seen?.headers["authorization"] == nil)
    }

    // MARK: - Tickets

    private static let streams: [HTTPHeaders] = [
        ["upgrade": "websocket"], ["accept": "text/event-stream"], ["accept": "text/event-stream;q=1, */*"],
    ]

    private func stream(_ ticket: Tickets.Ticket, _ headers: HTTPHeaders = streams[0]) throws -> HTTPRequest {
        try HTTPTests.request(.get, "/api/ws/r1?after=3&ticket=\(ticket.text)", headers)
    }

    @Test(arguments: streams) func aTicketOpensOneStream(headers: HTTPHeaders) async throws {
        let ticket = tickets.issue(for: Principal(name: "ada"))
        #expect(ticket.text.wholeMatch(of: /slt_[0-9a-f]{64}/) != nil)
        let passed = await come(try stream(ticket, headers))
        #expect(passed.seen?.principal == Principal(name: "ada"))
        #expect(passed.seen?.target.query.map(\.name) == ["after"], "The handler sees no ticket.")
        let error = await come(try stream(ticket, headers)).error
        #expect(error?.message == "This ticket is not known here, is older than 30 seconds, or was used before.")
        #expect(error?.status == .unauthorized)
    }

    @Test func aTicketLastsHalfAMinute() async throws {
        let (early, late) = (tickets.issue(for: Principal(name: "a")), tickets.issue(for: Principal(name: "a")))
        #expect(late.expiresAt == watch.now + .seconds(30))
        watch.advance(.milliseconds(29_999))
        #expect(await come(try stream(early)).error == nil)
        watch.advance(.milliseconds(1))
        #expect(await come(try stream(late)).error?.status == .unauthorized)
    }

    @Test func aTicketOpensNothingElse() async throws {
        let ticket = tickets.issue(for: Principal(name: "ada"))
        #expect(await come(try stream(ticket, [:])).error?.code == "key_required")
        let post = try HTTPTests.request(.post, "/api/runs?ticket=\(ticket.text)", Self.streams[0])
        #expect(await come(post).error?.code == "key_required")
        let header = try HTTPTests.request(.get, "/api/runs", ["x-api-key": ticket.text])
        #expect(await come(header).error?.code == "key_unknown")
        #expect(await come(try stream(ticket)).error == nil)
    }

    @Test func onlySoManyTicketsAreKept() async throws {
        let first = tickets.issue(for: Principal(name: "a"))
        let second = tickets.issue(for: Principal(name: "a"))
        for _ in 2...10_000 { _ = tickets.issue(for: Principal(name: "a")) }
        #expect(await come(try stream(first)).error?.status == .unauthorized)
        #expect(await come(try stream(second)).error == nil)
    }
}
