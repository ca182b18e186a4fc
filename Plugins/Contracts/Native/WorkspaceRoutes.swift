import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// What a run did, brought to the project or gone on from.
struct WorkspaceRoutes: Sendable {
    let services: Services

    var routes: [Route] {
        [
            .post("/api/v1/runs/{run}/apply", Self.apply) { request throws(HTTPError) in try await apply(request) },
            .post("/api/v1/runs/{run}/fork", Self.fork) { request throws(HTTPError) in try await fork(request) },
        ]
    }

    private static let apply = RouteDescription(
        "Brings what the run changed to the project: all of it, or nothing.",
        tag: "files",
        body: ApplyBody.schema.jsonSchema,
        responses: [
            200: .init("What is different in the project now; `already` when it was applied before."),
            409: .init("Both sides changed the same; nothing was changed."),
        ]
    )
    private static let fork = RouteDescription(
        "Goes on from an event of the run with a run of its own.",
        tag: "runs",
        body: ForkBody.schema.jsonSchema,
        responses: [
            201: .init("The row of the new run."),
            422: .init("Nobody knows the files there; says where somebody does."),
        ]
    )

    private func apply(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let body = try request.fields(ApplyBody.self)
        let run = try await services.row(request).run
        let applied = try await asking { () async throws(ServiceError) in
            try await services.runs.apply(run, upTo: body.moment, as: body.target(of: run), by: request.person)
        }
        return .json(applied.json)
    }

    private func fork(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let body = try request.fields(ForkBody.self)
        let original = try await services.row(request).run
        let limits = body.limits?.applied(to: try await services.state(request).limits)
        let order = ForkOrder(
            of: original,
            at: body.at,
            takesNearest: body.nearest,
            as: body.id.map(RunID.init) ?? .new(),
            model: body.model,
            limits: limits,
            instructions: body.instructions,
            message: body.message,
            isolation: body.isolation,
            origin: Native.name,
            key: request.principal?.name,
            by: request.person
        )
        _ = try await asking { () async throws(ServiceError) in try await services.runs.fork(order) }
        if !body.paused { services.runs.submit(order.run) }
        var response = HTTPResponse.json(try await services.row(of: order.run).json, status: .created)
        response.headers["location"] = "/api/v1/runs/\(order.run)"
        return response
    }
}

/// Where what a run changed is brought, and up to when.
struct ApplyBody: Fields {
    @Field("Up to this event, instead of the last time that the files were looked at.") var at: Int? = nil
    @Field("Up to the end of this iteration.") var iteration: Int? = nil
    @Field("As a commit on the current branch; hooks and filters of the repository do not run.")
    var commit: Bool = false
    @Field("As a commit on a new branch of this name; the working tree stays as it is.") var branch: String? = nil
    @Field("The message of the commit.") var message: String? = nil
    init() {}

    func check(_ reader: inout FieldReader) {
        if at != nil, iteration != nil { reader.problem("Give 'at' or 'iteration', not both.") }
        if commit, branch != nil { reader.problem("Give 'commit' or 'branch', not both.") }
    }

    var moment: WorkspaceMoment? { at.map { .sequence($0) } ?? iteration.map { .iteration($0) } }

    func target(of run: RunID) -> Delivery.Target { Delivery.Target(of: run, commit: commit, branch: branch, message) }
}

/// How a run is gone on from.
struct ForkBody: Fields {
    @Field("The last event that both runs have; the last one there is when left out.") var at: Int? = nil
    @Field("Take the nearest event before, where nobody knows the files at that one.") var nearest: Bool = false
    @Field("The model that works from here on.") var model: ModelName? = nil
    @Field("Limits from here on; those left out stay.") var limits: LimitsBody? = nil
    @Field("What the model is told besides the goal, from here on.") var instructions: String? = nil
    @Field("Something to say to the model.") var message: String? = nil
    @Field("Where the fork works: worktree or copy.") var isolation: WorkspacePolicy.Isolation? = nil
    @Field("Only begin the fork, and do not carry it on.") var paused: Bool = false
    @Field("A name for the fork; else one is made up.") var id: String? = nil
    init() {}

    func check(_ reader: inout FieldReader) {
        guard let id, !RunID.isName(id) else { return }
        reader.problem(
            inValueOf: "id",
            "must be up to 64 lower-case letters, digits and dashes, but is \(JSONValue.string(id))."
        )
    }
}

extension Applied {
    fileprivate var json: JSONValue {
        switch self {
        case .there: ["already": true, "changes": []]
        case .before(let application): ["already": true, "changes": [], "by": .string(application.by)]
        case .done(let application, let delivered):
            .object(
                [
                    "already": .bool(delivered.changes.isEmpty),
                    "changes": .array(
                        delivered.changes.map { ["path": .string($0.path), "kind": .string($0.kind.rawValue)] }
                    ),
                    "merged": .array(delivered.merged.map(JSONValue.string)), "by": .string(application.by),
                    "commit": application.commit.map(JSONValue.string) ?? .null,
                ]
            )
        }
    }
}
