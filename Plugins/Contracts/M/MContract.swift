public import HTTPKit
public import PipelineEngine
public import PipelineKit

/// The interface of Project M: repositories, runs of agents, approvals and telephones.
public enum M {
    /// What runs remember as their origin.
    public static let name = "m"

    /// What an installation says of it.
    public struct Settings: Sendable {
        /// The pipeline that every run is made of; an input `prompt` is given the words of whoever asks.
        public var pipeline: String
        /// Who works when the pipeline names no model.
        public var model: ModelChain?
        /// Whether a repository may have several runs under way.
        public var runsSideBySide: Bool
        /// How long the hook of an agent waits for an answer before it has to ask again.
        public var patience: Duration
        /// How people are told away from the screen; `nil` where they are not.
        public var push: PushMeans?
        public var clock: EngineClock
        var now: @Sendable () -> Instant { clock.now }

        public init(
            pipeline: String = "task",
            model: ModelChain? = nil,
            runsSideBySide: Bool = false,
            patience: Duration = .seconds(300),
            push: PushMeans? = nil,
            clock: EngineClock = .system
        ) {
            self.pipeline = pipeline
            self.model = model
            self.runsSideBySide = runsSideBySide
            self.patience = patience
            self.push = push
            self.clock = clock
        }
    }

    public static func contract(_ services: Services, _ settings: Settings = Settings()) -> APIContract {
        APIContract(
            name: name,
            routes: RepositoryRoutes(services: services, settings: settings).routes
                + RunRoutes(services: services, starter: RunStarter(services: services, settings: settings)).routes
                + EventRoutes(services).routes
                + ApprovalRoutes(services: services, settings: settings).routes
                + HookRoutes(services: services, settings: settings).routes
                + ReportRoutes(services: services).routes
                + DeviceRoutes(services: services, settings: settings).routes,
            background: settings.push.map { [$0.desk(services).run] } ?? [],
            render: \.inWordsOfM
        )
    }
}
