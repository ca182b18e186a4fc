public import PipelineKit

/// What a check of a run's goal found, whole: what people and other tools are shown as evidence.
public struct RunReport: Sendable, Hashable {
    public var run: RunID
    public var pipeline: String
    /// The gates of the goal, as a person writes them: `pytest`, `all of pytest, ruff`.
    public var goal: String
    public var status: RunStatus
    public var check: CheckName
    public var result: CheckResult
    /// All of them, also those that an event has no room for, and those of files that the goal holds out.
    public var cases: [TestCase]
    /// All of them.
    public var findings: [Verdict.Finding]
    /// When the check ended.
    public var at: Instant
    public var seconds: Double
    public var version: String

    /// `check 2`, `the check at the start`.
    var name: String { check.iteration == 0 ? "the check at the start" : "check \(check.iteration)" }
}

extension RunService {
    /// The report of a check.
    ///
    /// - Parameter iteration: After which iteration, 0 for the start; `nil` for the last check there is.
    /// - Throws: ``ServiceError/invalid(_:)`` when there was no such check.
    public func report(of run: RunID, after iteration: Int? = nil) async throws(ServiceError) -> RunReport {
        let events = try await events(of: run)
        var started: [CheckName: Instant] = [:]
        var found: (name: CheckName, result: CheckResult, at: Instant)?
        for event in events {
            switch event.payload {
            case .checkStarted(let name, _): started[name] = event.at
            case .checkFinished(let name, let result) where iteration == nil || name.iteration == iteration:
                found = (name, result, event.at)
            default: break
            }
        }
        guard let (name, result, at) = found else {
            let words = iteration.map { "no check after iteration \($0)" } ?? "no check yet"
            throw .invalid("Run '\(run)' has had \(words).")
        }
        let state = RunState(replaying: events)
        let whole = try await everything(of: result)
        return RunReport(
            run: run,
            pipeline: state.pipeline?.name ?? "",
            goal: state.pipeline?.goal?.judge.words ?? "",
            status: state.status,
            check: name,
            result: result,
            cases: whole?.everyCase ?? result.failing,
            findings: whole?.findings ?? result.findings,
            at: at,
            seconds: started[name].map { Double(at.milliseconds - $0.milliseconds) / 1_000 } ?? 0,
            version: events.lazy.compactMap(\.version).first ?? ""
        )
    }

    /// - Returns: `nil` for a check that kept nothing beside its event.
    private func everything(of result: CheckResult) async throws(ServiceError) -> CheckReport? {
        guard let digest = result.report else { return nil }
        guard let bytes = try await artifact(digest), let json = try? JSONValue(parsing: bytes),
            let report = CheckReport(json)
        else { throw .store(.unreadable("The report \(digest) of the check is missing or damaged.")) }
        return report
    }
}

extension Event {
    /// Of the program that started the run.
    fileprivate var version: String? {
        guard case .runStarted(let start) = payload else { return nil }
        return start.version
    }
}

extension Judge {
    /// As a person says it: `pytest`, `all of pytest, ruff`, `not command`.
    fileprivate var words: String {
        switch self {
        case .gate(let id, _): id.value
        case .not(let part): "not \(part.words)"
        case .best(let part): "best \(part.words)"
        case .all(let parts): "all of \(parts.map(\.words).joined(separator: ", "))"
        case .any(let parts): "any of \(parts.map(\.words).joined(separator: ", "))"
        }
    }
}
