/// Counts the frames of a client that carry no message, second by second.
struct FloodGuard {
    private let limit: Int
    private var second = 0
    /// How many there were at the last look, and when the second began.
    private var last = 0
    private var before = 0

    init(limit: Int) { self.limit = limit }

    /// - Parameters:
    ///   - count: How many there have been in all.
    ///   - now: Milliseconds.
    mutating func allows(_ count: Int, at now: Int) -> Bool {
        if now / 1000 != second {
            second = now / 1000
            before = last
        }
        last = count
        return count - before <= limit
    }
}
