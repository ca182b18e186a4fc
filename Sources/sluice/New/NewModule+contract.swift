/// A new interface: runs are listed, shown, started and followed.
extension NewModule {
    var contract: String {
        """
        import ContractKit
        public import HTTPKit
        public import PipelineEngine
        import PipelineKit

        /// Starts runs, shows them, and tells what happens in them.
        public enum \(type) {
            /// What runs remember as their origin.
            public static let name = "\(id)"

            public static func contract(_ services: Services) -> APIContract {
                let runs = \(stem)Runs(services)
                return APIContract(
                    name: name,
                    routes: [
                        .get("/api/\(id)", list) { _ throws(HTTPError) in try await runs.list() },
                        .post("/api/\(id)", start) { request throws(HTTPError) in try await runs.start(request) },
                        .get("/api/\(id)/{run}", show) { request throws(HTTPError) in try await runs.show(request) },
                        .events("/api/\(id)/{run}/events", events) { request throws(HTTPError) in
                            try await runs.follow(request)
                        },
                    ],
                    render: HTTPResponse.problem
                )
            }

            private static let list = RouteDescription(
                "The runs that changed last.",
                tag: "runs",
                responses: [200: .init("Their rows.")]
            )
            private static let start = RouteDescription(
                "Records a run and queues it.",
                tag: "runs",
                body: Order.schema.jsonSchema,
                responses: [201: .init("The row of the run.")]
            )
            private static let show = RouteDescription(
                "Shows a run.",
                tag: "runs",
                responses: [200: .init("The row of the run.")]
            )
            private static let events = RouteDescription(
                "What happened in a run and then what happens, until it has ended.",
                tag: "runs",
                responses: [200: .init("An event each, with its sequence as id.", type: "text/event-stream")]
            )
        }

        /// What a client sends to start a run.
        private struct Order: Fields {
            @Field("A built-in pipeline, a gate, or a file in the directories of the server.") var pipeline: String
            @Field("The directory to work on, in the directories of the server.") var cwd: String = "."
            @Field("Values for the inputs of the pipeline.") var inputs: [String: JSONValue] = [:]
            init() {}
        }

        /// What the routes do.
        private struct \(stem)Runs: Sendable {
            private let services: Services
            private let broadcasts: Broadcasts<EventTexts>

            init(_ services: Services) {
                self.services = services
                broadcasts = Broadcasts(services, stateless: EventTexts.init(isOver:))
            }

            func list() async throws(HTTPError) -> HTTPResponse {
                let rows = try await asking { () async throws(ServiceError) in
                    try await services.runs.list(RunQuery(limit: 50))
                }
                return .json(["runs": .array(rows.map(\\.json))])
            }

            func start(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
                let body = try request.fields(Order.self)
                let pipeline = try services.pipeline(.named(body.pipeline), inputs: body.inputs)
                try services.expectSound(pipeline)
                let order = RunOrder(
                    pipeline: pipeline,
                    inputs: body.inputs,
                    project: try services.directory(body.cwd),
                    origin: \(type).name,
                    key: request.principal?.name
                )
                let run = try await services.startAndSubmit(order)
                return .json(try await row(of: run).json, status: .created)
            }

            func show(_ request: HTTPRequest) async throws(HTTPError) -> HTTPResponse {
                .json(try await row(of: RunID(request["run"])).json)
            }

            func follow(_ request: HTTPRequest) async throws(HTTPError) -> StreamSession {
                let run = try await row(of: RunID(request["run"])).run
                // A client that comes back says what it has (WHATWG HTML, section 9.2.4).
                let last = request.headers["last-event-id"].flatMap { Int($0) } ?? 0
                return broadcasts.session(of: run.value, after: max(0, last))
            }

            private func row(of run: RunID) async throws(HTTPError) -> RunSummary {
                let row = try await asking { () async throws(ServiceError) in try await services.runs.summary(of: run) }
                guard let row else { throw HTTPError(.noSuchRun(run)) }
                return row
            }
        }

        /// Each event as a line of an export.
        private struct EventTexts: FrameRenderer {
            var isOver: Bool

            static func sequence(of item: EventFeed.Item) -> Int? {
                if case .event(_, let event) = item { event.sequence } else { nil }
            }

            mutating func frames(for item: EventFeed.Item) -> [Frame] {
                guard case .event(let run, let event) = item else { return [] }
                switch event.payload {
                case .runFinished: isOver = true
                case .runReopened: isOver = false
                default: break
                }
                return [Frame(sequence: event.sequence, text: EventLine(event, of: run).encoded)]
            }
        }

        """
    }
}
