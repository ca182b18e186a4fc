import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// What happened in a run, and what happens.
struct EventRoutes: Sendable {
    private let services: Services
    private let broadcasts: Broadcasts<NativeRenderer>

    init(_ services: Services) {
        self.services = services
        broadcasts = Broadcasts(services, stateless: NativeRenderer.init(isOver:))
    }

    var routes: [Route] {
        [
            .get("/api/v1/runs/{run}/events", Self.page) { request throws(HTTPError) in try await page(request) },
            .events("/api/v1/runs/{run}/stream", Self.stream) { request throws(HTTPError) in
                try await follow(request, after: try lastSeen(request))
            },
            .webSocket("/api/v1/runs/{run}/socket", Self.socket) { request throws(HTTPError) in
                try await follow(request, after: try after(request))
            },
        ]
    }

    private static let page = RouteDescription(
        "Events of a run, in order.",
        tag: "events",
        query: [.after, .limit],
        responses: [200: .init("A page of events; 'next' is the sequence to ask after.")]
    )
    private static let stream = RouteDescription(
        "Server-sent events: all that happened in a run and then what happens, until it has ended.",
        tag: "events",
        query: [.after],
        responses: [
            200: .init("Events with their sequence as id; Last-Event-ID goes on there.", type: "text/event-stream")
        ]
    )
    private static let socket = RouteDescription(
        "The same as texts of a WebSocket.",
        tag: "events",
        query: [.after],
        responses: [101: .init("A WebSocket; it is closed with 1000 once the run has ended.")]
    )

    private func page(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let (after, limit) = (try after(request), try request.limit())
        let run = try await services.row(request).run
        let events = try await asking { () async throws(ServiceError) in
            try await services.runs.page(of: run, after: after, limit: limit)
        }
        let next = events.count == limit ? events.last.map { JSONValue.int($0.sequence) } : nil
        return Listing(events, next: next ?? .null) { EventLine($1, of: run).write(to: &$0) }.response
    }

    private func follow(_ request: HTTPRequest, after: Int) async throws(HTTPError) -> StreamSession {
        broadcasts.session(of: try await services.row(request).run.value, after: after)
    }

    private func after(_ request: HTTPRequest) throws(HTTPError) -> Int {
        try request.number("after", in: 0...Int.max) ?? 0
    }

    /// A client that comes back says what it has (WHATWG HTML, section 9.2.4); it does not repeat what it first asked.
    private func lastSeen(_ request: HTTPRequest) throws(HTTPError) -> Int {
        guard let text = request.headers["last-event-id"], !text.isEmpty else { return try after(request) }
        guard let number = Int(text), number >= 0 else {
            throw HTTPError(.unprocessable, "Last-Event-ID must be the sequence of an event, but is '\(text.shown)'.")
        }
        return number
    }
}
