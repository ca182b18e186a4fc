import Foundation
public import HTTPKit
public import PipelineEngine
import PipelineKit
public import Testing

/// What every HTTP interface owes those who serve it and those who ask it, over a port and behind a server's doors.
///
/// It is tried with a run that has ended, whose id stands in the place of `{run}`, `{run_id}` or `{id}`.
/// - Parameters:
///   - make: The interface over some services.
///   - isDescribed: Whether every route has a description for OpenAPI; one that serves files may have none.
///   - isOpen: Whether a path may be asked without a key where keys are asked for.
public func expectConformance(
    of make: (Services) -> APIContract,
    isDescribed: Bool = true,
    isOpen: @escaping (String) -> Bool = { ["/health", "/ready"].contains($0) },
    at location: SourceLocation = #_sourceLocation
) async throws {
    try await ContractStage.serving(make) { stage in
        let contract = stage.contract
        #expect(
            contract.name.wholeMatch(of: /[a-z][a-z0-9]*([_-][a-z0-9]+)*/) != nil,
            "The name '\(contract.name)' is in snake or kebab case.",
            sourceLocation: location
        )
        #expect(!contract.routes.isEmpty, "An interface without a route is none.", sourceLocation: location)
        if isDescribed {
            #expect(OpenAPI.gaps(in: contract.routes) == [], sourceLocation: location)
        }
        let trial = ContractTrial(stage, location)
        try await trial.errorsAreWordedByTheContract()
        try await trial.wrongMethodsAreRefused()
        try await trial.unknownRunsAreToldAsSuch()
        try await trial.brokenBodiesAreRefused()
        try await trial.longBodiesAreRefused()
        try await trial.readingChangesNothing()
        try await trial.streamsEndWithTheRun()
        try await trial.keysAreAskedFor(except: isOpen)
    }
}

/// One interface, and all that is tried with it.
private struct ContractTrial {
    private let stage: ContractStage
    private let location: SourceLocation
    private var contract: APIContract { stage.contract }

    init(_ stage: ContractStage, _ location: SourceLocation) {
        self.stage = stage
        self.location = location
    }

    private func expect(_ isKept: Bool, _ words: String) {
        #expect(isKept, Comment(rawValue: words), sourceLocation: location)
    }

    /// An error has the status, the type and, when it is JSON, the members that the contract gives every error.
    private func expectError(_ answer: HTTPResponse, _ statuses: ClosedRange<Int>, _ what: String) {
        expect(
            statuses.contains(answer.status.code),
            "\(what) is answered with \(answer.status.code), not \(statuses)."
        )
        let model = contract.render(HTTPError(answer.status, "A sentence."))
        let type = answer.headers["content-type"]
        expect(type == model.headers["content-type"], "\(what) is answered as '\(type ?? "nothing")'.")
        guard let members = try? model.json().members else { return }
        let given = (try? answer.json().members) ?? [:]
        let missing = members.keys.filter { given[$0] == nil }.sorted().joined(separator: ", ")
        expect(missing.isEmpty, "\(what) is answered without the '\(missing)' of other errors: \(answer.bodyText)")
    }

    func errorsAreWordedByTheContract() async throws {
        for status in [HTTPStatus.notFound, .unprocessable, .conflict, .internalServerError] {
            let answer = contract.response(to: HTTPError(status, "A sentence.", code: "some_code"))
            // Clients of a contract may know fewer; whose fault it is they are told in any case.
            let isOfTheKind = answer.status.code / 100 == status.code / 100
            expect(isOfTheKind, "An error of \(status.code) is rendered as \(answer.status.code).")
            expect(answer.bodyText.contains("A sentence."), "The sentence of an error is left out: \(answer.bodyText)")
        }
    }

    /// 405, with the methods that there are.
    func wrongMethodsAreRefused() async throws {
        for (pattern, routes) in Dictionary(grouping: contract.routes, by: \.pattern.text).sorted(by: {
            $0.key < $1.key
        }) {
            // PUT, as nobody uses it here; where somebody does, another says as much.
            let taken = routes.map(\.method)
            guard let free = [HTTPMethod.put, .delete, .patch].first(where: { !taken.contains($0) }) else { continue }
            let answer = try await stage.ask(free, stage.path(of: routes[0]), body: [])
            expectError(answer, 405...405, "\(free) \(pattern)")
            let allowed = answer.headers["allow"] ?? ""
            for method in taken {
                expect(allowed.contains("\(method)"), "\(free) \(pattern) allows '\(allowed)', not \(method).")
            }
        }
    }

