import HTTPKit
import PipelineKit
import Testing

/// Which web pages may use the server.
struct OriginTests {
    private static let page = "https://ci.example.org"

    private func come(
        _ method: HTTPMethod,
        _ headers: HTTPHeaders,
        listed: [String] = [],
        answer: HTTPResponse = HTTPResponse(.ok)
    ) async throws -> Passed {
        let origins = try Origins(listed)
        return await pass(try request(method, "/api/runs", headers), through: [origins.middleware], answer: answer)
    }

    @Test(
        arguments: [
            [:], ["sec-fetch-site": "same-origin"], ["sec-fetch-site": "none"],
            ["host": "localhost:8000", "origin": "http://localhost:8000"],
            ["host": "Sluice.Example.org", "origin": "https://sluice.example.org"],
            ["host": "a.example:443", "origin": "https://a.example"], ["host": "[::1]:80", "origin": "http://[::1]"],
        ] as [HTTPHeaders]
    )
    func ownPagesAndOtherProgramsMayChangeThings(headers: HTTPHeaders) async throws {
        #expect(try await come(.post, headers).error == nil)
    }

    @Test(
        arguments: [
            (["origin": "https://evil.example"], "Pages of 'https://evil.example' may not use this server."),
            (["origin": "null"], "Pages of 'null' may not use this server."),
            (["origin": ""], "Pages of '' may not use this server."),
            (["origin": "http://localhost:3000"], "Pages of 'http://localhost:3000' may not use this server."),
            (
                ["origin": "http://localhost:8000@evil"],
                "Pages of 'http://localhost:8000@evil' may not use this server."
            ),
            (["origin": "file://localhost:8000"], "Pages of 'file://localhost:8000' may not use this server."),
            (["sec-fetch-site": "cross-site"], "Pages of other sites may not use this server."),
            (["sec-fetch-site": "same-site"], "Pages of other sites may not use this server."),
        ] as [(HTTPHeaders, String)]
    )
    func otherPagesMayNot(headers: HTTPHeaders, message: String) async throws {
        var headers = headers
        headers["host"] = "localhost:8000"
        let refusal = HTTPError(.forbidden, message, code: "origin_not_allowed")
        for method in [HTTPMethod.post, .put, .patch, .delete, HTTPMethod("INVENTED")] {
            let passed = try await come(method, headers)
            #expect(passed.error == refusal)
            #expect(passed.seen == nil)
        }
        headers["upgrade"] = "websocket"
        #expect(try await come(.get, headers).error == refusal)
    }

    @Test func twoOriginsAreNone() async throws {
        var headers: HTTPHeaders = ["host": "a.example"]
        for origin in ["http://a.example", "http://b.example"] { headers.append("origin", origin) }
        #expect(try await come(.post, headers).error?.status == .forbidden)
    }

    @Test func readingIsLeftToTheBrowser() async throws {
        let passed = try await come(.get, ["origin": "https://evil.example", "host": "localhost"])
        #expect(passed.error == nil)
        #expect(passed.headers["access-control-allow-origin"] == nil)
        #expect(passed.headers["vary"] == nil)
    }

    @Test func aListedPageMayReadWhatItAskedFor() async throws {
        let headers: HTTPHeaders = ["origin": Self.page, "host": "localhost", "sec-fetch-site": "cross-site"]
        let answer = HTTPResponse(.ok, headers: ["vary": "Accept-Encoding"])
        let passed = try await come(.post, headers, listed: ["https://CI.example.org:443"], answer: answer)
        #expect(passed.error == nil)
        #expect(passed.headers["access-control-allow-origin"] == Self.page)
        #expect(passed.headers["vary"] == "accept-encoding, origin")
        #expect(passed.headers["access-control-allow-credentials"] == nil)
    }

    @Test func whoIsNotListedMayReadNothing() async throws {
        let passed = try await come(.get, ["origin": "https://evil.example", "host": "h"], listed: [Self.page])
        #expect(passed.headers["access-control-allow-origin"] == nil)
        #expect(passed.headers["vary"] == "origin", "A cache must not give one page's answer to another.")
        let refused = try await come(.post, ["origin": "https://evil.example", "host": "h"], listed: [Self.page])
        #expect(refused.error?.status == .forbidden)
        #expect(refused.headers["access-control-allow-origin"] == nil)
    }

    @Test func aPreflightIsToldWhatMayBeSent() async throws {
        let headers: HTTPHeaders = ["origin": Self.page, "host": "h", "access-control-request-method": "POST"]
        let answer = HTTPResponse(.noContent, headers: ["allow": "GET, HEAD, OPTIONS, POST"])
        let passed = try await come(.options, headers, listed: [Self.page], answer: answer)
        #expect(passed.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS, POST")
        #expect(
            passed.headers["access-control-allow-headers"] == "Authorization, Content-Type, Last-Event-ID, X-API-Key"
        )
        #expect(passed.headers["access-control-max-age"] == "600")
        let other = try await come(.options, headers, listed: ["https://b.example"], answer: answer)
        #expect(other.headers["access-control-allow-methods"] == nil)
    }

    @Test(arguments: [
        ("*", "Name each origin: '*' would let every web page use this server."),
        ("ci.example.org", "'ci.example.org' is no origin, such as 'https://ci.example.org'."),
        ("https://a.example/", "'https://a.example/' is no origin, such as 'https://ci.example.org'."),
        ("https://", "'https://' is no origin, such as 'https://ci.example.org'."),
        ("null", "'null' is no origin, such as 'https://ci.example.org'."),
    ])
    func aWrongListIsNamed(text: String, message: String) {
        #expect(throws: Failure(.invalidInput, message)) { try Origins([text]) }
    }

    @Test(arguments: ["localhost", "localhost:8000", "127.0.0.1:1", "[::1]", "[::1]:8000", "LOCALHOST", "a.example:9"])
    func thisHostIsAnsweredTo(host: String) async throws {
        let check = HostCheck(loopbackAnd: ["A.example"])
        #expect(await pass(try request(.get, "/", ["host": host]), through: [check.middleware]).error == nil)
    }

    @Test(arguments: [
        "evil.example", "evil.example:8000", "", "localhost.evil.example", "127.0.0.1.evil.example", "::1",
    ])
    func anotherHostIsNot(host: String) async throws {
        let error = await pass(try request(.get, "/", ["host": host]), through: [HostCheck().middleware]).error
        let sentence = "This server is not '\(host)'. It answers to localhost, 127.0.0.1, [::1]."
        #expect(error == HTTPError(.forbidden, sentence, code: "host_not_allowed"))
    }
}
