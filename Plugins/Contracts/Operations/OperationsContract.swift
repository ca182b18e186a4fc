import ContractKit
public import HTTPKit
public import PipelineEngine
import PipelineKit

/// What those who run a server ask of it. A contract of its own, because it is served beside whichever others are.
public enum Operations {
    public static let name = "operations"

    /// - Parameters:
    ///   - obstacles: Sentences on what else keeps this process from serving, such as that it is about to end.
    ///   - metrics: The figures of the process, and the type of the text; `nil` leaves `/metrics` out.
    public static func contract(
        _ services: Services,
        obstacles: @escaping @Sendable () async -> [String] = { [] },
        metrics: (type: String, text: @Sendable () async -> String)? = nil
    ) -> APIContract {
        let alive = HTTPResponse.json(["status": "ok"])
        let routes = [
            Route(.get, "/health", health, handler: .immediate { _ in alive }),
            Route.get("/ready", ready) { _ in
                let reasons = await services.obstacles() + obstacles()
                guard !reasons.isEmpty else { return .json(["status": "ready"]) }
                let list = JSONValue.array(reasons.map(JSONValue.string))
                return .json(["status": "not ready", "reasons": list], status: .serviceUnavailable)
            },
        ]
        return APIContract(name: name, routes: routes + figures(metrics), render: HTTPResponse.problem)
    }

    private static func figures(_ metrics: (type: String, text: @Sendable () async -> String)?) -> [Route] {
        guard let metrics else { return [] }
        return [
            .get("/metrics", counted) { _ in
                HTTPResponse(type: metrics.type, body: Array(await metrics.text().utf8))
            }
        ]
    }

    private static let health = RouteDescription(
        "Whether the process answers; it asks nobody else.",
        tag: "operations",
        responses: [200: .init("It does.")]
    )
    private static let ready = RouteDescription(
        "Whether requests can be served: the store answers.",
        tag: "operations",
        responses: [200: .init("They can."), 503: .init("Why they cannot.")]
    )
    private static let counted = RouteDescription(
        "What the process has counted, for Prometheus.",
        tag: "operations",
        responses: [200: .init("Text of version 0.0.4.", type: "text/plain")]
    )
}

extension Services {
    /// Why nothing can be done; empty when the store answers.
    fileprivate func obstacles() async -> [String] {
        do throws(ServiceError) {
            _ = try await runs.list(RunQuery(limit: 1))
            return []
        } catch {
            return ["The store does not answer. \(error)"]
        }
    }
}
