import PipelineKit

/// What a decision would record, before it is recorded: the events, and the state they lead to.
struct Draft {
    var state: RunState
    private(set) var rows: [StoredEvent] = []
    private(set) var events: [Event] = []
    let at: Instant

    /// - Parameter now: A clock may have been set back; a history never goes back.
    init(after state: RunState, at now: Instant) {
        self.state = state
        at = max(now, state.updatedAt)
    }

    mutating func add(_ payloads: [Event.Payload]) {
        for payload in payloads {
            let row = Chain.row(payload, after: state.sequence, head: state.head, at: at)
            let event = Event(sequence: row.sequence, at: at, payload: payload, digest: row.digest)
            rows.append(row)
            events.append(event)
            state.apply(event)
        }
    }
}
