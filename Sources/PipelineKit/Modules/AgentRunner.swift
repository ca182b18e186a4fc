/// Has other pipelines do a part of the work of a run, each in a run of its own.
public protocol AgentRunner: Sendable {
    /// Has an agent work until it has ended, or has to know something of a person.
    ///
    /// A call has one agent: when it is made again, because a person has answered or a process died, the agent goes on
    /// where it was.
    ///
    /// - Parameter answer: What a person said to what the agent asked for last.
    /// - Throws: ``Failure`` when it cannot be started.
    func work(on order: AgentOrder, answer: InputAnswer?) async throws(Failure) -> AgentOutcome
}

/// What an agent is to do.
public struct AgentOrder: Sendable, Hashable {
    /// What the pipeline calls it.
    public var name: String
    /// What it works by, whole in itself.
    public var pipeline: Pipeline
    /// In the words of the model.
    public var task: String

    public init(_ name: String, _ pipeline: Pipeline, task: String) {
        self.name = name
        self.pipeline = pipeline
        self.task = task
    }
}

/// What came of an agent's work so far.
public enum AgentOutcome: Sendable, Hashable {
    /// It has ended.
    case ended(AgentReport)
    /// It waits for a person.
    case asks(InputRequest)
}

/// What an agent has done.
public struct AgentReport: Sendable, Hashable {
    public var run: RunID
    /// Whether it reached its goal.
    public var isAchieved: Bool
    /// How it ended, in words: `not achieved`.
    public var status: String
    /// Why it ended.
    public var reason: String
    /// What its model said last.
    public var words: String
    /// What it changed in the workspace of the run it worked for, and why not; a sentence or two.
    public var changes: String

    public init(run: RunID, isAchieved: Bool, status: String, reason: String, words: String, changes: String) {
        self.run = run
        self.isAchieved = isAchieved
        self.status = status
        self.reason = reason
        self.words = words
        self.changes = changes
    }
}

/// Stands where there is nobody to have an agent work.
public struct NoAgents: AgentRunner {
    public init() {}

    public func work(on order: AgentOrder, answer: InputAnswer?) throws(Failure) -> AgentOutcome {
        throw Failure(.unavailable, "There is nobody here to have the agent '\(order.name)' work.")
    }
}
