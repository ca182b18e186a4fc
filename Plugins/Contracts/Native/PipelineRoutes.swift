import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// The pipelines that can be started here.
struct PipelineRoutes: Sendable {
    let services: Services

    var routes: [Route] {
        [
            .get("/api/v1/pipelines", Self.list) { _ in
                Listing(items: services.pipelines.list().map(PipelineDocument.json)).response
            },
            .get("/api/v1/pipelines/{ref}", Self.show) { request throws(HTTPError) in try show(request) },
            .post("/api/v1/pipelines/lint", Self.lint) { request throws(HTTPError) in try lint(request) },
        ]
    }

    private static let list = RouteDescription(
        "Lists what comes with the product, and the files in the directories of the server.",
        tag: "pipelines",
        responses: [200: .init("All of them; a file with mistakes has 'problems'.")]
    )
    private static let show = RouteDescription(
        "Shows a pipeline in its normal form.",
        tag: "pipelines",
        responses: [200: .init("The pipeline."), 422: .init("There is none, or it has mistakes.")]
    )
    private static let lint = RouteDescription(
        "Tells all that is wrong with the text of a pipeline.",
        tag: "pipelines",
        body: LintBody.schema.jsonSchema,
        responses: [200: .init("Whether it can be used, and each problem with its place.")]
    )

    private func show(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        do throws(PipelineError) {
            let served = try services.pipelines.load(request["ref"])
            return .json(.object(PipelineDocument.members(served).merging(["normal": served.pipeline.json]) { $1 }))
        } catch .unknown(let sentence) {
            throw HTTPError(.notFound, sentence, code: "no_such_pipeline")
        } catch {
            throw HTTPError(error)
        }
    }

    private func lint(_ request: HTTPRequest) throws(HTTPError) -> HTTPResponse {
        let (served, diagnostics) = services.pipelines.lint(yaml: try request.fields(LintBody.self).yaml)
        var members: [String: JSONValue] = [
            "valid": .bool(served != nil), "problems": .array(diagnostics.map(PipelineDocument.problem)),
        ]
        members["normal"] = served?.pipeline.json
        return .json(.object(members))
    }
}

/// A pipeline as lists show it.
enum PipelineDocument {
    static func json(_ listing: PipelineListing) -> JSONValue {
        switch listing.outcome {
        case .success(let served): .object(members(served))
        case .failure(let diagnostics):
            [
                "ref": .string(listing.ref), "source": .string(listing.source.rawValue),
                "problems": .array(diagnostics.all.map { .string("\($0)") }),
            ]
        }
    }

    static func members(_ served: ServedPipeline) -> [String: JSONValue] {
        let pipeline = served.pipeline
        let gates = pipeline.gates.map(\.id.value)
        var members: [String: JSONValue] = [
            "ref": .string(served.ref), "source": .string(served.source.rawValue), "name": .string(pipeline.name),
            "description": .string(pipeline.description), "goal": .string(gates.joined(separator: ", ")),
            "inputs": .object(pipeline.inputs.mapValues(input)),
        ]
        members["model"] = pipeline.model?.json
        return members
    }

    private static func input(_ declaration: InputDeclaration) -> JSONValue {
        var members: [String: JSONValue] = ["type": declaration.type.json]
        members["default"] = declaration.default
        if !declaration.help.isEmpty { members["help"] = .string(declaration.help) }
        return .object(members)
    }

    /// `{"severity","message","line","column","text"}`; without a place for a mistake of the text as a whole.
    static func problem(_ diagnostic: Diagnostic) -> JSONValue {
        var members: [String: JSONValue] = [
            "severity": .string(diagnostic.severity.rawValue), "message": .string(diagnostic.message),
        ]
        if let place = diagnostic.place {
            members["line"] = .int(place.line)
            members["column"] = .int(place.column)
            members["text"] = .string(place.text)
        }
        return .object(members)
    }
}
