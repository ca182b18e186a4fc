import PipelineKit

/// One number of a benchmark.
struct Figure: Sendable {
    /// From the general to the particular, what is measured last: `engine/steps/1000 steps/rate`.
    var name: String
    var value: Double
    /// `µs`, `ms`, `s`, `MB`, `×`, or something a second such as `steps/s`; of the last kind more is better.
    var unit: String

    init(_ name: String, _ value: Double, _ unit: String) {
        self.name = name
        self.value = value.rounded
        self.unit = unit
    }

    var json: JSONValue { ["name": .string(name), "value": .double(value), "unit": .string(unit)] }
}

extension Figure {
    /// Members of a printed line that are figures. Others tell figures apart; of two that say the same, one is here.
    private static let units = [
        "us": "µs", "us_per_event": "µs", "ms": "ms", "us_per_request": "µs", "requests_per_second": "requests/s",
        "deliveries_per_second": "deliveries/s", "kb_per_client": "kB", "resident_kb": "kB",
    ]
    /// What of a line's whole numbers is a size, and so a part of the name.
    private static let sizes = ["lines", "events", "clients", "runs", "connections"]

    /// The figures of a line that a part of the benchmark printed.
    ///
    /// `{"ev":"load","what":"yaml","of":"pytest","us":3}` is `load/yaml/pytest/us`.
    static func all(in line: JSONValue) -> [Figure] {
        let members = line.members
        let words = ["ev", "what", "of", "name", "route", "mode"].compactMap { members[$0]?.text }
        let counts = sizes.compactMap { size in members[size]?.integer.map { "\($0) \(size)" } }
        let name = (words + counts).joined(separator: "/")
        return units.keys.sorted().compactMap { key in
            guard let unit = units[key], let value = members[key]?.number else { return nil }
            return Figure("\(name)/\(key.replacing("_", with: " "))", value, unit)
        }
    }
}
