import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// What a run did to the files, and outputs that are too long for an event.
struct FileRoutes: Sendable {
    let services: Services

    var routes: [Route] {
        [
            .get("/api/v1/runs/{run}/diff", Self.diff) { request throws(HTTPError) in
                let (run, from, to) = try await span(request)
                let diff = try await asking { () async throws(ServiceError) in
                    try await services.runs.diff(of: run, from: from, to: to)
                }
                return HTTPResponse(type: "text/x-diff; charset=utf-8", body: Array(diff.utf8))
            },
            .get("/api/v1/runs/{run}/changes", Self.changes) { request throws(HTTPError) in
                let (run, from, to) = try await span(request)
                let changes = try await asking { () async throws(ServiceError) in
                    try await services.runs.changes(of: run, from: from, to: to)
                }
                let items = changes.map { change -> JSONValue in
                    ["path": .string(change.path), "kind": .string(change.kind.rawValue)]
                }
                return Listing(items: items).response
            },
            .get("/api/v1/artifacts/{digest}", Self.artifact) { request throws(HTTPError) in
                try await artifact(request)
            },
        ]
    }

    private static let between: [RouteDescription.Parameter] = [
        .init("from", "After which iteration; 0 is the start.", ["type": "integer", "default": 0]),
        .init("to", "Up to the end of which iteration; left out, the files as they are now.", ["type": "integer"]),
    ]
    private static let diff = RouteDescription(
        "What the run changed, as a unified diff that `git apply` takes.",
        tag: "files",
        query: between,
        responses: [200: .init("The diff; empty when nothing was changed.", type: "text/x-diff")]
    )
    private static let changes = RouteDescription(
        "The files that the run changed.",
        tag: "files",
        query: between,
        responses: [200: .init("All of them, by name.")]
    )
    private static let artifact = RouteDescription(
        "The whole of an output that an event shows in part.",
        tag: "files",
        responses: [200: .init("The bytes.", type: "text/plain"), 404: .init("It is gone.")]
    )

    private func span(_ request: HTTPRequest) async throws(HTTPError) -> (RunID, from: Int, to: Int?) {
        let range = 0...100_000
        let (from, to) = (try request.number("from", in: range) ?? 0, try request.number("to", in: range))
        return (try await services.row(request).run, from, to)
    }

    private func artifact(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let name = request["digest"]
        guard let digest = Digest(name) else {
            throw HTTPError(.unprocessable, "An artifact is named by 64 hexadecimal digits, not '\(name.shown)'.")
        }
        let bytes = try await asking { () async throws(ServiceError) in try await services.runs.artifact(digest) }
        guard let bytes else {
            throw HTTPError(.notFound, "There is no artifact '\(digest)'.", code: "no_such_artifact")
        }
        var response = HTTPResponse(type: "text/plain; charset=utf-8", body: bytes)
        response.headers["cache-control"] = "private, max-age=31536000, immutable"
        response.headers["x-content-type-options"] = "nosniff"
        return response
    }
}
