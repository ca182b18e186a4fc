import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// Where the hook of an agent asks, and waits for the answer.
///
/// The same request id is the same question, over disconnections and restarts: whoever waits is answered with 200, and who
/// comes when it was answered already with 409 and the same decision.
struct HookRoutes: Sendable {
    let services: Services
    let settings: M.Settings

    var routes: [Route] {
        var ask = Route.post("/api/internal/interaction-request", Self.ask) { request throws(HTTPError) in
            try await answer(request)
        }
        ask.waits = true
        ask.isForRuns = true
        return [
            ask,
            .get("/api/runs/{run_id}/token", Self.token) { request throws(HTTPError) in try await token(request) },
        ]
    }

    private static let ask = RouteDescription(
        "Asks a person for the hook of an agent, and waits for the answer.",
        tag: "hook",
        body: InteractionBody.schema.jsonSchema,
        responses: [
            200: .init("What was decided."), 409: .init("What was decided before; or the run has ended."),
            504: .init("Nobody has answered yet: ask again with the same request id."),
        ]
    )
    private static let token = RouteDescription(
        "A token with which the hook of an agent may ask for this run, and do nothing else.",
        tag: "hook",
        responses: [200: .init("The token.")]
    )

    private func answer(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let body = try request.asked(InteractionBody.self)
        let key = request.headers["x-m-request-id"] ?? body.requestId ?? ""
        guard !key.isEmpty else { throw .invalid("request_id is required") }
        let run = RunID(body.runId)
        try request.expectOwn(run)
        let row = try await services.row(of: run)
        if let known = try await known(key, in: run), let decision = known.decision {
            return .json(decision, status: .conflict)
        }
        guard !row.status.isFinal else { throw .notActive }
        let interaction = Interaction(body.type, tool: body.tool, key: key, payload: body.payload ?? .null)
        let approval = try await asking(else: .notActive) { () async throws(ServiceError) in
            try await services.approvals.ask(interaction.question, of: run)
        }
        return .json(try await decision(on: approval, of: run))
    }

    /// A question that was asked before; `nil` for none.
    private func known(_ key: String, in run: RunID) async throws(HTTPError) -> Question? {
        try await services.questions(of: run).first {
            if case .outside(key, _) = $0.approval.subject { true } else { false }
        }
    }

    /// Waits for the answer.
    ///
    /// - Throws: 504 when none came in time.
    private func decision(on approval: ApprovalID, of run: RunID) async throws(HTTPError) -> JSONValue {
        let answer = await withTaskGroup(of: Result<OutsideAnswer?, ServiceError>.self) { group in
            group.addTask {
                do throws(ServiceError) {
                    return .success(try await services.approvals.answer(to: approval, of: run))
                } catch {
                    return .failure(error)
                }
            }
            group.addTask {
                await settings.clock.sleep(settings.clock.now() + settings.runs.patience)
                return .success(nil)
            }
            defer { group.cancelAll() }
            return await group.next() ?? .success(nil)
        }
        let given = try await asking { () async throws(ServiceError) in try answer.get() }
        guard let given else {
            throw HTTPError(.gatewayTimeout, "Nobody has answered within \(settings.runs.patience.written); ask again.")
        }
        let question = try await services.question(Question.name(approval, of: run))
        return given.json(of: question.approval)
    }

    private func token(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let run = try await services.row(of: RunID(request["run_id"])).run
        let token = try await asking { () async throws(ServiceError) in try await services.tokens.token(for: run) }
        return .json(["token": .string(token)])
    }
}

extension HTTPRequest {
    /// - Throws: 401 for the token of another run.
    func expectOwn(_ run: RunID) throws(HTTPError) {
        guard let own = principal?.run, own != run.value else { return }
        throw HTTPError(.unauthorized, "This token is for run '\(own)', and for no other one.")
    }
}
