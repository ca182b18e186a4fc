/// Who wants to write, and whether somebody does.
struct WriterLine {
    struct Waiting {
        let write: Write
        /// Told whether it is theirs to lead.
        let entry: UnsafeContinuation<Bool, Never>
    }

    private var isLed = false
    var waiting: [Waiting] = []

    /// - Returns: whether the caller leads from now on.
    mutating func takeLead() -> Bool {
        defer { isLed = true }
        return !isLed
    }

    /// All that has gathered, for whoever leads.
    mutating func takeAll() -> [Waiting] {
        defer { waiting = [] }
        return waiting
    }

    /// What comes next for a leader that goes on; nothing when nobody waits, and then nobody leads.
    mutating func takeNext() -> [Waiting] {
        isLed = !waiting.isEmpty
        return takeAll()
    }

    /// - Returns: who leads now; `nil` when nobody waits.
    mutating func passLead() -> UnsafeContinuation<Bool, Never>? {
        isLed = !waiting.isEmpty
        return waiting.isEmpty ? nil : waiting.removeFirst().entry
    }
}
