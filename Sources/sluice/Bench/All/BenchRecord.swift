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

    #if DEBUG
    static let build = "debug"
    #else
    static let build = "release"
    #endif
}
