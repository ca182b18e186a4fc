public import PipelineKit

/// The calls of the last reply that had any, in the model's order, and how far each is.
///
/// Every decision of a run looks at a copy of its state, so what a step changes is kept apart from what it does not: a
/// changed copy of a long turn copies a word for each call.
public struct TurnCalls: Sendable, Hashable {
    private struct Progress: Sendable, Hashable {
        var stage = RunState.Call.Stage.ready
        var approval: ApprovalID?
        var revision: String?
    }

    private var proposed: [ProposedCall] = []
    private var progress = Chunked<Progress>()
    /// What people said to calls that asked for it; few do.
    @Shared private var answers: [CallID: InputAnswer] = [:]
    /// The runs that do the work of calls.
    @Shared private var agents: [CallID: Agent] = [:]

    private struct Agent: Sendable, Hashable {
        var run: RunID
        var isOver = false
    }
    /// All before it are closed.
    private var firstOpen = 0
    private(set) var openCount = 0
    /// Whether the model has been told what came of them.
    private(set) var areAnswered = true

    init() {}

    public subscript(id: CallID) -> RunState.Call? { index(of: id).map(call) }

    /// Those that are not closed, oldest first.
    var open: some Sequence<RunState.Call> {
        (firstOpen..<proposed.count).lazy.map(call).filter(\.isOpen)
    }

    var all: some Sequence<RunState.Call> { proposed.indices.lazy.map(call) }

    /// Takes a call in; the first one after those before were answered begins anew.
    mutating func propose(_ call: ProposedCall) {
        if areAnswered { self = TurnCalls() }
        areAnswered = false
        proposed.append(call)
        progress.append(Progress(stage: call.awaitsHooks ? .assessing : .ready))
        openCount += 1
    }

    mutating func set(_ id: CallID, to stage: RunState.Call.Stage) {
        guard let index = index(of: id) else { return }
        openCount += (stage.isOpen ? 1 : 0) - (progress[index].stage.isOpen ? 1 : 0)
        progress[index].stage = stage
        if stage.isOpen { firstOpen = min(firstOpen, index) }
        while firstOpen < progress.count, !progress[firstOpen].stage.isOpen { firstOpen += 1 }
    }

    mutating func note(_ approval: ApprovalID, of id: CallID) {
        if let index = index(of: id) { progress[index].approval = approval }
    }

    /// Has the call be made again, with what came of its question.
    mutating func take(_ answer: InputAnswer?, for id: CallID) {
        answers[id] = answer
        set(id, to: .ready)
    }

    mutating func note(_ agent: RunID, of id: CallID) { agents[id] = Agent(run: agent) }
    mutating func endAgent(of id: CallID) { agents[id]?.isOver = true }

    /// Has the call be what somebody made of it.
    mutating func revise(_ id: CallID, _ edit: CallEdit, by person: String) {
        guard let index = index(of: id) else { return }
        proposed[index].call.arguments = edit.arguments
        proposed[index].reach = edit.reach
        progress[index].revision = person
    }

    /// Has the call be what hooks made of it, and ready unless something else follows.
    mutating func assess(_ id: CallID, _ hooked: HookedCall) {
        guard let index = index(of: id) else { return }
        if let arguments = hooked.arguments {
            proposed[index].call.arguments = arguments
            progress[index].revision = "The hook '\(hooked.hook)'"
        }
        proposed[index].reach = hooked.reach
        proposed[index].policy = hooked.policy
        proposed[index].awaitsHooks = false
        set(id, to: .ready)
    }

    mutating func markAnswered() { areAnswered = true }

    private func call(_ index: Int) -> RunState.Call {
        let (call, progress) = (proposed[index], progress[index])
        return RunState.Call(
            proposed: call,
            stage: progress.stage,
            approval: progress.approval,
            revision: progress.revision,
            input: answers[call.id],
            agent: agents[call.id]?.run,
            agentIsOver: agents[call.id]?.isOver ?? false
        )
    }

    /// The engine names calls after their place, `3.17`, which is looked at first.
    private func index(of id: CallID) -> Int? {
        var place = -1
        for byte in id.value.utf8 { place = byte == UInt8(ascii: ".") ? 0 : place &* 10 &+ Int(byte) &- 48 }
        place &-= 1
        if proposed.indices.contains(place), proposed[place].id == id { return place }
        return proposed.firstIndex { $0.id == id }
    }
}
