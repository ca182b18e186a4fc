import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// What a person does to a run besides answering it.
struct RunActionRoutes: Sendable {
    let services: Services

    var routes: [Route] {
        [
            .post("/api/v1/runs/{run}/cancel", Self.cancel) { request throws(HTTPError) in
                let body = try request.fields(CancelBody.self)
                return try await services.doing(to: request) { run throws(ServiceError) in
                    try await services.runs.cancel(run, by: request.person, reason: body.reason)
                }
            },
            .post("/api/v1/runs/{run}/resume", Self.resume) { request throws(HTTPError) in try await resume(request) },
            .post("/api/v1/runs/{run}/messages", Self.message) { request throws(HTTPError) in
                let body = try request.fields(MessageBody.self)
                return try await services.doing(to: request) { run throws(ServiceError) in
                    try await services.runs.addMessage(body.text, to: run, by: request.person)
                }
            },
            .post("/api/v1/runs/{run}/rollback", Self.rollBack) { request throws(HTTPError) in
                try await rollBack(request)
            },
        ]
    }

    private static let cancel = RouteDescription(
        "Ends a run.",
        tag: "runs",
        body: CancelBody.schema.jsonSchema,
        responses: [200: .init("The row of the run."), 409: .init("The run has ended already.")]
    )
    private static let resume = RouteDescription(
        "Takes up a run that ended without its goal, or queues one that nobody carries on.",
        tag: "runs",
        body: ResumeBody.schema.jsonSchema,
        responses: [200: .init("The row of the run."), 409: .init("The run has reached its goal.")]
    )
    private static let message = RouteDescription(
        "Says something to the model, which reads it before its next turn.",
        tag: "runs",
        body: MessageBody.schema.jsonSchema,
        responses: [200: .init("The row of the run.")]
    )
    private static let rollBack = RouteDescription(
        "Sets the files back to the end of an iteration.",
        tag: "runs",
        body: RollbackBody.schema.jsonSchema,
        responses: [200: .init("The snapshot of what the files were before."), 409: .init("The run is under way.")]
    )

    private func resume(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let body = try request.fields(ResumeBody.self)
        let state = try await services.state(request)
        let limits = body.limits?.applied(to: state.limits)
        try services.expectSound(limits, of: state)
        return try await services.doing(to: request) { run throws(ServiceError) in
            if state.isFinished {
                try await services.runs.reopen(run, limits: limits, by: request.person)
            } else if let limits {
                try await services.runs.change(run, RunChange(limits: limits), by: request.person)
            }
            services.runs.submit(run)
        }
    }

    private func rollBack(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let body = try request.fields(RollbackBody.self)
        let run = try await services.row(request).run
        let replaced = try await asking { () async throws(ServiceError) in
            try await services.runs.rollBack(run, to: body.to, by: request.person)
        }
        return .json(["replaced": .string(replaced.value)])
    }
}
