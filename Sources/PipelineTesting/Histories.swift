public import PipelineEngine
public import PipelineKit

/// Given, when, then for runs: a state is made from what happened, without a store and without a clock.
extension RunState {
    /// The state after these events, a second apart from 2026-01-01T00:00:00Z.
    public static func given(_ payloads: [Event.Payload]) -> RunState { RunState().after(payloads) }

    /// The state after these further events.
    public func after(_ payloads: [Event.Payload]) -> RunState {
        var state = self
        for payload in payloads {
            let at = Instant.start + .seconds(state.sequence)
            let rows = Chain.rows([payload], after: state.sequence, head: state.head, at: at)
            for row in rows { state.apply(Event(sequence: row.sequence, at: at, payload: payload, digest: row.digest)) }
        }
        return state
    }

    /// What a command does a second after the last event.
    public func when(_ command: RunCommand, later: Duration = .zero) throws(Refusal) -> [Event.Payload] {
        try decide(command, at: Instant.start + .seconds(self.sequence) + later)
    }
}

extension Instant {
    /// 2026-01-01T00:00:00Z, when all histories of tests begin.
    public static let start = Instant(milliseconds: 1_767_225_600_000)
}

extension Event.Payload {
    /// The start of a run of a pipeline given as JSON, on `/project`.
    public static func started(_ pipeline: JSONValue, run: RunID = "r1") -> Event.Payload {
        .runStarted(RunStart(run: run, pipeline: pipeline, project: "/project", origin: "test", version: "1"))
    }

    /// The workspace of a run on `/project`, without isolation.
    public static let opened = Event.Payload.workspaceOpened(Workspace(path: "/project"), start: "s0")

    /// A check as it begins and ends.
    public static func checked(_ iteration: Int, _ result: CheckResult, round: Int = 1) -> [Event.Payload] {
        let name = CheckName(iteration: iteration, round: round)
        return [.checkStarted(name, snapshot: SnapshotID("s\(iteration)")), .checkFinished(name, result)]
    }

    /// The model as it is asked and answers with a text.
    public static func replied(_ turn: Int, _ text: String, usage: Usage = Usage(input: 10, output: 5)) -> [Event
        .Payload]
    {
        let intent = ModelIntent(
            turn: turn,
            attempt: 1,
            model: "openai/stub-fix",
            reserved: Spending(tokens: 100),
            request: Chain.start
        )
        let reply = RecordedReply(turn: turn, text: text, usage: usage, cost: nil, stop: .finished)
        return [.modelRequested(intent), .modelReplied(reply)]
    }
}

extension ProposedCall {
    /// A call as a model would write it.
    public init(_ id: CallID, _ tool: String, _ arguments: JSONValue = [:], reach: Set<Reach>) {
        let call = ToolCall(id: CallID("service-\(id)"), tool: tool, arguments: arguments.jsonText)
        self.init(id: id, call: call, reach: reach)
    }
}
