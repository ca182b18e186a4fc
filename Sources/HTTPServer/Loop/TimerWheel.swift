/// When connections have to be looked at: a wheel of slots, each for some milliseconds.
///
/// A ticket is put in once and not taken out when its time becomes later; whoever takes it out when its slot comes looks
/// whether it is due, and puts it in again when it is not. So a request costs the wheel nothing.
struct TimerWheel {
    /// Milliseconds of a slot.
    static let tick = 16
    /// Those that are due later than a turn, 65 s, stand in the last slot.
    private static let size = 4096

    private var slots = [[Ticket]](repeating: [], count: size)
    /// The last tick that was taken out.
    private var current: Int
    /// The first tick that has a ticket; `nil` when none has.
    private var next: Int?

    /// - Parameter now: Milliseconds, as in all that follows.
    init(now: Int) { current = now / Self.tick }

    /// Never early, and late by less than two slots.
    mutating func add(_ ticket: Ticket, at due: Int) {
        let tick = min(max(due / Self.tick + 1, current + 1), current + Self.size - 1)
        slots[tick % Self.size].append(ticket)
        next = min(next ?? tick, tick)
    }

    /// Takes out the tickets of all slots that have come.
    mutating func take(at now: Int) -> [Ticket] {
        let last = now / Self.tick
        guard let next, next <= last else {
            current = next == nil ? max(current, last) : current
            return []
        }
        var tickets: [Ticket] = []
        for tick in next...min(last, next + Self.size - 1) {
            tickets += slots[tick % Self.size]
            slots[tick % Self.size] = []
        }
        current = last
        self.next = (current + 1..<current + Self.size).first { !slots[$0 % Self.size].isEmpty }
        return tickets
    }

    /// Milliseconds until something may be due; `nil` when nothing will be.
    func wait(at now: Int) -> Int? { next.map { max($0 * Self.tick - now, 0) } }
}
