import HTTPKit
import HTTPServer
import Testing

/// Several contracts on one listener.
struct MountsTests {
    private static func contract(_ name: String, _ routes: [(HTTPMethod, String)]) -> APIContract {
        let routes = routes.map { method, pattern in
            Route(method, pattern, handler: .response { _ throws(HTTPError) in .text(name) })
        }
        return APIContract(name: name, routes: routes, render: { HTTPResponse($0.status) })
    }

    private let mounts: Mounts

    init() throws {
        let native = Self.contract("native", [(.get, "/api/v1/runs/{run}"), (.get, "/health"), (.get, "/")])
        let retrai = Self.contract("retrai", [(.get, "/api/runs/{run}"), (.delete, "/api/runs/{run}")])
        let m = Self.contract("m", [(.get, "/api/runs/{id}"), (.post, "/api/runs/{id}/cancel"), (.post, "/api/goals")])
        mounts = try Mounts([native, retrai, m]) { ["r1": "retrai", "m1": "m", "n1": "native"][$0] }
    }

    private func answering(_ method: HTTPMethod, _ path: String) async throws -> String {
        let found = try mounts.find(method, RequestTarget(path).segments)
        return await mounts.claimant(of: found).contract.name
    }

    @Test(arguments: [
        ("/api/runs/r1", "retrai"), ("/api/runs/m1", "m"), ("/api/runs/n1", "retrai"), ("/api/runs/nobodys", "retrai"),
        ("/api/v1/runs/m1", "native"), ("/health", "native"),
    ])
    func aSharedRouteGoesToTheContractThatStartedTheRun(path: String, name: String) async throws {
        #expect(try await answering(.get, path) == name)
        #expect(try await answering(.head, path) == name)
    }

    @Test func eachContractGetsTheParametersByItsOwnNames() throws {
        let found = try mounts.find(.get, ["api", "runs", "m1"])
        #expect(found.isShared)
        #expect(found.claimants.map(found.parameters) == [["run": "m1"], ["id": "m1"]])
    }

    @Test func onlyASharedRouteLooksUpARun() async throws {
        let mounts = try Mounts([Self.contract("a", [(.get, "/runs/{id}")])]) { id in
            Issue.record("The run '\(id)' was looked up.")
            return nil
        }
        let found = try mounts.find(.get, ["runs", "r1"])
        #expect(!found.isShared)
        #expect(await mounts.claimant(of: found).contract.name == "a")
    }

    @Test func methodsAreThoseOfAllContracts() {
        #expect(mounts.methods(["api", "runs", "r1"]) == "DELETE, GET, HEAD, OPTIONS")
        #expect(mounts.methods(["nowhere"]) == nil)
        let error = #expect(throws: HTTPError.self) { try mounts.find(.put, ["api", "goals"]) }
        #expect(error?.status == .methodNotAllowed)
        #expect(error?.headers["allow"] == "OPTIONS, POST")
    }

    @Test(arguments: [
        ("/api/v1/nothing", "native"), ("/api/v1", "native"), ("/api/runs/r1/nothing", "retrai"),
        ("/api/goals/7", "m"), ("/nothing", "native"), ("/", "native"),
    ])
    func theNearestContractWordsWhatNobodyOwns(path: String, name: String) throws {
        #expect(mounts.fallback(for: try RequestTarget(path).segments).name == name)
    }

    @Test(arguments: [("/api/runs/r1/cancel", "m"), ("/api/runs/m1", "retrai"), ("/health", "native")])
    func whoAloneHasThePathWordsThatItTakesNoSuchMethod(path: String, name: String) throws {
        let segments = try RequestTarget(path).segments
        #expect(throws: HTTPError.self) { try mounts.find(.put, segments) }
        #expect(mounts.fallback(for: segments).name == name)
    }

    @Test func aPathOfThousandsOfSegmentsIsNoMoreWork() {
        let segments = ["api", "goals"] + Array(repeating: "a", count: 10_000)
        #expect(mounts.fallback(for: segments).name == "m")
    }

    @Test func theFirstContractWordsWhatCouldNotBeRead() { #expect(mounts.fallback().name == "native") }

    private func problems(_ contracts: [APIContract]) -> [String]? {
        #expect(throws: MountError.self) { try Mounts(contracts) { _ in nil } }?.problems
    }

    @Test func everyOtherClashIsRefusedByName() {
        let autopack = Self.contract("autopack", [(.get, "/health"), (.post, "/runs/{a}/x/{id}"), (.get, "/f/{p...}")])
        let m = Self.contract("m", [(.get, "/health"), (.post, "/runs/{id}/x/{b}"), (.get, "/f/{q...}")])
        #expect(
            problems([autopack, m]) == [
                "Route GET /health of 'm' is already taken by 'autopack'.",
                "Route POST /runs/{id}/x/{b} of 'm' is already taken by 'autopack'.",
                "Route GET /f/{q...} of 'm' is already taken by 'autopack'.",
            ]
        )
    }

    @Test func aContractCannotShareWithItself() {
        let twice = Self.contract("m", [(.get, "/runs/{id}"), (.get, "/runs/{run}")])
        #expect(problems([twice]) == ["Route GET /runs/{run} of 'm' is already taken by 'm'."])
        let once = Self.contract("m", [(.get, "/a")])
        #expect(problems([once, once])?.first == "Two contracts are named 'm'.")
    }

    @Test func aRunIsNamedByTheClearestName() throws {
        let a = Self.contract("a", [(.get, "/runs/{run}/approvals/{id}")])
        let b = Self.contract("b", [(.get, "/runs/{run_id}/approvals/{approval}")])
        #expect(try Mounts([a, b]) { _ in nil }.find(.get, ["runs", "r", "approvals", "p"]).isShared)
    }

    @Test func nothingCannotBeServed() { #expect(problems([]) == ["There is no contract to serve."]) }
}
