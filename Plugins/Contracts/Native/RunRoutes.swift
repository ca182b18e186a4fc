import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// Runs: to start, to find, to look at, to change.
struct RunRoutes: Sendable {
    let services: Services
    /// Who works when neither the request nor the pipeline names a model.
    let model: ModelChain?
    /// What runs that are started here remember as their origin.
    let origin: String

    var routes: [Route] {
        [
            .get("/api/v1/runs", Self.list) { request throws(HTTPError) in try await list(request) },
            .post("/api/v1/runs", Self.start) { request throws(HTTPError) in try await start(request) },
            .get("/api/v1/runs/{run}", Self.show) { request throws(HTTPError) in try await show(request) },
            .patch("/api/v1/runs/{run}", Self.change) { request throws(HTTPError) in try await change(request) },
            .delete("/api/v1/runs/{run}", Self.remove) { request throws(HTTPError) in try await remove(request) },
        ]
    }

    private static let list = RouteDescription(
        "Lists runs, the last updated first.",
        tag: "runs",
        query: [
            .init("status", "Only runs with one of these statuses, with commas between."),
            .init("pipeline", "Only runs of this pipeline."),
            .init("project", "Only runs on the project at this path."),
            .init("origin", "Only runs that this contract or command started."),
            .init("all", "Runs that work for others, too.", ["type": "boolean", "default": false]),
            .limit, .cursor,
        ],
        responses: [200: .init("A page of rows.")]
    )
    private static let start = RouteDescription(
        "Records a run and queues it.",
        tag: "runs",
        body: OrderBody.schema.jsonSchema,
        responses: [201: .init("The row of the run."), 409: .init("A run of this name exists.")]
    )
    private static let show = RouteDescription(
        "Shows a run with its pipeline, limits and open questions.",
        tag: "runs",
        responses: [200: .init("The run.")]
    )
    private static let change = RouteDescription(
        "Changes a run, whether or not it is under way.",
        tag: "runs",
        body: ChangeBody.schema.jsonSchema,
        responses: [200: .init("The row of the run.")]
    )
    private static let remove = RouteDescription(
        "Removes a run that has ended, with all that was kept for it.",
        tag: "runs",
        responses: [204: .init("It is gone."), 409: .init("The run has not ended.")]
    )

    // MARK: -

    private func list(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let query = RunQuery(
            statuses: try Self.statuses(request.query("status")),
            pipeline: request.query("pipeline"),
            project: request.query("project"),
            origin: request.query("origin"),
            isOwn: try !request.flag("all"),
            after: try request.cursor(),
            limit: try request.limit()
        )
        let rows = try await asking { () async throws(ServiceError) in try await services.runs.list(query) }
        let isFull = rows.count == query.limit
        let next = isFull ? rows.last.map { JSONValue.string(RunQuery.Place(of: $0).cursor) } : nil
        return Listing(items: rows.map(\.json), next: next ?? .null).response
    }

    private static func statuses(_ text: String?) throws(HTTPError) -> Set<RunStatus>? {
        guard let text else { return nil }
        let words = RunStatus.allCases.map(\.rawValue)
        let statuses = try text.split(separator: ",").map { word throws(HTTPError) in
            if let status = RunStatus(rawValue: String(word)) { return status }
            throw HTTPError(
                .unprocessable,
                "Parameter 'status' must be of \(words.joined(separator: ", ")), but has '\(String(word).shown)'."
                    + Suggestion.sentence(for: String(word), among: words)
            )
        }
        return Set(statuses)
    }

    private func show(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let row = try await services.row(request)
        return .json(RunDocument(row: row, state: try await services.state(request)).json)
    }

    private func change(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let body = try request.fields(ChangeBody.self)
        let state = try await services.state(request)
        let change = RunChange(
            model: body.model,
            gate: body.humanGate,
            limits: body.limits?.applied(to: state.limits)
        )
        try services.expectSound(change.limits, of: state)
        return try await services.doing(to: request) { run throws(ServiceError) in
            try await services.runs.change(run, change, by: request.person)
        }
    }

    private func remove(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let row = try await services.row(request)
        guard row.status.isFinal else {
            let sentence = "Run '\(row.run)' has not ended: it is \(row.status.words). Cancel it first."
            throw HTTPError(.conflict, sentence, code: "run_not_ended")
        }
        _ = try await asking { () async throws(ServiceError) in try await services.runs.remove([row.run]) }
        return HTTPResponse(.noContent)
    }

    // MARK: - Start

    private func start(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let body = try request.fields(OrderBody.self)
        let order = try order(body, key: request.principal?.name)
        let run = try await services.startAndSubmit(order)
        let row = try await services.row(of: run)
        var response = HTTPResponse.json(row.json, status: .created)
        response.headers["location"] = "/api/v1/runs/\(run)"
        return response
    }

    /// The order, with all of it checked.
    private func order(_ body: OrderBody, key: String?) throws(HTTPError) -> RunOrder {
        var pipeline = try services.pipeline(body.asked, inputs: body.inputs)
        pipeline.model = body.model ?? pipeline.model ?? model
        if let limits = body.limits { pipeline.limits = limits.applied(to: pipeline.limits) }
        if let gate = body.humanGate { pipeline.human.gate = gate }
        if let words = body.instructions { pipeline.tell(words) }
        if let isolation = body.isolation { pipeline.workspace.isolation = isolation }
        try services.expectSound(pipeline)
        return RunOrder(
            run: body.id.map(RunID.init) ?? .new(),
            pipeline: pipeline,
            inputs: body.inputs,
            project: try services.directory(body.cwd),
            origin: origin,
            key: key
        )
    }
}

/// A run with all that its page shows: the row of lists, and what only its history tells.
struct RunDocument: Sendable {
    let row: RunSummary
    let state: RunState

    var json: JSONValue {
        var members = row.json.members
        members["limits"] = state.limits.json
        members["normal"] = state.pipeline?.json ?? .null
        members["inputs"] = .object(state.start?.inputs ?? [:])
        members["approvals_open"] = .array(state.pendingApprovals.map { ApprovalDocument($0, row).json })
        members["workspace"] = workspace
        members["iterations_done"] = .array(done)
        return .object(members)
    }

    private var workspace: JSONValue {
        guard let workspace = state.workspace else { return .null }
        let isolation = state.pipeline?.workspace.isolation ?? .none
        let sandbox = workspace.sandbox.map { level in
            JSONValue.object(["confined": .bool(level.isConfined), "reason": .string(level.reason)])
        }
        return ["path": .string(workspace.path), "isolation": isolation.json, "sandbox": sandbox ?? .null]
    }

    /// The iterations whose end the files can be compared with, and set back to.
    private var done: [JSONValue] {
        (0...max(0, state.iteration)).filter { state.snapshots[$0] != nil }.map(JSONValue.int)
    }
}
