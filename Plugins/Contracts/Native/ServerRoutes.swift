import HTTPKit
import PipelineEngine
import PipelineKit

/// What the server says of itself, and how a browser is let in.
struct ServerRoutes: Sendable {
    let services: Services
    let settings: Native.Settings

    var routes: [Route] {
        [.get("/api/v1/server", Self.server) { request throws(HTTPError) in .json(try await about(request)) }] + tickets
    }

    private static let server = RouteDescription(
        "What this server is, and who you are to it.",
        tag: "server",
        responses: [200: .init("Its version, contracts and directories.")]
    )
    private static let ticket = RouteDescription(
        "A ticket for one WebSocket or EventSource, which cannot send a key: `?ticket=`.",
        tag: "server",
        responses: [201: .init("Good once, for half a minute.")]
    )

    private func about(_ request: HTTPRequest) async throws(HTTPError) -> JSONValue {
        [
            "version": .string(settings.version), "contracts": .array(settings.contracts.map(JSONValue.string)),
            "roots": .array(settings.roots.map(JSONValue.string)), "runs_at_once": .int(settings.runsAtOnce),
            "needs_key": .bool(try await settings.needsKey()),
            "you": request.principal.map { .string($0.name) } ?? .null,
        ]
    }

    private var tickets: [Route] {
        guard let give = settings.ticket else { return [] }
        return [
            .post("/api/v1/tickets", Self.ticket) { request throws(HTTPError) in
                let ticket = try await give(request)
                let body: JSONValue = ["ticket": .string(ticket.text), "expires_at": .string("\(ticket.expiresAt)")]
                var response = HTTPResponse.json(body, status: .created)
                response.headers["cache-control"] = "no-store"
                return response
            }
        ]
    }
}
