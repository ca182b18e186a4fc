/// How long things took, counted in classes of which each is at most a sixty-fourth of its place wide, so that a figure
/// is off by less than 1 % however many there are.
public struct Latencies: Sendable {
    /// Of 64 classes for each power of two, and 64 more for those below 128 ns, which have one each.
    private var counts = Array(repeating: 0, count: 64 * 36)
    public private(set) var count = 0

    /// Eighteen minutes; what takes longer is counted there.
    private static let longest = 1 << 40

    public init() {}

    public mutating func add(nanoseconds: Int) {
        counts[Self.place(of: min(max(nanoseconds, 0), Self.longest))] += 1
        count += 1
    }

    /// Nanoseconds within which this part of them was over; `nil` where there are none.
    ///
    /// - Parameter part: 0.99 for the 99th percentile, by the nearest rank.
    public func nanoseconds(of part: Double) -> Int? {
        var rest = max(1, Int((part * Double(count)).rounded(.up)))
        for (place, count) in counts.enumerated() {
            rest -= count
            if rest <= 0 { return Self.middle(of: place) }
        }
        return nil
    }

    private static func place(of value: Int) -> Int {
        let shift = max(0, Int.bitWidth - value.leadingZeroBitCount - 7)
        return 64 * shift + value >> shift
    }

    private static func middle(of place: Int) -> Int {
        let shift = max(0, place / 64 - 1)
        return (place - 64 * shift) << shift + (1 << shift) / 2
    }
}
