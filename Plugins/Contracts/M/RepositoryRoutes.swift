import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// Repositories: to list, to make, to look at, to remove.
struct RepositoryRoutes: Sendable {
    let services: Services
    let settings: M.Settings

    var routes: [Route] {
        [
            .get("/api/repos", Self.list) { _ throws(HTTPError) in try await list() },
            .post("/api/repos", Self.create) { request throws(HTTPError) in try await create(request) },
            .get("/api/repos/{repo_id}", Self.show) { request throws(HTTPError) in
                .json(try await services.repository(request["repo_id"]).json)
            },
            .delete("/api/repos/{repo_id}", Self.remove) { request throws(HTTPError) in try await remove(request) },
        ]
    }

    private static let list = RouteDescription(
        "Lists repositories, the newest first.",
        tag: "repos",
        responses: [200: .init("All of them.")]
    )
    private static let create = RouteDescription(
        "Makes a repository; nothing is cloned yet.",
        tag: "repos",
        body: RepositoryBody.schema.jsonSchema,
        responses: [201: .init("The repository.")]
    )
    private static let show = RouteDescription(
        "Shows a repository.",
        tag: "repos",
        responses: [200: .init("The repository.")]
    )
    private static let remove = RouteDescription(
        "Removes a repository. Its runs that are under way are cancelled; their histories stay.",
        tag: "repos",
        responses: [204: .init("It is gone.")]
    )

    private func list() async throws(HTTPError) -> HTTPResponse {
        .json(.array(try await services.repositories().map(\.json)))
    }

    private func create(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let body = try request.asked(RepositoryBody.self)
        let address = try body.gitUrl.map { url throws(HTTPError) in
            try GitAddress(url) { path throws(HTTPError) in try services.directory(path) }
        }
        guard body.name.utf8.count <= 200 else { throw .invalid("name must have at most 200 bytes") }
        guard try await services.repositories().count < Repository.most else {
            throw .state("There are \(Repository.most) repositories already; remove one first.")
        }
        let made = Repository(name: body.name, gitURL: address?.text, createdAt: settings.now())
        _ = try await asking { () async throws(ServiceError) in
            try await services.documents.put(made.body, as: made.id, in: Repository.collection, expecting: 0)
        }
        return .json(made.json, status: .created)
    }

    private func remove(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let repository = try await services.repository(request["repo_id"])
        let runs = try await services.runs(of: repository)
        for run in runs where !run.status.isFinal {
            try await asking { () async throws(ServiceError) in
                do throws(ServiceError) {
                    try await services.runs.cancel(run.run, by: request.person, reason: "Its repository was removed.")
                } catch .refused {
                    return  // it has ended by itself
                }
            }
        }
        _ = try await asking { () async throws(ServiceError) in
            try await services.documents.remove(repository.id, from: RunStarter.turns)
            return try await services.documents.remove(repository.id, from: Repository.collection)
        }
        return HTTPResponse(.noContent)
    }
}

extension Services {
    /// All repositories, the newest first.
    func repositories() async throws(HTTPError) -> [Repository] {
        let records = try await asking { () async throws(ServiceError) in
            try await documents.all(in: Repository.collection, most: Repository.most)
        }
        return records.compactMap(Repository.init).sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }
    }

    /// - Throws: 404.
    func repository(_ id: String) async throws(HTTPError) -> Repository {
        let record = try await asking { () async throws(ServiceError) in
            try await documents.document(id, in: Repository.collection)
        }
        guard let found = record.flatMap(Repository.init) else { throw .noRepository }
        return found
    }

    /// The runs of a repository, the one started last first.
    func runs(of repository: Repository) async throws(HTTPError) -> [RunSummary] {
        let query = RunQuery(origin: M.name, group: repository.id, isOwn: true, limit: 1_000)
        let rows = try await asking { () async throws(ServiceError) in try await runs.list(query) }
        return rows.sorted { ($0.startedAt, $0.run) > ($1.startedAt, $1.run) }
    }
}
