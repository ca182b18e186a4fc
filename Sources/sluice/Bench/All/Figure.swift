import PipelineKit

/// One number of a benchmark.
struct Figure: Sendable {
    /// From the general to the particular, what is measured last: `engine, steps, 1000 steps, rate`.
    var name: String
    var value: Double
    /// `µs`, `MB`, `×`, or something a second such as `steps/s`; of the last kind more is better, of all others less.
    var unit: String

    init(_ name: String, _ value: Double, _ unit: String) {
        self.name = name
        self.value = value.rounded
        self.unit = unit
    }

    var json: JSONValue { ["name": .string(name), "value": .double(value), "unit": .string(unit)] }
}

extension Figure {
    /// Members of a printed line that are figures: what each is called, and its unit. Those that say the same as another
    /// are left out.
    private static let measured: [(member: String, name: String, unit: String)] = [
        ("us", "time", "µs"), ("us_per_event", "time an event", "µs"), ("per_second", "rate", "/s"),
        ("cpu_us", "processor time each", "µs"), ("p99_us", "99 of 100 within", "µs"),
        ("p50_ms", "median", "ms"), ("p99_ms", "99 of 100 within", "ms"), ("cpu_percent", "processor", "%"),
        ("bytes_each", "memory each", "B"), ("resident_bytes", "memory", "MB"), ("peak_bytes", "memory at most", "MB"),
    ]
    /// Whole numbers that tell a line apart from others of its kind.
    private static let sizes = ["lines", "events", "subscribers", "slow"]

    /// The figures of a line that a part of the benchmark printed.
    ///
    /// `{"ev":"load","what":"yaml","of":"pytest","lines":3,"us":3}` is `load, yaml, pytest, 3 lines, time`.
    ///
    /// - Parameter part: What the names begin with.
    static func all(in line: JSONValue, of part: String) -> [Figure] {
        let members = line.members
        let words = ["ev", "what", "of", "method", "path"].compactMap { members[$0]?.text }
        let counts = sizes.compactMap { size in members[size]?.integer.map { "\($0) \(size)" } }
        let name = ([part] + words.filter { $0 != part } + counts).joined(separator: ", ")
        return measured.compactMap { member, what, unit in
            members[member]?.number.map { Figure("\(name), \(what)", unit == "MB" ? $0 / 1e6 : $0, unit) }
        }
    }
}
