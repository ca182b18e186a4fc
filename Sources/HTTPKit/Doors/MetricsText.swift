/// How long things took, counted in ranges.
struct Histogram: Sendable {
    /// Upper ends in seconds; from what an event loop answers to what a model takes.
    static let bounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60]

    private(set) var counts = Array(repeating: 0, count: bounds.count)
    private(set) var total = 0
    private(set) var sum: Double = 0

    mutating func add(_ duration: Duration) {
        let seconds = Double(duration.wholeMicroseconds) / 1_000_000
        for (index, bound) in Self.bounds.enumerated() where seconds <= bound { counts[index] += 1 }
        total += 1
        sum += seconds
    }
}

/// The lines of the text format.
struct MetricsText {
    private(set) var text = ""

    mutating func family(_ name: String, _ help: String, _ kind: String) {
        text += "# HELP \(name) \(Self.escaped(help))\n# TYPE \(name) \(kind)\n"
    }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
        let pairs = labels.map { "\($0)=\"\(Self.escaped($1, quotes: true))\"" }
        text += name + (pairs.isEmpty ? "" : "{\(pairs.joined(separator: ","))}") + " \(Self.number(value))\n"
    }

    mutating func histogram(_ name: String, _ labels: [(String, String)], _ histogram: Histogram) {
        for (bound, count) in zip(Histogram.bounds, histogram.counts) {
            sample(name + "_bucket", labels + [("le", "\(bound)")], Double(count))
        }
        sample(name + "_bucket", labels + [("le", "+Inf")], Double(histogram.total))
        sample(name + "_sum", labels, histogram.sum)
        sample(name + "_count", labels, Double(histogram.total))
    }

    private static func number(_ value: Double) -> String {
        guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-Inf" : "+Inf" }
        return Int(exactly: value).map(String.init) ?? "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool = false) -> String {
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "\\": "\\\\"
            case "\n": "\\n"
            case "\"" where quotes: "\\\""
            default: String(scalar)
            }
        }
        .joined()
    }
}
