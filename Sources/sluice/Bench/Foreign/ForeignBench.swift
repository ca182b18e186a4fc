import PipelineEngine
import PipelineKit
import WorkspaceKit

/// Measures calls of a C function in its helper process. A line for each figure, medians of single calls in turns:
///
///     {"ev":"foreign","calls":10000,"us":14.1,"confined_us":14.4}
///
/// A call is that of `cos` as a tool, from its arguments as JSON to its output; `confined_us` with the helper in a sandbox.
struct ForeignBench {
    private let lines = BenchLines()
    private let directory: String

    /// - Parameter calls: Of each kind; ten times as many are made.
    static func measure(_ calls: Int, in directory: String, _ registry: Registry) async throws(CommandError) {
        let bench = ForeignBench(directory: directory)
        do throws(Failure) { try await bench.measure(calls * 10, registry) } catch { throw .broken(error.message) }
        bench.lines.tell("end")
    }

    private init(directory: String) { self.directory = directory }

    private func measure(_ calls: Int, _ registry: Registry) async throws(Failure) {
        let workspace = Workspace(path: directory)
        var confined = workspace
        let sandboxes = WorkspaceSandboxes(state: "\(directory)/.state")
        confined.confinement = try await sandboxes.walls(for: "foreign", workspace, WorkspacePolicy(), .calls)
        // Each has a helper of its own.
        let (plain, walled) = (try Self.cosine(registry), try Self.cosine(registry))
        var times: (plain: [Duration], confined: [Duration]) = ([], [])
        for _ in 0..<calls {
            times.plain.append(try await time(plain, in: workspace))
            times.confined.append(try await time(walled, in: confined))
        }
        lines.tell(
            "foreign",
            [
                "calls": .int(calls), "us": .double(times.plain.medianMicroseconds.tenths),
                "confined_us": .double(times.confined.medianMicroseconds.tenths),
            ]
        )
    }

    private static func cosine(_ registry: Registry) throws(Failure) -> ConfiguredTool {
        var pipeline = Pipeline()
        pipeline.foreign = ["libm.so.6": ["cos": "double(double x)"]]
        let (registry, findings) = registry.including(pipeline, in: "/")
        guard findings.problems.isEmpty, let factory = registry.tools["cos"] else {
            throw FieldProblems(findings.problems).failure
        }
        do throws(FieldProblems) { return try factory.make([:]) } catch { throw error.failure }
    }

    private func time(_ tool: ConfiguredTool, in workspace: Workspace) async throws(Failure) -> Duration {
        let start = ContinuousClock.now
        _ = try await tool.call(["x": 0.5], ToolContext(workspace: workspace))
        return start.duration(to: .now)
    }
}
