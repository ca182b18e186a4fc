import ContractKit
public import HTTPKit
public import PipelineEngine
public import PipelineKit

/// The interface of retrAI's server, so that its web client and its scripts find here what they look for.
public enum RetrAI {
    /// What runs remember as their origin.
    public static let name = "retrai"

    /// What an installation says of the names that clients use.
    public struct Settings: Sendable {
        /// What a bare name of a model stands for: `claude-sonnet-4-6`.
        public var aliases: [String: ModelName]
        /// Who works when neither the request nor the pipeline names a model.
        public var model: ModelChain?

        public init(aliases: [String: ModelName] = [:], model: ModelChain? = nil) {
            self.aliases = aliases
            self.model = model
        }
    }

    public static func contract(_ services: Services, _ settings: Settings = Settings()) -> APIContract {
        let runs = RetrAIRuns(services, settings)
        return APIContract(
            name: name,
            routes: [
                .post("/api/runs", about.start) { request throws(HTTPError) in try await runs.start(request) },
                .get("/api/runs", about.list) { request throws(HTTPError) in try await runs.list(request) },
                .get("/api/runs/{run_id}", about.show) { request throws(HTTPError) in try await runs.show(request) },
                .post("/api/runs/{run_id}/resume", about.resume) { request throws(HTTPError) in
                    try await runs.resume(request)
                },
                .post("/api/runs/{run_id}/abort", about.abort) { request throws(HTTPError) in
                    try await runs.abort(request)
                },
                .patch("/api/runs/{run_id}/config", about.configure) { request throws(HTTPError) in
                    try await runs.configure(request)
                },
                .webSocket("/api/ws/{run_id}", about.stream) { request throws(HTTPError) in
                    try await runs.stream(request)
                },
            ],
            render: { error in .json(["detail": .string(error.message)], status: error.status) }
        )
    }
}
