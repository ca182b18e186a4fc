/// How long a piece of work takes: the median of many repetitions, after a warm-up.
enum Pace {
    /// Nothing is repeated for longer, once it was repeated ``fewest`` times.
    private static let budget = Duration.milliseconds(25)
    private static let fewest = 5
    private static let most = 1_001

    /// The median in microseconds.
    ///
    /// - Parameters:
    ///   - times: How often the work is done between two looks at the clock; for work that takes less than the clock can
    ///     tell apart.
    ///   - expected: What the work answers when it was done; so nothing is measured that the compiler left out, or that
    ///     failed.
    static func median(
        _ what: String,
        times: Int = 1,
        answering expected: Int,
        _ work: () async throws(CommandError) -> Int
    ) async throws(CommandError) -> Double {
        let clock = ContinuousClock()
        var samples: [Duration] = []
        let end = clock.now + budget
        for round in 0...most {
            let began = clock.now
            for _ in 0..<times {
                let answer = try await work()
                guard answer == expected else {
                    throw .broken("'\(what)' was to answer \(expected), but answered \(answer).")
                }
            }
            let now = clock.now
            // The first time is the warm-up: memory is asked for, tables are filled.
            if round > 0 { samples.append(now - began) }
            if samples.count >= fewest, now > end { break }
        }
        return samples.sorted()[samples.count / 2] / .microseconds(1) / Double(times)
    }
}

extension Double {
    /// Four digits are more than any of these figures is worth.
    var rounded: Double {
        guard isFinite, self != 0 else { return 0 }
        var scale = 1.0
        while Swift.abs(self) * scale < 1_000, scale < 1e12 { scale *= 10 }
        return (self * scale).rounded() / scale
    }
}
