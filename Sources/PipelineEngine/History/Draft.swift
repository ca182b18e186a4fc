import PipelineKit

/// What a decision would record, before it is recorded: the events, and the state they lead to.
struct Draft {
    var state: RunState
    private(set) var payloads: [Event.Payload] = []
    private(set) var rows: [StoredEvent] = []
    let at: Instant

    /// - Parameter now: A clock may have been set back; a history never goes back.
    init(after state: RunState, at now: Instant) {
        self.state = state
        at = max(now, state.updatedAt)
    }

    mutating func add(_ payloads: [Event.Payload]) {
        self.payloads += payloads
        rows.reserveCapacity(rows.count + payloads.count)
        for payload in payloads {
            let row = Chain.row(payload, after: state.sequence, head: state.head, at: at)
            rows.append(row)
            state.apply(Event(row, payload))
        }
    }

    /// What will have happened. Put together when it has: until then thousands of drafts may wait for the disk.
    var events: [Event] { zip(rows, payloads).map { Event($0, $1) } }
}

extension Event {
    fileprivate init(_ row: StoredEvent, _ payload: Payload) {
        self.init(sequence: row.sequence, at: row.at, payload: payload, digest: row.digest)
    }
}
