/// How long what was told took to arrive, of events that say when that was: `@` and nanoseconds of ``MonotonicClock``,
/// among the first bytes.
public final class Delays {
    public private(set) var latencies = Latencies()
    /// When the first and the last of them were told.
    public private(set) var told: ClosedRange<Int>?

    /// - Parameter now: When the bytes came.
    func take(_ event: UnsafeRawBufferPointer, at now: Int) {
        let head = UnsafeRawBufferPointer(rebasing: event.prefix(Self.depth))
        guard let end = head.end(of: "@"),
            let told = head.number(behind: "", at: stride(from: end, through: end, by: 1))
        else { return }
        latencies.add(nanoseconds: now - told)
        let known = self.told ?? told...told
        self.told = min(known.lowerBound, told)...max(known.upperBound, told)
    }

    private static let depth = 400
}
