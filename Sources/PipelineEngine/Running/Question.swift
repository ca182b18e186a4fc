import PipelineKit

/// What the model is to be asked, by whom, and what it may cost.
///
/// A class, because it is held by whoever waits for the answer.
final class Question: Sendable {
    /// As it was when the question was made; what is said meanwhile is for the next one.
    let state: RunState
    let briefing: Briefing
    let request: ModelRequest
    let intent: ModelIntent

    init(_ turn: Int, _ attempt: Int, _ state: inout RunState, _ briefing: Briefing, within room: Money? = nil) {
        state.facts.conversation.keepDigest()
        self.state = state
        self.briefing = briefing
        let purpose: ModelIntent.Purpose = ContextWindow.isFull(state, briefing) ? .summary : .reply
        let reply = ModelTurn.longestReply(state, briefing, for: purpose, within: room)
        request = ModelTurn.request(state, briefing, for: purpose, reply: reply)
        intent = ModelIntent(
            turn: turn,
            attempt: attempt,
            model: briefing.model.description,
            reserved: ModelTurn.worstCase(state, briefing, reply: reply),
            request: ModelTurn.digest(state, briefing, for: purpose, reply: reply),
            purpose: purpose
        )
    }
}
