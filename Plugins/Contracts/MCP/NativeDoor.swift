import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// Sluice's own HTTP interface, asked in this process: what a tool does is what the route does that it stands for.
struct NativeDoor: Sendable {
    private let contract: APIContract
    private let router: Router<Route>

    init(_ contract: APIContract) {
        var router = Router<Route>()
        for route in contract.routes {
            let other = router.add(route.method, route.pattern, route)
            precondition(
                other == nil,
                "Two routes of '\(contract.name)' answer '\(route.method.name) \(route.pattern.text)'."
            )
        }
        (self.contract, self.router) = (contract, router)
    }

    /// - Parameters:
    ///   - way: The path behind `/api/v1`, in its parts.
    ///   - person: Who is recorded as having asked; `nil` for a start, where it would be the name of a key.
    func ask(
        _ method: HTTPMethod,
        _ way: [String],
        query: [(name: String, value: String?)] = [],
        body: JSONValue? = nil,
        by person: String? = nil
    ) async throws(HTTPError) -> HTTPResponse {
        let given = query.compactMap { name, value in value.map { (name: name, value: $0) } }
        let target = RequestTarget(segments: ["api", "v1"] + way, query: given)
        var request = HTTPRequest(method, target, body: body?.encoded() ?? [])
        request.principal = person.map { Principal(name: $0) }
        let found = try router.find(method, target.segments)
        request.parameters = found.parameters
        switch try await contract.answer(&request, by: found.value) {
        case .response(let response): return response
        case .webSocket, .events: throw HTTPError(.internalServerError, "'\(target.path)' is a stream.")
        }
    }
}

extension HTTPResponse {
    /// The body of a route that answers in JSON.
    func document() throws(HTTPError) -> JSONValue {
        do throws(JSONError) { return try JSONValue(parsing: body) } catch {
            throw HTTPError(.internalServerError, "The answer of a route was no JSON: \(error)")
        }
    }
}
