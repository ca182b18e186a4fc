import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// What happens in a run: as a stream, and as a list.
struct EventRoutes: Sendable {
    let services: Services
    private let broadcasts: Broadcasts<MRenderer>

    /// Events that a list has at most; who wants what comes after them asks with `from_seq`.
    private static let most = 100_000
    /// Events of the engine that are read at once.
    private static let page = 500

    init(_ services: Services) {
        self.services = services
        broadcasts = Broadcasts(services) { MRenderer(run: $0) }
    }

    var routes: [Route] {
        [
            .webSocket("/api/runs/{run_id}/events", Self.about) { request throws(HTTPError) in
                try await stream(request)
            } or: { request throws(HTTPError) in
                try await list(request)
            }
        ]
    }

    private static let about = RouteDescription(
        "Tells all that happens in a run: over a WebSocket until it has ended, else as a list of what happened so far.",
        tag: "events",
        query: [.init("from_seq", "Only events after this number.", ["type": "integer", "default": 0])],
        responses: [200: .init("At most 100000 events, the oldest first.")]
    )

    private func stream(_ request: HTTPRequest) async throws(HTTPError) -> StreamSession {
        let number = try Self.number(request)
        let run = try await services.row(of: RunID(request["run_id"])).run
        var session = broadcasts.session(of: run.value, after: 0, beyond: number)
        session.heartbeat = Self.ping
        return session
    }

    /// Clients drop a connection on which they hear nothing for a minute, and do not count pings of the protocol.
    private static let ping = Frame(sequence: nil, text: Array(#"{"type":"ping"}"#.utf8))

    private static func number(_ request: HTTPRequest) throws(HTTPError) -> Int {
        guard let text = request.query("from_seq") else { return 0 }
        guard let number = Int(text) else { throw .invalid("invalid from_seq parameter") }
        return max(0, number)
    }

    private func list(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let first = try Self.number(request)
        let run = try await services.row(of: RunID(request["run_id"])).run
        var (renderer, sequence) = (MRenderer(run: run), 0)
        var told: [(number: Int, event: MEvent, at: Instant)] = []
        while told.count < Self.most {
            let events = try await page(of: run, after: sequence)
            guard let last = events.last else { break }
            sequence = last.sequence
            for event in events {
                told += renderer.numbered(event).filter { $0.number > first }.map { ($0.number, $0.event, event.at) }
            }
        }
        return .json(capacity: 256 * told.count + 64) { writer in
            writer.array { writer in
                for next in told.prefix(Self.most) { next.event.write(next.number, of: run, at: next.at, to: &writer) }
            }
        }
    }

    private func page(of run: RunID, after sequence: Int) async throws(HTTPError) -> [Event] {
        try await asking { () async throws(ServiceError) in
            try await services.runs.page(of: run, after: sequence, limit: Self.page)
        }
    }
}
