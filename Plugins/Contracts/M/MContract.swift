public import HTTPKit
public import PipelineEngine
public import PipelineKit

/// The interface of Project M: repositories, runs of agents, approvals and telephones.
public enum M {
    /// What runs remember as their origin.
    public static let name = "m"

    /// What an installation says of it.
    public struct Settings: Sendable {
        /// Whether repositories of this machine may be cloned, by their path.
        public var clonesFiles: Bool
        /// How people are told away from the screen; `nil` where they are not.
        public var push: PushMeans?
        public var now: @Sendable () -> Instant

        public init(
            clonesFiles: Bool = false,
            push: PushMeans? = nil,
            now: @escaping @Sendable () -> Instant = EngineClock.system.now
        ) {
            self.clonesFiles = clonesFiles
            self.push = push
            self.now = now
        }
    }

    public static func contract(_ services: Services, _ settings: Settings = Settings()) -> APIContract {
        APIContract(
            name: name,
            routes: RepositoryRoutes(services: services, settings: settings).routes
                + DeviceRoutes(services: services, settings: settings).routes,
            background: settings.push.map { [$0.desk(services).run] } ?? [],
            render: \.inWordsOfM
        )
    }
}
