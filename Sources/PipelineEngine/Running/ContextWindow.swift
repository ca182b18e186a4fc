import PipelineKit

/// Whether a conversation still fits into one request to the model.
enum ContextWindow {
    /// Bytes of what no service has counted yet, for a token: less than most texts have, so that it is rather too many.
    private static let bytesOfToken = 3

    /// Whether the conversation is to be summarised before the model is asked again.
    static func isFull(_ state: RunState, _ briefing: Briefing) -> Bool {
        guard let room = room(state, briefing), tokens(state, briefing) > room else { return false }
        return Compaction.cut(in: state.messages) != nil
    }

    /// Tokens that a request may have; `nil` when nobody knows how many.
    private static func room(_ state: RunState, _ briefing: Briefing) -> Int? {
        let reply = state.limits.reply.tokens
        // Not up to the brim: the summary has to be asked for, and the count is an estimate.
        let window = briefing.window.map { max(0, $0 - min(reply, $0 / 2)) / 10 * 9 }
        return [window, state.limits.context?.tokens].compactMap(\.self).min()
    }

    /// What the service counted last, and an estimate of what came since.
    private static func tokens(_ state: RunState, _ briefing: Briefing) -> Int {
        let (bytes, images) = (state.conversation.bytes, state.conversation.images)
        guard let counted = state.conversation.counted else {
            return (briefing.bytes + bytes) / bytesOfToken + briefing.tokens(ofImages: images)
        }
        return counted.tokens + max(0, bytes - counted.bytes) / bytesOfToken
            + briefing.tokens(ofImages: images - counted.images)
    }
}
