import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// Where an agent tells what it does that works in the directory of a run by itself.
struct ReportRoutes: Sendable {
    let services: Services

    var routes: [Route] {
        var route = Route.post("/api/runs/{run_id}/events", Self.report) { request throws(HTTPError) in
            try await report(request)
        }
        route.isForRuns = true
        return [route]
    }

    private static let report = RouteDescription(
        "Records what a program does that works in a run: what it puts out, and its calls. All of it, or nothing.",
        tag: "events",
        body: ReportBody.schema.jsonSchema,
        responses: [201: .init("How many events were recorded."), 409: .init("The run has ended.")]
    )

    private func report(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let run = RunID(request["run_id"])
        try request.expectOwn(run)
        let body = try request.asked(ReportBody.self)
        let row = try await services.row(of: run)
        guard !row.status.isFinal else { throw .notActive }
        let reports = try reports(in: body)
        try await asking(else: .notActive) { () async throws(ServiceError) in
            try await services.runs.report(reports, of: run)
        }
        return .json(["accepted": .int(reports.count)], status: .created)
    }

    private func reports(in body: ReportBody) throws(HTTPError) -> [OutsideReport] {
        guard (body.events == nil) != (body.type == nil) else {
            throw .invalid("Either 'events' is required, a list, or 'type' and 'data' of one event")
        }
        let single: JSONValue = .object(
            ["type": body.type.map(JSONValue.string) ?? .null].adding(["data": body.data])
        )
        var reports: [OutsideReport] = []
        for (place, event) in (body.events ?? [single]).enumerated() {
            reports.append(try Self.report(event, body.events == nil ? "" : "events[\(place)]: "))
        }
        guard !reports.isEmpty else { throw .invalid("events has no event") }
        return reports
    }

    /// - Parameter place: What stands before what is wrong.
    private static func report(_ event: JSONValue, _ place: String) throws(HTTPError) -> OutsideReport {
        let data = event["data"] ?? [:]
        let (call, tool) = (data["call_id"]?.text ?? "", data["tool"]?.text ?? "")
        switch event["type"]?.text {
        case "stdout", "stderr":
            guard let text = data["text"]?.text else { throw .invalid("\(place)data.text is required") }
            return .output(event["type"] == "stdout" ? .stdout : .stderr, text)
        case "tool_call_start": return .callBegun(id: call, tool: tool, input: data["input"] ?? [:])
        case "tool_call_end":
            guard case .bool(let isDone)? = data["success"] else { throw .invalid("\(place)data.success is required") }
            return .callEnded(
                id: call,
                tool: tool,
                isError: !isDone,
                duration: .milliseconds(data["duration_ms"]?.integer ?? 0),
                error: data["error"]?.text
            )
        default:
            let kinds = "stdout, stderr, tool_call_start or tool_call_end"
            throw .invalid("\(place)type must be \(kinds), but is \((event["type"] ?? .null).jsonText.shown)")
        }
    }
}
