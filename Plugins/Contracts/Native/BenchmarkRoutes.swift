import ContractKit
import HTTPKit
import PipelineKit

/// What benchmarks found here, over time.
struct BenchmarkRoutes: Sendable {
    private let settings: Native.Settings

    init(_ settings: Native.Settings) { self.settings = settings }

    var routes: [Route] {
        let program = settings.benchmarks.map { Self.route("/api/v1/benchmarks", Self.program, $0) }
        let models = settings.modelBenchmarks.map { Self.route("/api/v1/benchmarks/models", Self.models, $0) }
        return [program, models].compactMap(\.self)
    }

    private static func route(
        _ path: String,
        _ description: RouteDescription,
        _ read: @escaping @Sendable () async -> Native.Benchmarks
    ) -> Route {
        .get(path, description) { _ in
            let found = await read()
            let skipped = found.skipped.map { file, reason -> JSONValue in
                ["file": .string(file), "reason": .string(reason)]
            }
            return .json(["items": .array(found.items), "next": .null, "skipped": .array(skipped)])
        }
    }

    private static let program = description(of: "bench all --json")
    private static let models = description(of: "bench-models")

    private static func description(of command: String) -> RouteDescription {
        RouteDescription(
            "What 'sluice \(command)' found on this machine, the newest first; the last 200 at most.",
            tag: "server",
            responses: [200: .init("One item a file, and the names of files that could not be read.")]
        )
    }
}
