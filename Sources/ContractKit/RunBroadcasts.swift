public import HTTPKit
public import PipelineEngine
public import PipelineKit

extension Broadcasts where Renderer.Item == EventFeed.Item {
    /// Events of a run that are read at once.
    private static var page: Int { 500 }

    /// The runs of these services, told as a contract tells them.
    public convenience init(_ services: Services, renderer: @escaping @Sendable (RunID) -> Renderer) {
        self.init(Self.source(services, renderer))
    }

    /// The same with a renderer that needs to have seen nothing but whether the run is over: who comes back with a
    /// cursor has no history read for them that they know.
    public convenience init(_ services: Services, stateless renderer: @escaping @Sendable (_ isOver: Bool) -> Renderer)
    {
        var source = Self.source(services) { _ in renderer(false) }
        source.start = { run, after throws(HTTPError) in
            let row = try await asking { () async throws(ServiceError) in
                try await services.runs.summary(of: RunID(run))
            }
            // What ended or reopened the run after the cursor is still read, and has the last word.
            let isOver = row?.status.isFinal ?? false
            return Start(renderer: renderer(isOver), position: min(after, row?.sequence ?? 0))
        }
        self.init(source)
    }

    private static func source(_ services: Services, _ renderer: @escaping @Sendable (RunID) -> Renderer) -> Source {
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
    }
}
