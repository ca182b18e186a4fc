public import HTTPKit
public import PipelineEngine
public import PipelineKit

/// The interface of Project M: repositories, runs of agents, approvals and telephones.
public enum M {
    /// What runs remember as their origin.
    public static let name = "m"

    /// What an installation says of it.
    public struct Settings: Sendable {
        public var runs: RunSettings
        /// Who works when the pipeline names no model.
        public var model: ModelChain?
        /// How people are told away from the screen; `nil` where they are not.
        public var push: PushMeans?
        /// Where programs of this machine reach the server: `http://127.0.0.1:8000`; `nil` where nobody knows.
        public var address: @Sendable () -> String?
        public var clock: EngineClock
        var now: @Sendable () -> Instant { clock.now }

        public init(
            runs: RunSettings = RunSettings(),
            model: ModelChain? = nil,
            push: PushMeans? = nil,
            address: @escaping @Sendable () -> String? = { nil },
            clock: EngineClock = .system
        ) {
            self.runs = runs
            self.model = model
            self.push = push
            self.address = address
            self.clock = clock
        }
    }

    public static func contract(_ services: Services, _ settings: Settings = Settings()) -> APIContract {
        APIContract(
            name: name,
            routes: RepositoryRoutes(services: services, settings: settings).routes
                + RunRoutes(services: services, starter: RunStarter(services: services, settings: settings)).routes
                + EventRoutes(services).routes
                + ApprovalRoutes(services: services).routes
                + HookRoutes(services: services, settings: settings).routes
                + ReportRoutes(services: services).routes
                + DeviceRoutes(services: services, settings: settings).routes,
            background: settings.push.map { [$0.desk(services).run] } ?? [],
            render: \.inWordsOfM
        )
    }
}
