import PipelineKit

/// What a measurement of models found, as it is kept.
struct ModelsRecord: Sendable {
    /// Of the file; a change of shape is another number.
    static let format = 1

    var at: Instant
    var pipeline: String
    /// Absolute path of the directory whose copies were worked on.
    var project: String
    /// How many runs of each model were to be made.
    var runs: Int
    var trials: [ModelTrials]

    var json: JSONValue {
        [
            "format": .int(Self.format), "version": .string(Version.number), "at": .string("\(at)"),
            "pipeline": .string(pipeline), "project": .string(project), "n": .int(runs),
            "models": .array(trials.map(\.json)),
        ]
    }

    /// Where they are kept, below the directory of the other benchmarks.
    static func path(in stateDirectory: String) -> String { "\(BenchFolder.path(in: stateDirectory))/models" }

    /// Why this is no record that this version reads, for a person; `nil` for one that it reads.
    static func problem(with json: JSONValue) -> String? {
        guard let format = json["format"]?.integer else { return "It is no measurement of models: it has no 'format'." }
        guard format == Self.format else {
            return "It is of format \(format), and this version of Sluice reads format \(Self.format)."
        }
        guard json["at"]?.text.flatMap({ Instant($0) }) != nil else { return "Its 'at' is no moment." }
        let models = json["models"]?.elements ?? []
        let areWhole = models.allSatisfy { $0["model"]?.text != nil && $0["achieved"]?.integer != nil }
        return models.isEmpty || !areWhole ? "Its 'models' are not a list of models and what they achieved." : nil
    }
}
