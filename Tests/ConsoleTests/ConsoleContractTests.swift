import HTTPKit
import Testing

@testable import ConsoleContract

/// What a browser gets.
struct ConsoleContractTests {
    private static let contract = ConsoleContract.make()

    private func get(_ path: String, _ headers: HTTPHeaders = HTTPHeaders()) async throws -> HTTPResponse {
        var router = Router<Route>()
        for route in Self.contract.routes { #expect(router.add(route.method, route.pattern, route) == nil) }
        let request = HTTPRequest(.get, try RequestTarget(path), headers: headers)
        let route = try router.find(.get, request.target.segments).value
        guard case .immediate(let respond) = route.handler else {
            Issue.record("\(path) waits for something.")
            return HTTPResponse(.notFound)
        }
        return try respond(request)
    }

    @Test(arguments: [
        "/", "/runs", "/runs/k7m2p9xa", "/runs/k7m2p9xa/diff", "/approvals", "/new", "/pipelines", "/pipelines/a%2Fb",
        "/modules", "/benchmarks", "/assets/index.html",
    ])
    func everyAddressOfTheConsoleIsItsPage(path: String) async throws {
        let response = try await get(path)
        #expect(response.status == .ok)
        #expect(response.headers["content-type"] == "text/html; charset=utf-8")
        #expect(response.body == (try Assets.bytes("index.html")))
    }

    @Test func everyFileIsAnswered() async throws {
        for path in try Assets.paths() {
            #expect(try await get("/assets/\(path)").body == (try Assets.bytes(path)), "\(path)")
        }
    }

    @Test(arguments: ["/assets/", "/assets/js/none.js", "/assets/js", "/favicon.ico"])
    func whatIsNotThereIsNotFound(path: String) async throws {
        await #expect(throws: HTTPError.self) { try await get(path) }
    }

    @Test func aPageMayLoadFromItsOwnServerAlone() async throws {
        let headers = try await get("/").headers
        #expect(
            headers["content-security-policy"]
                == "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
                + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        #expect(headers["x-content-type-options"] == "nosniff")
        #expect(headers["cache-control"] == "no-cache")
    }

    @Test func aFileThatIsKnownIsNotSentAgain() async throws {
        let tag = try #require(try await get("/assets/js/main.js").headers["etag"])
        #expect(tag.wholeMatch(of: /"[0-9a-f]{64}"/) != nil)
        for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
            let response = try await get("/assets/js/main.js", ["if-none-match": known])
            #expect(response.status == .notModified, "\(known)")
            #expect(response.body == [])
            #expect(response.headers["etag"] == tag)
        }
        #expect(try await get("/assets/js/main.js", ["if-none-match": "\"other\""]).status == .ok)
        #expect(try await get("/").headers["etag"] != tag)
    }

    @Test func anErrorIsASentence() {
        let response = Self.contract.response(to: HTTPError(.notFound, "There is nothing at '/x'."))
        #expect(response.status == .notFound)
        #expect(String(decoding: response.body, as: UTF8.self) == "There is nothing at '/x'.\n")
    }
}
