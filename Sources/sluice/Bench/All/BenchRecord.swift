import PipelineKit

/// What one run of the benchmark found, as it is kept.
struct BenchRecord: Sendable {
    /// Of the file; a change of shape is another number.
    static let format = 1

    var at: Instant
    /// What `--n` said.
    var steps: Int
    var machine: JSONValue
    var figures: [Figure] = []
    /// A sentence for each part that gave no figures.
    var problems: [String] = []

    var json: JSONValue {
        [
            "format": .int(Self.format), "version": .string(Version.number), "build": .string(Self.build),
            "at": .string("\(at)"), "n": .int(steps), "machine": machine, "figures": .array(figures.map(\.json)),
            "problems": .array(problems.map(JSONValue.string)),
        ]
    }

    /// Why this is no record that this version reads, for a person; `nil` for one that it reads.
    static func problem(with json: JSONValue) -> String? {
        guard let format = json["format"]?.integer else { return "It is no file of the benchmark: it has no 'format'." }
        guard format == Self.format else {
            return "It is of format \(format), and this version of Sluice reads format \(Self.format)."
        }
        guard json["at"]?.text.flatMap({ Instant($0) }) != nil else { return "Its 'at' is no moment." }
        let figures = json["figures"]?.elements ?? []
        let areWhole = figures.allSatisfy {
            $0["name"]?.text != nil && $0["value"]?.number != nil && $0["unit"]?.text != nil
        }
        return figures.isEmpty || !areWhole ? "Its 'figures' are not a list of names, values and units." : nil
    }

    #if DEBUG
    static let build = "debug"
    #else
    static let build = "release"
    #endif
}
