public import PipelineKit

/// Where a run stands, in one word.
public enum RunStatus: String, Choice {
    /// There is work outstanding, whether or not a process is at it.
    case running
    /// Nothing happens until a person answers.
    case waiting
    case achieved
    case notAchieved = "not_achieved"
    /// Ended by a person.
    case aborted
    /// Ended by something that no retry could mend.
    case failed

    public var isFinal: Bool { self != .running && self != .waiting }
}

/// The row a list shows for a run: a function of its state, kept by the store beside the history.
public struct RunSummary: Sendable, Hashable {
    public var run: RunID
    public var pipeline: String
    public var status: RunStatus
    /// The sequence of the last event this row knows.
    public var sequence: Int
    public var startedAt: Instant
    public var updatedAt: Instant
    /// When the run wants to be looked at again although nobody did anything: a retry, a deadline. `nil` for never.
    public var wakeAt: Instant?
    /// What else a list shows, as JSON: goal, directory, iteration, tokens, cost, open questions.
    public var details: JSONValue

    public init(
        run: RunID,
        pipeline: String,
        status: RunStatus,
        sequence: Int,
        startedAt: Instant,
        updatedAt: Instant,
        wakeAt: Instant? = nil,
        details: JSONValue = [:]
    ) {
        self.run = run
        self.pipeline = pipeline
        self.status = status
        self.sequence = sequence
        self.startedAt = startedAt
        self.updatedAt = updatedAt
        self.wakeAt = wakeAt
        self.details = details
    }
}

extension RunSummary {
    /// The row for a run in this state.
    public init(_ state: RunState, run: RunID) {
        self.init(
            run: run,
            pipeline: state.pipeline?.name ?? "",
            status: state.status,
            sequence: state.sequence,
            startedAt: state.startedAt,
            updatedAt: state.updatedAt,
            wakeAt: state.nextWake,
            details: .object(state.details)
        )
    }
}

extension RunFacts {
    /// When something will happen although nobody does anything: the nearest deadline or retry.
    var nextWake: Instant? {
        effects.compactMap { effect in
            switch effect {
            case .wake(_, let at): at
            case .ask(_, _, let notBefore): intent == nil ? notBefore : nil
            case .openWorkspace, .check, .assess, .call, .step, .keepBest: nil
            }
        }.min()
    }
}
