/// What the same thing took, measured more than once.
public struct Sample: Sendable, Hashable {
    /// In the order they were taken; at least one, all of them finite.
    public let values: [Double]
    let sorted: [Double]

    /// - Parameter values: At least one.
    public init(_ values: [Double]) {
        precondition(!values.isEmpty && values.allSatisfy(\.isFinite), "A sample has values, all of them finite.")
        self.values = values
        sorted = values.sorted()
    }

    public var least: Double { sorted[0] }
    public var greatest: Double { sorted[sorted.count - 1] }
    public var mean: Double { values.reduce(0, +) / Double(values.count) }
    public var median: Double { Self.middle(of: sorted) }

    /// The median distance from the median: a measure of the noise that a few wild values do not move.
    ///
    /// F. R. Hampel, The influence curve and its role in robust estimation, JASA 69 (1974).
    public var deviation: Double {
        let centre = median
        return Self.middle(of: values.map { abs($0 - centre) }.sorted())
    }

    static func middle(of sorted: [Double]) -> Double {
        let half = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
    }
}
