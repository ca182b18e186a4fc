import ContractKit
import FoundationEssentials
import HTTPKit
import PipelineEngine
import PipelineKit

/// The questions that runs ask of people, and the answers.
struct ApprovalRoutes: Sendable {
    let services: Services

    /// Runs whose questions are listed at once.
    private static let most = 1_000

    var routes: [Route] {
        [
            .get("/api/approvals/pending", Self.pending) { _ throws(HTTPError) in try await pending() },
            .get("/api/approvals", Self.list) { request throws(HTTPError) in try await list(request) },
            .post("/api/approvals", Self.create) { request throws(HTTPError) in try await create(request) },
            .get("/api/approvals/{approval_id}", Self.show) { request throws(HTTPError) in
                .json(try await services.question(request["approval_id"]).details)
            },
            .post("/api/approvals/{approval_id}/resolve", Self.resolve) { request throws(HTTPError) in
                try await resolve(request)
            },
        ]
    }

    private static let pending = RouteDescription(
        "Lists what people are asked to allow, the oldest first. Questions that ask for words are no part of it.",
        tag: "approvals",
        responses: [200: .init("All of them.")]
    )
    private static let list = RouteDescription(
        "Lists the questions of a run, or of the runs that were last at work, the newest first.",
        tag: "approvals",
        query: [
            .init("run_id", "Of this run only."),
            .init("state", "Only those that are open, or are not any more.", ["enum": ["pending", "resolved"]]),
        ],
        responses: [200: .init("The questions.")]
    )
    private static let create = RouteDescription(
        "Asks a question for a program that works in a run.",
        tag: "approvals",
        body: AskBody.schema.jsonSchema,
        responses: [201: .init("The question."), 409: .init("The run has ended.")]
    )
    private static let show = RouteDescription(
        "Shows a question, and what became of it.",
        tag: "approvals",
        responses: [200: .init("The question.")]
    )
    private static let resolve = RouteDescription(
        "Answers a question; what is not approved is blocked.",
        tag: "approvals",
        body: ResolveBody.schema.jsonSchema,
        responses: [200: .init("The question."), 409: .init("It is not open any more.")]
    )

    private func pending() async throws(HTTPError) -> HTTPResponse {
        let open = try await questions(RunQuery(isAsking: true, limit: Self.most))
        let asked = open.filter { $0.isOpen && !$0.isInput }.sorted { $0.requestedAt < $1.requestedAt }
        return .json(.array(asked.map(\.json)))
    }

    private func list(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let state = request.query("state")
        if let state, !["pending", "resolved"].contains(state) {
            throw .invalid("state must be pending or resolved, but is '\(state.shown)'")
        }
        var found: [Question]
        if let name = request.query("run_id") {
            found = try await services.questions(of: services.row(of: RunID(name)).run)
        } else {
            found = try await questions(RunQuery(isAsking: state == "pending", isOwn: true, limit: 100))
        }
        if let state { found = found.filter { $0.isOpen == (state == "pending") } }
        return .json(.array(found.sorted { $0.requestedAt > $1.requestedAt }.map(\.details)))
    }

    private func questions(_ query: RunQuery) async throws(HTTPError) -> [Question] {
        let rows = try await asking { () async throws(ServiceError) in try await services.runs.list(query) }
        var found: [Question] = []
        for row in rows { found += try await services.questions(of: row.run) }
        return found
    }

    private func create(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let body = try request.asked(AskBody.self)
        var about = JSONValue.null
        if let text = body.payload {
            do throws(JSONError) { about = try JSONValue(parsing: text) } catch {
                throw .invalid("payload must be JSON: \(error)")
            }
        }
        let run = try await services.row(of: RunID(body.runId))
        guard !run.status.isFinal else { throw .notActive }
        let interaction = Interaction(body.type, tool: body.tool, key: UUID().uuidString.lowercased(), payload: about)
        let id = try await asking(else: .notActive) { () async throws(ServiceError) in
            try await services.approvals.ask(interaction.question, of: run.run)
        }
        return .json(try await services.question(Question.name(id, of: run.run)).details, status: .created)
    }

    private func resolve(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let body = try request.asked(ResolveBody.self)
        let question = try await services.question(request["approval_id"])
        let closed = HTTPError.state("approval is not pending")
        guard question.isOpen else { throw closed }
        let answer = try body.answer(to: question.approval, by: request.person)
        try await asking(else: closed) { () async throws(ServiceError) in
            try await services.approvals.resolve(question.approval.id, of: question.run, with: answer, shown: nil)
        }
        return .json(try await services.question(question.id).details)
    }
}

extension ResolveBody {
    /// - Throws: 400 where words are asked for, and none are there.
    fileprivate func answer(to approval: Approval, by person: String) throws(HTTPError) -> Resolution {
        let (reason, response) = (reason ?? "", response ?? "")
        guard approved, approval.asksForWords else {
            // Yes and no have room for one text, in which nothing is to be lost.
            let words = [reason, response].filter { !$0.isEmpty }.joined(separator: "\n")
            return Resolution(approved ? .approved : .rejected, by: person, message: words)
        }
        // Clients of the first version know the reason alone.
        guard !response.isEmpty || !reason.isEmpty else { throw .invalid("response is required") }
        let isBoth = !response.isEmpty && !reason.isEmpty
        return Resolution(
            .approved,
            by: person,
            message: isBoth ? reason : "",
            answer: .string(response.isEmpty ? reason : response)
        )
    }
}