    /// A WebSocket may also be opened, say so and be closed again, as browsers see no status of one that is refused.
    func unknownRunsAreToldAsSuch() async throws {
        for route in contract.routes where stage.namesRun(route) && route.method == .get {
            let (path, what) = (stage.path(of: route, run: "nobody"), "GET \(route.pattern.text) of an unknown run")
            if route.hasWebSocket {
                let end = try await end(of: path)
                expect(end.contains("404") || end.contains("nobody"), "\(what) ends with '\(end)'.")
            }
            if !route.hasWebSocket || route.hasResponse {
                expectError(try await stage.ask(.get, path, body: []), 404...404, what)
            }
        }
    }

    /// How a stream was refused, or the last that it said.
    private func end(of path: String) async throws -> String {
        let stream: any ClientStream
        do throws(Failure) { stream = try await stage.open(path) } catch {
            return error.message.split(separator: "no stream, but ").last.map(String.init) ?? ""
        }
        var last = ""
        while let text = try await stream.next() { last = text }
        return last
    }

    /// What is no JSON, or JSON of another shape, changes nothing.
    func brokenBodiesAreRefused() async throws {
        let before = try await stage.everything()
        for route in contract.routes where route.description?.body != nil {
            for body in ["{\"a\":", "[1]", "\"\u{0}\""] {
                let answer = try await stage.ask(route.method, stage.path(of: route), body: Array(body.utf8))
                expectError(answer, 400...422, "\(route.method) \(route.pattern.text) with the body '\(body)'")
            }
        }
        expect(try await stage.everything() == before, "A broken body has changed something.")
    }

    func longBodiesAreRefused() async throws {
        for route in contract.routes where route.method != .get {
            let answer = try await stage.announce(route.method, stage.path(of: route), bytes: route.bodyLimit + 1)
            expectError(answer, 413...413, "\(route.method) \(route.pattern.text) with a body that is too long")
        }
    }

    /// Nothing that reads writes, or fails for no fault of the client.
    func readingChangesNothing() async throws {
        let before = try await stage.everything()
        for route in contract.routes where route.method == .get && route.hasResponse {
            let answer = try await stage.ask(.get, stage.path(of: route), body: [])
            let what = "GET \(route.pattern.text)"
            expect(answer.status.code < 500, "\(what) is answered with \(answer.status.code): \(answer.bodyText)")
            if answer.status.code >= 400 { expectError(answer, 400...499, what) }
            guard answer.status.code < 300, let description = route.description else { continue }
            let type = answer.headers["content-type"] ?? ""
            let said = description.responses[answer.status.code]
            expect(said != nil, "\(what) is answered with \(answer.status.code), which its description leaves out.")
            if let said { expect(type.hasPrefix(said.type), "\(what) is answered as '\(type)', not '\(said.type)'.") }
        }
        expect(try await stage.everything() == before, "Reading has changed something.")
    }

    /// Whoever follows a run that has ended is told of it and left alone.
    func streamsEndWithTheRun() async throws {
        for route in contract.routes where route.hasStream && stage.namesRun(route) {
            let stream = try await stage.open(stage.path(of: route))
            var texts = 0
            while try await stream.next() != nil { texts += 1 }
            expect(texts > 0, "The stream \(route.pattern.text) tells nothing of a run that has ended.")
            if route.hasWebSocket {
                let code = await stream.closeCode
                expect(code == 1000, "The stream \(route.pattern.text) is closed with \(code ?? 0), not 1000.")
            }
        }
    }

    func keysAreAskedFor(except isOpen: (String) -> Bool) async throws {
        stage.askForKeys()
        for route in contract.routes where !isOpen(route.pattern.text) {
            if case .immediate = route.handler { continue }  // files of the program, which everybody has
            let (path, what) = (stage.path(of: route), "\(route.method) \(route.pattern.text) without a key")
            let answer = try await stage.ask(route.method, path, body: [])
            expectError(answer, 401...401, what)
            expect(answer.headers["www-authenticate"]?.hasPrefix("Bearer") == true, "\(what) has no challenge.")
            let withKey = try await stage.ask(route.method, path, body: [], key: ContractStage.key)
            expect(withKey.status != .unauthorized, "\(route.method) \(route.pattern.text) takes no key.")
        }
    }
}
