import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// What runs used.
struct CostRoutes: Sendable {
    let services: Services

    var routes: [Route] {
        [
            .get("/api/v1/runs/{run}/costs", Self.run) { request throws(HTTPError) in try await costs(request) },
            .get("/api/v1/costs", Self.sum) { request throws(HTTPError) in try await sum(request) },
        ]
    }

    private static let run = RouteDescription(
        "What each reply of the model used; 'tokens' and 'cost' are of the run up to there.",
        tag: "costs",
        responses: [200: .init("One item a reply.")]
    )
    private static let sum = RouteDescription(
        "What runs used together.",
        tag: "costs",
        query: [
            .init("by", "What the sums are for.", ["enum": ["pipeline", "model", "day"], "default": "pipeline"]),
            .init("since", "Only runs that started at this moment or later (RFC 3339)."),
        ],
        responses: [200: .init("One item a pipeline, a model or a day, by its name, and the sum of all.")]
    )

    private func costs(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let run = try await services.row(request).run
        let costs = try await asking { () async throws(ServiceError) in try await services.runs.costs(of: run) }
        return Listing(items: costs.map(\.json)).response
    }

    private func sum(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
        let key = try CostKey(request.query("by") ?? "pipeline")
        let since = try Self.since(request)
        var (sums, total): ([String: CostSum], CostSum) = ([:], CostSum())
        var place: RunQuery.Place?
        repeat {
            // What runs of steps and agents spend, the runs have spent that they work for.
            let query = RunQuery(isOwn: true, after: place, limit: 500)
            let rows = try await asking { () async throws(ServiceError) in try await services.runs.list(query) }
            for row in rows where since.map({ row.startedAt >= $0 }) ?? true {
                sums[key.of(row), default: CostSum()].add(row)
                total.add(row)
            }
            // No run is updated before it has started, so nothing that counts comes after a row older than that.
            let isDone =
                rows.count < query.limit || since.map { row in rows.last.map { $0.updatedAt < row } ?? true } ?? false
            place = isDone ? nil : rows.last.map(RunQuery.Place.init(of:))
        } while place != nil
        let items = sums.sorted { $0.key < $1.key }.map { $0.value.json(key: $0.key) }
        return .json(["items": .array(items), "total": total.json(key: nil)])
    }

    private static func since(_ request: HTTPRequest) throws(HTTPError) -> Instant? {
        guard let text = request.query("since") else { return nil }
        guard let moment = Instant(text) else {
            throw HTTPError(
                .unprocessable,
                "Parameter 'since' must be a moment such as '2026-11-21T00:00:00Z', but is '\(text.shown)'."
            )
        }
        return moment
    }
}

/// What sums are for.
private enum CostKey: String, CaseIterable {
    case pipeline
    case model
    case day

    init(_ word: String) throws(HTTPError) {
        guard let key = CostKey(rawValue: word) else {
            throw HTTPError(.unprocessable, "Parameter 'by' must be pipeline, model or day, but is '\(word.shown)'.")
        }
        self = key
    }

    func of(_ row: RunSummary) -> String {
        switch self {
        case .pipeline: row.pipeline
        case .model: row.details["model"]?.text ?? ""
        case .day: String("\(row.startedAt)".prefix(10))
        }
    }
}

private struct CostSum {
    private var runs = 0
    private var tokens = 0
    private var cost = Money.zero

    mutating func add(_ row: RunSummary) {
        runs += 1
        tokens += row.details["tokens"]?.integer ?? 0
        cost += row.details["cost"]?.text.flatMap { Money($0) } ?? .zero
    }

    func json(key: String?) -> JSONValue {
        var members: [String: JSONValue] = ["runs": .int(runs), "tokens": .int(tokens), "cost": cost.json]
        members["key"] = key.map(JSONValue.string)
        return .object(members)
    }
}

extension TurnCost {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "turn": .int(turn), "iteration": .int(iteration), "at": .string("\(at)"),
            "input_tokens": .int(usage.input), "output_tokens": .int(usage.output), "tokens": .int(spent.tokens),
        ]
        members["cost"] = spent.cost?.json
        return .object(members)
    }
}
