import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// What the routes of retrAI do.
struct RetrAIRuns: Sendable {
    let services: Services
    let starter: RunStarter
    let broadcasts: Broadcasts<RetrAIRenderer>
    private let rows = RenderedRows()

    init(_ services: Services, _ settings: RetrAI.Settings) {
        self.services = services
        starter = RunStarter(services, settings)
        broadcasts = Broadcasts(services) { RetrAIRenderer(run: $0) }
    }

    func start(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        try await reading(StartBody.self, of: request) { body throws(HTTPError) in
            let run = try await starter.start(body, key: request.principal?.name)
            return .json(["run_id": .string(run.value), "status": "running"], status: .created)
        }
    }

    func list(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let limit = try request.number("limit", in: 1...10_000) ?? 1_000
        let query = RunQuery(statuses: try Self.statuses(request.query("status")), isOwn: true, limit: limit)
        let newest = try await asking { () async throws(ServiceError) in try await services.runs.list(query) }
        let rows = newest.sorted { ($0.startedAt, $0.run) < ($1.startedAt, $1.run) }.map(RunRow.init)
        return .json(capacity: 256 * rows.count + 64) { writer in
            writer.array { for row in rows { row.write(to: &$0) } }
        }
    }

    private static func statuses(_ word: String?) throws(HTTPError) -> Set<RunStatus>? {
        guard let word else { return nil }
        guard let status = RetrAIStatus(rawValue: word) else {
            let words = RetrAIStatus.allCases.map(\.rawValue)
            throw HTTPError(
                .unprocessable,
                "Parameter 'status' must be one of \(words.joined(separator: ", ")), but is '\(word.shown)'."
                    + Suggestion.sentence(for: word, among: words)
            )
        }
        return status.statuses
    }

    /// What clients ask for again and again: one row of the store, and no history.
    func show(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        HTTPResponse(type: "application/json", body: rows.json(of: try await summary(request)))
    }

    // MARK: - Runs under way

    func resume(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let row = try await summary(request)
        return try await reading(ResumeBody.self, of: request) { body throws(HTTPError) in
            let approval = try Self.approval(body.approval, in: row)
            switch body.decision {
            case .approve:
                let answer = Resolution(.approved, by: request.person, message: body.message)
                try await asking { () async throws(ServiceError) in
                    try await services.approvals.resolve(approval, of: row.run, with: answer, shown: nil)
                }
            case .abort: try await cancel(row.run, by: request.person, body.message)
            }
            return .json(["run_id": .string(row.run.value), "resumed_with": .string(body.decision.rawValue)])
        }
    }

    private static func approval(_ name: String?, in row: RunSummary) throws(HTTPError) -> ApprovalID {
        let open = row.details["approvals"]?.elements.compactMap(\.text) ?? []
        guard let first = open.first else {
            throw HTTPError(.conflict, "Run \(row.run) is not waiting for a person (status=\(row.statusWord)).")
        }
        guard let name else { return ApprovalID(first) }
        guard open.contains(name) else {
            throw HTTPError(
                .conflict,
                "Run \(row.run) has no open question '\(name.shown)'. Open are: \(open.joined(separator: ", "))."
            )
        }
        return ApprovalID(name)
    }

    func abort(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let row = try await running(request)
        try await cancel(row.run, by: request.person, "")
        return .json(["run_id": .string(row.run.value), "status": "aborted"])
    }

    private func cancel(_ run: RunID, by person: String, _ message: String) async throws(HTTPError) {
        let reason = "Aborted by \(person)." + (message.isEmpty ? "" : " They say: \(message)")
        try await asking { () async throws(ServiceError) in
            try await services.runs.cancel(run, by: person, reason: reason)
        }
    }

    func configure(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let row = try await running(request)
        return try await reading(ConfigBody.self, of: request) { body throws(HTTPError) in
            try await starter.change(row, body, by: request.person)
            let now = RunRow(try await summary(request))
            return .json {
                $0.object {
                    $0.member("run_id", row.run.value)
                    $0.member("max_iterations", now.iterations)
                    $0.member("model_name", now.model)
                    $0.member("hitl_enabled", now.asksAfterChecks)
                }
            }
        }
    }

    // MARK: - Streams

    /// An unknown run is told in the stream, as clients have no other way to read it.
    func stream(_ request: HTTPRequest) async throws(HTTPError) -> StreamSession {
        let since = try request.number("since", in: 0...Int.max) ?? 0
        let run = request["run_id"]
        let known = try await asking { () async throws(ServiceError) in try await services.runs.summary(of: RunID(run))
        }
        guard known == nil else { return broadcasts.session(of: run, after: since) }
        let frame = Frame(sequence: nil, text: JSONValue.object(["error": .string("Run not found: \(run)")]).encoded())
        return StreamSession(opened: { sink in
            _ = await sink.send([frame])
            sink.close(.normal, "")
        })
    }

    // MARK: -

    private func summary(_ request: HTTPRequest) async throws(HTTPError) -> RunSummary {
        let run = RunID(request["run_id"])
        let row = try await asking { () async throws(ServiceError) in try await services.runs.summary(of: run) }
        guard let row else { throw HTTPError(.notFound, "Run not found", code: "no_such_run") }
        return row
    }

    private func running(_ request: HTTPRequest) async throws(HTTPError) -> RunSummary {
        let row = try await summary(request)
        guard !row.status.isFinal else {
            throw HTTPError(.badRequest, "Run \(row.run) is not running (status=\(row.statusWord))")
        }
        return row
    }

    private func reading<Body: Fields>(
        _ type: Body.Type,
        of request: HTTPRequest,
        _ respond: (Body) async throws(HTTPError) -> HTTPResponse
    ) async throws(HTTPError) -> HTTPResponse {
        let body: Body
        do throws(BodyProblems) { body = try request.body(type) } catch { return error.response }
        return try await respond(body)
    }
}

extension RunSummary {
    fileprivate var statusWord: String { RetrAIStatus(status).rawValue }
}
