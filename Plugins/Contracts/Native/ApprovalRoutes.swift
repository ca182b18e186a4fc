import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// The questions that runs ask of people, and the answers.
struct ApprovalRoutes: Sendable {
    let services: Services

    var routes: [Route] {
        [
            .get("/api/v1/approvals", Self.open) { request throws(HTTPError) in try await open(request) },
            .get("/api/v1/runs/{run}/approvals", Self.list) { request throws(HTTPError) in try await list(request) },
            .post("/api/v1/runs/{run}/approvals/{approval}", Self.answer) { request throws(HTTPError) in
                try await answer(request)
            },
        ]
    }

    private static let open = RouteDescription(
        "The open questions of all runs.",
        tag: "approvals",
        query: [.limit, .cursor],
        responses: [200: .init("A page of questions; 'limit' counts the runs that ask.")]
    )
    private static let list = RouteDescription(
        "The questions of a run, open and answered.",
        tag: "approvals",
        responses: [200: .init("All of them, oldest first.")]
    )
    private static let answer = RouteDescription(
        "Answers a question.",
        tag: "approvals",
        body: AnswerBody.schema.jsonSchema,
        responses: [
            200: .init("The row of the run."), 422: .init("The arguments, the pattern or the answer cannot be."),
            409: .init("It was answered before."),
        ]
    )

    private func open(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let (place, limit) = (try request.cursor(), try request.limit())
        let found = try await asking { () async throws(ServiceError) in
            try await services.approvals.open(after: place, limit: limit)
        }
        let isFull = Set(found.map(\.run)).count == limit
        let next = isFull ? found.last.map { JSONValue.string($0.place.cursor) } : nil
        return Listing(items: found.map { ApprovalDocument($0).json }, next: next ?? .null).response
    }

    private func list(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let row = try await services.row(request)
        let all = try await services.state(request).approvals.values
        let sorted = all.sorted { ($0.requestedAt, $0.approval.id.number) < ($1.requestedAt, $1.approval.id.number) }
        return Listing(items: sorted.map { ApprovalDocument($0, row).json }).response
    }

    private func answer(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let body = try request.fields(AnswerBody.self)
        let approval = ApprovalID(request["approval"])
        let decision: Resolution.Decision = body.decision == .approve ? .approved : .rejected
        let answer = Resolution(decision, by: request.person, message: body.message, answer: body.answer)
        return try await services.doing(to: request) { run throws(ServiceError) in
            try await services.approvals.approve(
                approval,
                of: run,
                with: answer,
                arguments: body.arguments,
                grant: body.grant,
                shown: body.shown.flatMap { Digest($0) }
            )
        }
    }
}

extension ApprovalID {
    /// Approvals are numbered within their run: `a2` comes before `a10`.
    fileprivate var number: Int { Int(value.dropFirst()) ?? 0 }
}

/// A question as clients see it. In lists of all runs what a question from outside is about is left out.
struct ApprovalDocument: Sendable {
    var run: RunID
    var pipeline: String
    var project: String
    var approval: Approval
    var requestedAt: Instant
    var resolution: Resolution?

    init(_ open: OpenApproval) {
        run = open.run
        pipeline = open.pipeline
        project = open.project
        approval = open.approval
        requestedAt = open.requestedAt
    }

    init(_ known: RunState.ApprovalState, _ row: RunSummary) {
        run = row.run
        pipeline = row.pipeline
        project = row.project
        approval = known.approval
        requestedAt = known.requestedAt
        resolution = known.resolution
    }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "run": .string(run.value), "approval": .string(approval.id.value), "subject": approval.subject.json,
            "question": .string(approval.question), "shown": .string("\(approval.shown)"),
            "requested_at": .string("\(requestedAt)"), "on_deadline": .string(approval.onDeadline.rawValue),
            "pipeline": .string(pipeline), "project": .string(project),
        ]
        members["deadline"] = approval.deadline.map { .string("\($0)") }
        members["form"] = approval.input?.form.schema
        if approval.about != .null { members["about"] = approval.about }
        members["resolution"] = resolution.map { answer in
            var said: [String: JSONValue] = ["decision": .string(answer.decision.rawValue), "by": .string(answer.by)]
            if !answer.message.isEmpty { said["message"] = .string(answer.message) }
            said["grant"] = answer.grant?.json
            said["arguments"] = answer.edit.map { .string($0.arguments) }
            said["answer"] = answer.answer
            said["covered_by"] = answer.coveredBy.map { .string($0.value) }
            return .object(said)
        }
        return .object(members)
    }
}
