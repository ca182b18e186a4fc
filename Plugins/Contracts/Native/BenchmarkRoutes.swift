import ContractKit
import HTTPKit
import PipelineKit

/// What benchmarks found here, over time.
struct BenchmarkRoutes: Sendable {
    let read: @Sendable () async -> Native.Benchmarks

    var routes: [Route] {
        [
            .get("/api/v1/benchmarks", Self.list) { _ in
                let found = await read()
                let skipped = found.skipped.map { file, reason -> JSONValue in
                    ["file": .string(file), "reason": .string(reason)]
                }
                return .json(["items": .array(found.items), "next": .null, "skipped": .array(skipped)])
            }
        ]
    }

    private static let list = RouteDescription(
        "What 'sluice bench all --json' found on this machine, the newest first; the last 200 at most.",
        tag: "server",
        responses: [200: .init("One item a file, and the names of files that could not be read.")]
    )
}
