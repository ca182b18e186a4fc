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
        public var now: @Sendable () -> Instant

        public init(clonesFiles: Bool = false, now: @escaping @Sendable () -> Instant = EngineClock.system.now) {
            self.clonesFiles = clonesFiles
            self.now = now
        }
    }

    public static func contract(_ services: Services, _ settings: Settings = Settings()) -> APIContract {
        APIContract(
            name: name,
            routes: RepositoryRoutes(services: services, settings: settings).routes
                + DeviceRoutes(services: services, settings: settings).routes,
            render: \.inWordsOfM
        )
    }
}
