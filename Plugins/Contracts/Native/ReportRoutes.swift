import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// The evidence of a check, in the forms that other tools read.
struct ReportRoutes: Sendable {
    let services: Services

    var routes: [Route] {
        [.get("/api/v1/runs/{run}/report", Self.report) { request throws(HTTPError) in try await report(request) }]
    }

    private static let report = RouteDescription(
        "What a check of the goal found, whole.",
        tag: "files",
        query: [
            .init("format", "How it is written.", ["enum": ["markdown", "junit", "sarif"], "default": "markdown"]),
            .init("check", "After which iteration; 0 is the start; left out, the last.", ["type": "integer"]),
        ],
        responses: [
            200: .init("The report.", type: "text/markdown"), 422: .init("There was no such check."),
        ]
    )

    private func report(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let iteration = try request.number("check", in: 0...100_000)
        let format = try Format(request.query("format") ?? "markdown")
        let run = try await services.row(request).run
        let report = try await asking { () async throws(ServiceError) in
            try await services.runs.report(of: run, after: iteration)
        }
        return format.response(report)
    }

    private enum Format: String, CaseIterable {
        case markdown
        case junit
        case sarif

        init(_ name: String) throws(HTTPError) {
            guard let format = Format(rawValue: name) else {
                let words = "Parameter 'format' must be markdown, junit or sarif, but is '\(name.shown)'."
                throw HTTPError(.unprocessable, words)
            }
            self = format
        }

        func response(_ report: RunReport) -> HTTPResponse {
            switch self {
            case .markdown:
                HTTPResponse(type: "text/markdown; charset=utf-8", body: Array(report.markdown.utf8))
            case .junit: HTTPResponse(type: "application/xml", body: Array(report.junit.utf8))
            case .sarif: HTTPResponse(type: "application/sarif+json", body: report.sarif.encoded())
            }
        }
    }
}
