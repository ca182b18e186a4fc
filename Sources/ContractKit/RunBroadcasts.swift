public import HTTPKit
public import PipelineEngine
public import PipelineKit

extension Broadcasts where Renderer.Item == EventFeed.Item {
    /// Events of a run that are read at once.
    private static var page: Int { 500 }

    /// The runs of these services, told as a contract tells them.
    public convenience init(_ services: Services, renderer: @escaping @Sendable (RunID) -> Renderer) {
        self.init(
            Source(
                page: { run, after throws(HTTPError) in
                    let run = RunID(run)
                    let events = try await asking { () async throws(ServiceError) in
                        try await services.runs.page(of: run, after: after, limit: Self.page)
                    }
                    return events.map { .event(run, $0) }
                },
                observe: { services.feed.follow(RunID($0), receive: $1) },
                renderer: { renderer(RunID($0)) }
            )
        )
    }
}
