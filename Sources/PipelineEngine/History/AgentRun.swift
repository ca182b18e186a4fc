public import PipelineKit

/// A run that does the work of a call of another run.
public struct AgentRun: Sendable, Hashable {
    public var run: RunID
    /// What the pipeline calls the agent.
    public var agent: String

    public init(run: RunID, agent: String) {
        self.run = run
        self.agent = agent
    }
}

/// The call that a run does the work of.
public struct ParentCall: Sendable, Hashable {
    public var run: RunID
    public var call: CallID

    public init(run: RunID, call: CallID) {
        self.run = run
        self.call = call
    }
}

extension ParentCall {
    /// What the run is called that does this work: the same each time it is asked, so that it is started once.
    public var agent: RunID { RunID("\(run)-\(call.value.split(separator: ".").joined(separator: "-"))") }
}

extension AgentRun {
    var body: [String: JSONValue] { ["run": .string(run.value), "agent": .string(agent)] }

    init?(_ body: EventBody) {
        guard let run: RunID = body.id("run"), let agent = body.text("agent") else { return nil }
        self.init(run: run, agent: agent)
    }
}

extension ParentCall {
    var body: JSONValue { ["run": .string(run.value), "call": .string(call.value)] }

    init?(_ body: EventBody) {
        guard let run: RunID = body.id("run"), let call: CallID = body.id("call") else { return nil }
        self.init(run: run, call: call)
    }
}
