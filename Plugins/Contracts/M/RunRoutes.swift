import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// Runs: to start in a repository, to look at, to end, to answer.
struct RunRoutes: Sendable {
    let services: Services
    let starter: RunStarter

    var routes: [Route] {
        [
            .get("/api/repos/{repo_id}/runs", Self.list) { request throws(HTTPError) in try await list(request) },
            .post("/api/repos/{repo_id}/runs", Self.create) { request throws(HTTPError) in try await create(request) },
            .get("/api/runs/{run_id}", Self.show) { request throws(HTTPError) in
                .json(try await services.run(request).json)
            },
            .post("/api/runs/{run_id}/cancel", Self.cancel) { request throws(HTTPError) in try await cancel(request) },
            .post("/api/runs/{run_id}/input", Self.input) { request throws(HTTPError) in try await input(request) },
        ]
    }

    private static let list = RouteDescription(
        "Lists the runs of a repository, the newest first.",
        tag: "runs",
        responses: [200: .init("All of them.")]
    )
    private static let create = RouteDescription(
        "Starts a run; its repository is cloned as its first piece of work.",
        tag: "runs",
        body: PromptBody.schema.jsonSchema,
        responses: [201: .init("The run."), 409: .init("The repository has a run that is under way.")]
    )
    private static let show = RouteDescription("Shows a run.", tag: "runs", responses: [200: .init("The run.")])
    private static let cancel = RouteDescription(
        "Ends a run; what it asks is answered with no.",
        tag: "runs",
        responses: [200: .init("The run."), 409: .init("It has ended already.")]
    )
    private static let input = RouteDescription(
        "Answers the oldest question of a run that asks for words.",
        tag: "runs",
        body: InputBody.schema.jsonSchema,
        responses: [200: .init("The run."), 409: .init("It asks for none.")]
    )

    private func list(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let repository = try await services.repository(request["repo_id"])
        var runs: [JSONValue] = []
        for row in try await services.runs(of: repository) { runs.append(try await services.described(row).json) }
        return .json(.array(runs))
    }

    private func create(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let repository = try await services.repository(request["repo_id"])
        let body = try request.asked(PromptBody.self)
        let run = try await starter.start(body.prompt, in: repository, key: request.principal?.name)
        return .json(try await services.run(run).json, status: .created)
    }

    private func cancel(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let run = try await services.row(of: RunID(request["run_id"]))
        guard !run.status.isFinal else { throw .notActive }
        try await asking(else: .notActive) { () async throws(ServiceError) in
            try await services.runs.cancel(run.run, by: request.person)
        }
        return .json(try await services.run(run.run).json)
    }

    private func input(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let body = try request.asked(InputBody.self)
        let run = try await services.row(of: RunID(request["run_id"])).run
        let none = HTTPError.state("run is not waiting for input")
        let open = try await asking { () async throws(ServiceError) in try await services.approvals.pending(of: run) }
        guard let question = open.first(where: \.asksForWords) else { throw none }
        try await asking(else: none) { () async throws(ServiceError) in
            let answer = Resolution(.approved, by: request.person, message: body.text)
            try await services.approvals.resolve(question.id, of: run, with: answer, shown: nil)
        }
        return .json(try await services.run(run).json)
    }
}

/// Asks a service; where another request was faster, that is told in the sentence of this interface.
func asking<Value: Sendable>(
    else faster: HTTPError,
    _ ask: () async throws(ServiceError) -> Value
) async throws(HTTPError) -> Value {
    do throws(ServiceError) { return try await ask() } catch {
        switch error {
        case .refused(.alreadyFinished), .refused(.alreadyResolved): throw faster
        default: throw HTTPError(error)
        }
    }
}

extension Services {
    /// The run that the path names.
    ///
    /// - Throws: 404.
    func run(_ request: HTTPRequest) async throws(HTTPError) -> MRun { try await run(RunID(request["run_id"])) }

    /// - Throws: 404.
    func run(_ id: RunID) async throws(HTTPError) -> MRun { try await described(row(of: id)) }

    /// The row of a run, for who needs nothing of what was asked for.
    ///
    /// - Throws: 404.
    func row(of id: RunID) async throws(HTTPError) -> RunSummary {
        let row = try await asking { () async throws(ServiceError) in try await runs.summary(of: id) }
        guard let row else { throw .noRun }
        return row
    }

    /// A row with what was asked for.
    func described(_ row: RunSummary) async throws(HTTPError) -> MRun {
        let record = try await asking { () async throws(ServiceError) in
            try await documents.document(row.run.value, in: Order.collection)
        }
        return MRun(row: row, order: record.flatMap(Order.init))
    }
}
