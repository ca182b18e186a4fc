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

/// What a run does the work of: a call of another run, or a step of its pipeline.
public struct ParentWork: Sendable, Hashable {
    public enum Work: Sendable, Hashable {
        case call(CallID)
        case step(StepPlace)
    }

    public var run: RunID
    public var work: Work
    /// The outermost of the runs that work for each other, on whose account all of them spend.
    public var account: RunID

    public init(run: RunID, work: Work, account: RunID? = nil) {
        self.run = run
        self.work = work
        self.account = account ?? run
    }

    public init(run: RunID, call: CallID) { self.init(run: run, work: .call(call)) }
    public init(run: RunID, step: StepPlace) { self.init(run: run, work: .step(step)) }
}

extension RunID {
    /// What the run is called that does the work of a call of this one: the same each time it is asked, so that it is
    /// started once.
    func agent(of call: CallID) -> RunID {
        RunID("\(self)-\(call.value.split(separator: ".").joined(separator: "-"))")
    }
}

extension AgentRun {
    var body: [String: JSONValue] { ["run": .string(run.value), "agent": .string(agent)] }

    init?(_ body: EventBody) {
        guard let run: RunID = body.id("run"), let agent = body.text("agent") else { return nil }
        self.init(run: run, agent: agent)
    }
}

extension ParentWork {
    var body: JSONValue {
        let own: [String: JSONValue] =
            switch work {
            case .call(let call): ["call": .string(call.value)]
            case .step(let place): place.body
            }
        let account: JSONValue? = account == run ? nil : .string(account.value)
        return .object(own.adding(["run": .string(run.value), "account": account]))
    }

    init?(_ body: EventBody) {
        guard let run: RunID = body.id("run") else { return nil }
        let call: CallID? = body.id("call")
        guard let work = StepPlace(body).map(Work.step) ?? call.map(Work.call) else { return nil }
        self.init(run: run, work: work, account: body.id("account"))
    }
}
