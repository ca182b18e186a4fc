import CLinux
import FoundationEssentials
import Glibc
import PipelineEngine
import PipelineKit
import WorkspaceKit

/// Measures calls of a C function in its helper process. A line for each figure, medians of single calls, a hundred of each
/// kind in turn:
///
///     {"ev":"foreign","processors":2,"calls":10000,"us":52.2,"confined_us":54.4,"echo_us":10.3}
///     {"ev":"foreign","processors":1,"calls":10000,"us":24.1,"confined_us":24.4,"echo_us":7.8}
///
/// A call is that of `cos` as a tool, from its arguments as JSON to its output; `confined_us` with the helper in a sandbox.
/// `echo_us` is a line of the same size to `cat` and back (``BareEcho``): what any call in another process takes here.
///
/// The second line is of the same in a process that has one processor: what a call takes where no idle one has to be
/// woken, which on a virtual machine may be longer than all the rest.
struct ForeignBench {
    private let lines = BenchLines()
    private let directory: String
    /// Calls of a kind in a row: a helper stays awake for a moment after each.
    private static let turn = 100

    /// - Parameter calls: Of each kind; ten times as many are made.
    static func measure(_ calls: Int, in directory: String, _ registry: Registry) async throws(CommandError) {
        let bench = ForeignBench(directory: directory)
        let processors = Int(sluice_processors())
        do throws(Failure) { try await bench.measure(calls * 10, registry, processors: processors) } catch {
            throw .broken(error.message)
        }
        if processors > 1 { try bench.measureOnOne(calls) }
        bench.lines.tell("end")
    }

    private init(directory: String) { self.directory = directory }

    /// On the threads of the pool, as the calls of a run are: the main thread would be woken for each.
    @concurrent
    private func measure(_ calls: Int, _ registry: Registry, processors: Int) async throws(Failure) {
        let workspace = Workspace(path: directory)
        var confined = workspace
        let sandboxes = WorkspaceSandboxes(state: "\(directory)/.state")
        confined.confinement = try await sandboxes.walls(for: "foreign", workspace, WorkspacePolicy(), .calls)
        // Each has a helper of its own.
        let (plain, walled) = (try Self.cosine(registry), try Self.cosine(registry))
        let echo = try BareEcho(bytes: #"{"call":0,"with":[0.5]}"#.utf8.count + 1)
        var times: (plain: [Duration], confined: [Duration], echo: [Duration]) = ([], [], [])
        for start in stride(from: 0, to: calls, by: Self.turn) {
            let turn = 0..<min(Self.turn, calls - start)
            for _ in turn { times.plain.append(try await time(plain, in: workspace)) }
            for _ in turn { times.confined.append(try await time(walled, in: confined)) }
            for _ in turn { times.echo.append(try time(echo)) }
        }
        lines.tell(
            "foreign",
            [
                "processors": .int(processors), "calls": .int(calls),
                "us": .double(times.plain.medianMicroseconds.tenths),
                "confined_us": .double(times.confined.medianMicroseconds.tenths),
                "echo_us": .double(times.echo.medianMicroseconds.tenths),
            ]
        )
    }

    /// A process has the processors of the thread that starts it, and so has all that it starts.
    private func measureOnOne(_ calls: Int) throws(CommandError) {
        _ = sluice_keep_to_one_processor(0)
        let own = "\(directory)/one"
        guard mkdir(own, 0o700) == 0 else { throw .broken("'\(own)' cannot be made.") }
        let words = ["sluice", "bench", "foreign", "--n", "\(calls)", "--dir", own]
        let program = try PipedProgram("/proc/self/exe", words, environment: ProcessInfo.processInfo.environment)
        defer { program.end(within: 1000) }
        for line in String(decoding: program.rest(), as: UTF8.self).split(separator: "\n")
        where line.contains(#""ev":"foreign""#) {
            Output.line(String(line))
        }
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

    private func time(_ echo: BareEcho) throws(Failure) -> Duration {
        let start = ContinuousClock.now
        try echo.pass()
        return start.duration(to: .now)
    }
}
