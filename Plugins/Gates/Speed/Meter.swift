import GateKit
import PipelineKit
import ProcessKit

/// A command line that is run again and again, and measured from outside.
struct Meter: Sendable {
    let line: String
    let clock: Clock
    /// Of each run.
    let timeout: Duration

    init(_ line: String, _ clock: Clock, timeout: Duration) throws(Failure) {
        guard line.contains(where: { !$0.isWhitespace }) else {
            throw Failure(.invalidInput, "Field 'command' must be a command line, but is empty.")
        }
        try SettingChecks.require(timeout: timeout)
        self.line = line
        self.clock = clock
        self.timeout = timeout
    }

    /// One run of it.
    ///
    /// - Parameters:
    ///   - name: Which one it is: `run 2 of 5`.
    ///   - files: What must not change by it.
    /// - Throws: ``PipelineKit/Failure/Kind/timedOut`` when its time is up, ``PipelineKit/Failure/Kind/missing`` when
    ///   there is no such program.
    func run(_ name: String, _ files: NamedFiles, in workspace: Workspace, _ context: GateContext)
        async throws(Failure) -> Reading
    {
        var reading = try await run(name, in: workspace, context)
        reading.changed = files.changed(in: workspace.path)
        return reading
    }

    private func run(_ name: String, in workspace: Workspace, _ context: GateContext) async throws(Failure) -> Reading {
        guard clock != .instructions else {
            let callgrind = try Callgrind(context)
            let command = callgrind.command(for: line, in: workspace)
            let finished = try await command.finish("'\(line)'", name, within: timeout, context)
            return Reading(name: name, value: finished.status == 0 ? try callgrind.total() : 0, finished: finished)
        }
        let command = Command.shell(line, in: workspace, limit: OutputLimit(head: 64 << 10, tail: 64 << 10))
        let finished = try await command.finish("'\(line)'", name, within: timeout, context)
        let time = clock == .cpu ? finished.processorTime : finished.elapsed
        return Reading(name: name, value: time.seconds, finished: finished)
    }
}

extension Command {
    /// Carries out one of several runs.
    ///
    /// - Parameters:
    ///   - title: What people call it: `'python bench.py'`.
    ///   - name: Which run it is.
    func finish(_ title: String, _ name: String, within timeout: Duration, _ context: GateContext)
        async throws(Failure) -> Finished
    {
        var command = self
        command.timeout = timeout
        switch try await outcome(of: command, progress: context.progress) {
        case .finished(let finished):
            if let problem = finished.notStarted(title) { throw problem }
            return finished
        case .timedOut(let finished):
            let said = finished.output.text.split(separator: "\n").last.map { " It printed last: \($0)" } ?? ""
            throw Failure(
                .timedOut,
                "\(title) was still running after \(timeout.written) in \(name), and was ended.\(said)"
            )
        }
    }
}

/// What one run took.
struct Reading: Sendable {
    /// Which run it was.
    var name: String
    /// In the unit of its clock.
    var value: Double
    var finished: Finished
    /// A file that it should have left as it was.
    var changed: String?

    /// Why the run does not count: `'python bench.py' exited with 1 in run 2 of 5.` with what it printed; `nil` when it does.
    func problem(of line: String) -> Verdict? {
        guard finished.status != 0 else {
            return changed.map {
                .failed("'\($0)' was changed in \(name), so the runs after it would measure something else.", score: 0)
            }
        }
        var verdict = Verdict.failed(
            "\(RunnerEnd.words(of: "'\(line)'", status: finished.status)) in \(name).",
            score: 0
        )
        verdict.details = finished.output.text.capped(to: 6_000)
        return verdict
    }
}
