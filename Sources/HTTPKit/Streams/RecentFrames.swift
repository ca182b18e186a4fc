/// The last frames of a stream, as many as a bounded number of bytes holds.
struct RecentFrames: Sendable {
    /// Bytes; some thousand events of a kilobyte.
    static let limit = 4 << 20
    /// Bytes that a client is pushed at once: a quarter of what a listener lets it have unread.
    static let mostAtOnce = 256 << 10

    /// All frames of later sequences than this are here.
    private(set) var floor = 0
    private var frames: [Frame] = []
    /// Where the frames begin; those before it were dropped, and leave the array when they are half of it.
    private var start = 0
    private var bytes = 0
    private let limit: Int

    init(after sequence: Int = 0, limit: Int = Self.limit) {
        floor = sequence
        self.limit = limit
    }

    /// Keeps the frames of one sequence; drops the oldest when they are too many.
    mutating func append(_ new: [Frame]) {
        for frame in new where frame.sequence != nil {
            frames.append(frame)
            bytes += frame.text.count
        }
        while bytes > limit, start < frames.count { dropOldest() }
        guard start > 64, start * 2 > frames.count else { return }
        frames.removeSubrange(..<start)
        start = 0
    }

    /// All frames of later sequences than this one.
    func frames(after sequence: Int) -> ArraySlice<Frame> {
        var index = frames.count
        while index > start, let other = frames[index - 1].sequence, other > sequence { index -= 1 }
        return frames[index...]
    }

    private mutating func dropOldest() {
        let frame = frames[start]
        start += 1
        bytes -= frame.text.count
        floor = max(floor, frame.sequence ?? floor)
    }
}
