/// Names a connection for as long as it is open: a place in the loop's table, and how often the place was given away,
/// so that what was meant for one connection never reaches a later one.
struct Ticket: Sendable, Hashable {
    let place: UInt32
    /// From 1 on.
    let generation: UInt32

    /// What epoll knows the connection by; never less than 2^32.
    var tag: UInt64 { UInt64(generation) << 32 | UInt64(place) }

    init(place: UInt32, generation: UInt32) {
        self.place = place
        self.generation = generation
    }

    init(tag: UInt64) {
        self.init(place: UInt32(truncatingIfNeeded: tag), generation: UInt32(tag >> 32))
    }
}

/// Values that can be found by their tickets.
struct TicketTable<Value> {
    private var values: [Value?] = []
    private var generations: [UInt32] = []
    private var free: [UInt32] = []
    private(set) var count = 0

    /// Whether a ticket is still that of a value.
    subscript(ticket: Ticket) -> Value? {
        let place = Int(ticket.place)
        guard place < values.count, generations[place] == ticket.generation else { return nil }
        return values[place]
    }

    /// Every value, in no order that means anything.
    var all: [Value] { values.compactMap { $0 } }

    mutating func add(_ make: (Ticket) -> Value) -> Value {
        let place = free.popLast() ?? newPlace()
        generations[Int(place)] &+= generations[Int(place)] == .max ? 2 : 1
        let value = make(Ticket(place: place, generation: generations[Int(place)]))
        values[Int(place)] = value
        count += 1
        return value
    }

    mutating func remove(_ ticket: Ticket) {
        guard self[ticket] != nil else { return }
        values[Int(ticket.place)] = nil
        free.append(ticket.place)
        count -= 1
    }

    private mutating func newPlace() -> UInt32 {
        values.append(nil)
        generations.append(0)
        return UInt32(values.count - 1)
    }
}
