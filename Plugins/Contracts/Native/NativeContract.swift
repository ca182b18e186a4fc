import ContractKit
public import HTTPKit
public import PipelineEngine
public import PipelineKit

/// Sluice's own interface, `/api/v1`: all that the services can do, under the names that the command line uses.
public enum Native {
    /// What runs remember as their origin.
    public static let name = "sluice"

    /// What the installation says of itself.
    public struct Settings: Sendable {
        public var version: String
        /// The names of all contracts that are served.
        public var contracts: [String]
        /// Absolute paths of the directories that may be worked on.
        public var roots: [String]
        /// How many runs are carried on at the same time.
        public var runsAtOnce: Int
        /// Whether clients have to say who they are.
        public var needsKey: @Sendable () async throws(HTTPError) -> Bool
        /// What runs that are started here remember as their origin.
        public var origin: String
        /// Who works when neither the request nor the pipeline names a model.
        public var model: ModelChain?
        /// Gives out tickets; `nil` where nobody needs one.
        public var ticket: (@Sendable (HTTPRequest) async throws(HTTPError) -> Ticket)?
        /// What benchmarks found here; `nil` leaves the route out.
        public var benchmarks: (@Sendable () async -> Benchmarks)?
        /// What measurements of models found here; `nil` leaves the route out.
        public var modelBenchmarks: (@Sendable () async -> Benchmarks)?
        /// The OpenAPI document of these routes; `nil` leaves the route out.
        public var openAPI: (@Sendable ([Route]) -> JSONValue)?

        public init(
            version: String,
            contracts: [String] = [Native.name],
            roots: [String] = [],
            runsAtOnce: Int = 4,
            needsKey: @escaping @Sendable () async throws(HTTPError) -> Bool = { false },
            origin: String = Native.name,
            model: ModelChain? = nil,
            ticket: (@Sendable (HTTPRequest) async throws(HTTPError) -> Ticket)? = nil,
            benchmarks: (@Sendable () async -> Benchmarks)? = nil,
            modelBenchmarks: (@Sendable () async -> Benchmarks)? = nil,
            openAPI: (@Sendable ([Route]) -> JSONValue)? = nil
        ) {
            self.version = version
            self.contracts = contracts
            self.roots = roots
            self.runsAtOnce = runsAtOnce
            self.needsKey = needsKey
            self.origin = origin
            self.model = model
            self.ticket = ticket
            self.benchmarks = benchmarks
            self.modelBenchmarks = modelBenchmarks
            self.openAPI = openAPI
        }
    }

    /// Lets a browser in that cannot send a key: with a WebSocket, or an EventSource.
    public struct Ticket: Sendable, Hashable {
        public var text: String
        public var expiresAt: Instant

        public init(_ text: String, expiresAt: Instant) {
            self.text = text
            self.expiresAt = expiresAt
        }
    }

    /// Records of benchmarks, as they were kept.
    public struct Benchmarks: Sendable {
        /// The newest first; each with the name of its `file`.
        public var items: [JSONValue]
        /// Names of files that could not be read, and for each a sentence that says why.
        public var skipped: [(file: String, reason: String)]

        public init(items: [JSONValue] = [], skipped: [(file: String, reason: String)] = []) {
            self.items = items
            self.skipped = skipped
        }
    }

    public static func contract(_ services: Services, _ settings: Settings) -> APIContract {
        let routes =
            ServerRoutes(services: services, settings: settings).routes
            + PipelineRoutes(services: services).routes
            + ModuleRoutes(registry: services.registry).routes
            + RunRoutes(services: services, model: settings.model, origin: settings.origin).routes
            + RunActionRoutes(services: services).routes
            + EventRoutes(services).routes
            + ApprovalRoutes(services: services).routes
            + FileRoutes(services: services).routes
            + ReportRoutes(services: services).routes
            + WorkspaceRoutes(services: services).routes
            + CostRoutes(services: services).routes
            + BenchmarkRoutes(settings).routes
        return APIContract(name: name, routes: routes + document(routes, settings), render: HTTPResponse.problem)
    }

    private static func document(_ routes: [Route], _ settings: Settings) -> [Route] {
        guard let describe = settings.openAPI else { return [] }
        let document = HTTPResponse.json(describe(routes))
        let about = RouteDescription(
            "Describes this interface.",
            tag: "server",
            responses: [200: .init("OpenAPI 3.1.")]
        )
        return [.get("/openapi.json", about) { _ in document }]
    }
}
