import LoadKit
import PipelineKit

extension ServeBench {
    /// A request, and how its path is told.
    private struct Route {
        var call: Call
        var name: String

        init(_ method: String, _ path: String, of run: String = "", body: JSONValue? = nil) {
            call = Call(method, path.replacing("{run}", with: run), body: body?.encoded() ?? [])
            name = path
        }
    }

    /// Connections that are kept open, each with one request at a time.
    private static let connections = 16
    /// Runs in the lists; the last of them, which is asked for, has taken so many steps, the others one.
    private static let listed = 50
    private static let steps = 50
    /// Milliseconds in which nothing is measured yet.
    private static let warming = 200

    func measureRoutes() throws(CommandError) {
        var run = ""
        for number in 1...Self.listed {
            run = try park(PacedSteps(count: number == Self.listed ? Self.steps : 1, rate: 1_000_000))
            try release(run)
            try wait(for: run, to: "not_achieved")
        }
        let lint: JSONValue = ["yaml": .string(PacedSteps.pipeline.jsonText)]
        let routes = [
            Route("GET", "/health"),
            Route("GET", "/api/v1/runs/{run}", of: run),
            Route("GET", "/api/v1/runs?limit=50"),
            Route("GET", "/api/v1/runs/{run}/events?limit=100", of: run),
            Route("GET", "/api/v1/runs/{run}/approvals", of: run),
            Route("POST", "/api/v1/pipelines/lint", body: lint),
            Route("GET", "/api/runs/{run}", of: run),
            Route("GET", "/api/runs"),
        ]
        for route in routes { try measure(route) }
    }

    private func measure(_ route: Route) throws(CommandError) {
        let (figures, used) = try loading { () throws(Failure) in
            let load = try CallLoad(route.call, to: server.port, connections: Self.connections)
            _ = try load.run(milliseconds: Self.warming)
            let before = server.cpu
            return (try load.run(milliseconds: amounts.seconds * 1000), server.cpu - before)
        }
        guard figures.statuses.keys.elementsEqual([200]) else {
            throw unexpected(figures, of: route.call)
        }
        let count = Double(figures.latencies.count)
        lines.tell(
            "route",
            [
                "method": .string(route.call.method), "path": .string(route.name),
                "connections": .int(Self.connections), "answers": .int(figures.latencies.count),
                "bytes": .int(figures.body.count), "per_second": .int(Int(count / figures.seconds)),
                "cpu_us": .double(tenths(Double(used) / count / 1e3)),
                "p50_us": .double(tenths(figures.latencies.microseconds(of: 0.5))),
                "p99_us": .double(tenths(figures.latencies.microseconds(of: 0.99))),
            ]
        )
    }
}
