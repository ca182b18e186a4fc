import GateKit
import PipelineKit
import ProcessKit

/// How the tests took a mutant.
enum Fate: Sendable, Hashable {
    /// They failed.
    case killed
    /// They ran for so long that they were ended.
    case late
    /// They passed.
    case survived
    /// There was nothing to run them on.
    case notBuilt
}

/// A copy of the tree in which the tests are run, once for each mutant.
struct TestBench: Sendable {
    /// How long a mutant's tests may run in any case, on a machine that does something else just then.
    private static let leastTime = Duration.seconds(5)

    private let settings: MutationGate.Settings
    private let place: ProjectPlace
    private let home: Workspace
    private let context: GateContext
    private var original: OriginalFiles
    /// How long the tests ran without a change.
    private var usual = Duration.zero

    init(_ settings: MutationGate.Settings, _ place: ProjectPlace, of workspace: Workspace, _ context: GateContext)
        async throws(Failure)
    {
        let copy: Workspace
        (original, copy) = try await OriginalFiles.copy(of: workspace, in: context.scratch())
        home = try place.within(copy)
        self.settings = settings
        self.place = place
        self.context = context
    }

    /// Runs the tests as they are; what they took is the measure of the others.
    ///
    /// - Returns: Why mutants prove nothing; `nil` when the tests pass.
    /// - Throws: ``PipelineKit/Failure/Kind/timedOut``, or ``PipelineKit/Failure/Kind/missing`` when a command cannot run.
    mutating func problem() async throws(Failure) -> Verdict? {
        if let build = settings.build {
            let end = try await unchanged(build)
            guard end.status == 0 else { return verdict("\(end.words) without any change.", end) }
        }
        let end = try await unchanged(settings.command)
        guard end.status == 0 else { return verdict("The tests fail without any change: \(end.words).", end) }
        usual = end.finished.elapsed
        try original.restore()
        return nil
    }

    /// Runs the tests as they are once more.
    ///
    /// - Returns: Why the mutants before proved nothing; `nil` when the tests still pass.
    mutating func lastProblem() async throws(Failure) -> Verdict? {
        if let build = settings.build { _ = try await unchanged(build) }
        let end = try await unchanged(settings.command)
        guard end.status != 0 else { return nil }
        return verdict(
            "The tests passed, and fail now that mutants were tried, without any change: \(end.words). What one run leaves "
                + "behind breaks the next, so nobody knows what the mutants did; have the command clean up.",
            end
        )
    }

    /// Runs the tests with a mutant in its place, and takes it back.
    mutating func fate(of mutant: Mutant, in bytes: [UInt8]) async throws(Failure) -> Fate {
        let path = place.directory.isEmpty ? mutant.file : "\(place.directory)/\(mutant.file)"
        try original.write(mutant.applied(to: bytes), to: path)
        let fate = try await fate()
        try original.restore()
        return fate
    }

    private func fate() async throws(Failure) -> Fate {
        if let build = settings.build {
            guard case .finished(let built) = try await outcome(of: command(build, settings.timeout)),
                built.status == 0
            else { return .notBuilt }
        }
        let most = max(Self.leastTime, usual * settings.timeoutFactor)
        switch try await outcome(of: command(settings.command, most)) {
        case .finished(let finished): return finished.status == 0 ? .survived : .killed
        case .timedOut: return .late
        }
    }

    private func unchanged(_ line: String) async throws(Failure) -> RunnerEnd {
        switch try await outcome(of: command(line, settings.timeout), progress: context.progress) {
        case .finished(let finished):
            if let problem = finished.notStarted("'\(line)'") { throw problem }
            return RunnerEnd(name: "'\(line)'", finished: finished)
        case .timedOut(let finished): throw finished.timeout(of: command(line, settings.timeout))
        }
    }

    private func command(_ line: String, _ timeout: Duration) -> Command {
        // A compiled file that Python left for one mutant must not be taken for another.
        let environment = ["PYTHONDONTWRITEBYTECODE": "1"]
        return .shell(line, in: home, environment: environment, timeout: timeout, limit: .runner)
    }

    private func verdict(_ reason: String, _ end: RunnerEnd) -> Verdict {
        Verdict(.failed, reason, score: 0, details: end.output.capped(to: 6_000))
    }
}
