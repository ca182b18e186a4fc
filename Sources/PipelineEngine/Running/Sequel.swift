import PipelineKit

/// The step that follows at once on another, recorded together with it: the next question to the model, or the call that
/// it has just asked for.
struct Sequel: Sendable {
    /// What whoever carries the step out needs besides the run's state.
    enum Work: Sendable {
        case turn(Question)
        case call(CallID)
    }

    let events: [Event.Payload]
    let work: Work

    /// - Parameters:
    ///   - state: as the other step leaves it.
    ///   - briefing: What stands at the front of a request in that state.
    /// - Returns: `nil` when there is no such step, or it needs more than to be recorded: a limit to ask about, calls
    ///   side by side, a time to wait for.
    ///   - policy: The version of the operator's policy that is in force.
    init?(
        after state: inout RunState,
        at now: Instant,
        policy: () -> String?,
        briefing: (RunState) throws(Failure) -> Briefing
    ) {
        let effects = state.effects.filter { if case .wake = $0 { false } else { true } }
        guard effects.count == 1 else { return nil }
        switch effects[0] {
        case .ask(let turn, let attempt, notBefore: nil) where state.intent == nil:
            guard let briefing = try? briefing(state) else { return nil }  // whoever asks tells why not
            let question = Question(turn, attempt, &state, briefing)
            events = (try? state.decide(.beginTurn(question.intent), at: now)) ?? []
            work = .turn(question)
            guard events.last?.isModelRequest == true else { return nil }
        case .call(let id):
            guard let call = state.calls[id], call.stage == .ready, call.proposed.policy == policy() else { return nil }
            let shown = CallSubject.shown(call, state)
            events = (try? state.decide(.beginCall(id, shown: shown), at: now)) ?? []
            work = .call(id)
            guard events == [.callStarted(id)] else { return nil }
        default: return nil
        }
    }
}
