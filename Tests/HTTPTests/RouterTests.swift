import HTTPKit
import Testing

/// A request finds its route, or learns why there is none.
struct RouterTests {
    private let router: Router<String> = {
        var router = Router<String>()
        for (method, pattern) in [
            (HTTPMethod.get, "/"), (.get, "/api/runs"), (.post, "/api/runs"), (.get, "/api/runs/{id}"),
            (.post, "/api/runs/{id}/resume"), (.get, "/api/runs/latest"), (.get, "/assets/{file...}"),
        ] {
            #expect(router.add(method, PathPattern(pattern), "\(method) \(pattern)") == nil)
        }
        return router
    }()

    private func find(_ method: HTTPMethod, _ path: String) throws -> (String, [String: String]) {
        let match = try router.find(method, RequestTarget(path).segments)
        return (match.value, match.parameters)
    }

    @Test(arguments: [
        (HTTPMethod.get, "/", "GET /", [:]), (.get, "/api/runs", "GET /api/runs", [:]),
        (.post, "/api/runs", "POST /api/runs", [:]), (.get, "/api/runs/a%2Fb", "GET /api/runs/{id}", ["id": "a/b"]),
        (.get, "/api/runs/latest", "GET /api/runs/latest", [:]),
        (.post, "/api/runs/latest/resume", "POST /api/runs/{id}/resume", ["id": "latest"]),
        (.head, "/api/runs", "GET /api/runs", [:]),
        (.get, "/assets/a/b.js", "GET /assets/{file...}", ["file": "a/b.js"]),
    ])
    func aPathLeadsToItsRoute(method: HTTPMethod, path: String, route: String, parameters: [String: String]) throws {
        let (value, found) = try find(method, path)
        #expect(value == route)
        #expect(found == parameters)
    }

    @Test(arguments: ["/api", "/api/runs/", "/api/runs/x/y", "/assets", "//", "/API/runs"])
    func anUnknownPathIsNamed(path: String) {
        let error = #expect(throws: HTTPError.self) { try find(.get, path) }
        #expect(error?.status == .notFound)
        #expect(error?.message == "There is nothing at '\(path)'.")
    }

    @Test(arguments: ["..%2F..%2Fetc/passwd", "a/..%2Fb", "x%2F.", "%2F.."])
    func theRestOfAPathLeadsUpNowhere(rest: String) {
        let error = #expect(throws: HTTPError.self) { try find(.get, "/assets/\(rest)") }
        #expect(error?.status == .notFound)
    }

    @Test func anEncodedSlashInTheRestOfAPathIsASlash() throws {
        #expect(try find(.get, "/assets/a%2Fb..c").1 == ["file": "a/b..c"])
    }

    @Test func aPathForOtherMethodsListsThem() {
        let error = #expect(throws: HTTPError.self) { try find(.delete, "/api/runs") }
        #expect(error?.status == .methodNotAllowed)
        #expect(error?.message == "'/api/runs' takes GET, HEAD, OPTIONS, POST, not DELETE.")
        #expect(error?.headers["Allow"] == "GET, HEAD, OPTIONS, POST")
    }

    @Test func aLiteralThatLeadsNowhereLeavesTheParameter() throws {
        #expect(router.methods(["api", "runs", "latest"]) == "GET, HEAD, OPTIONS")
        #expect(router.methods(["api", "runs", "latest", "resume"]) == "OPTIONS, POST")
        #expect(router.methods(["nowhere"]) == nil)
    }

    @Test func theSameRouteTwiceIsTold() {
        var router = router
        #expect(router.add(.get, PathPattern("/api/runs/{run}"), "second") == "GET /api/runs/{id}")
        #expect(router.add(.delete, PathPattern("/api/runs/{run}"), "third") == nil)
    }
}
