/// Streams that wait to be looked at.
///
/// After a pause one is looked at at once, and then all of them every few milliseconds: what a run tells in a burst would
/// else cost a call of the system for each event and client.
struct LookQueue {
    /// Milliseconds from one look to the next, at most.
    static let pause = 5

    private var tickets: [Ticket] = []
    /// When the next look is due.
    private var due = 0

    /// Each stream once between two looks.
    mutating func add(_ ticket: Ticket) { tickets.append(ticket) }

    /// Takes out all of them when it is time; none before.
    ///
    /// - Parameter now: Milliseconds.
    mutating func take(at now: Int) -> [Ticket] {
        guard !tickets.isEmpty, now >= due else { return [] }
        due = now + Self.pause
        defer { tickets = [] }
        return tickets
    }

    /// Milliseconds until the next look; `nil` when nobody waits.
    func wait(at now: Int) -> Int? { tickets.isEmpty ? nil : max(due - now, 0) }
}
