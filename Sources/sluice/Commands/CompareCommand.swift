import PipelineEngine
import PipelineKit

/// `sluice compare`: two runs beside each other, and where they part.
enum CompareCommand: Subcommand {
    static let name = "compare"
    static let summary = "Shows two runs beside each other: how they ended, what they took, and where they part."
    static let operands = [
        Operand(name: "RUN|FILE", help: "A run, or a file that 'sluice events --json' wrote."),
        Operand(name: "RUN|FILE", help: "The other one."),
    ]

    static func run(_ options: RunOptions, _ operands: [String], in session: Session) async throws(CommandError)
        -> ExitStatus
    {
        let left = try await RecordedHistory.find([operands[0]], options.db, session)
        let right = try await RecordedHistory.find([operands[1]], options.db, session)
        let comparison = RunComparison(left.events, right.events)
        if options.json {
            Output.line(comparison.json.jsonText)
        } else {
            for line in ComparisonTable(comparison).lines { Output.line(line.harmless) }
        }
        return .achieved
    }
}

extension RunComparison {
    /// As programs read it.
    fileprivate var json: JSONValue {
        [
            "runs": [left.json, right.json], "first_other_words": otherWords?.json ?? .null,
            "first_other_deed": otherDeeds?.json ?? .null,
        ]
    }
}

extension RunComparison.Parting {
    fileprivate var json: JSONValue {
        .array([left, right].map { $0.map { ["sequence": .int($0.sequence), "words": .string($0.words)] } ?? .null })
    }
}

extension RunOutcome {
    fileprivate var json: JSONValue {
        [
            "run": run.map { .string($0.value) } ?? .null, "pipeline": .string(pipeline),
            "models": .array(models.map(JSONValue.string)), "status": .string(status.rawValue),
            "reason": .string(reason), "iterations": .int(iterations), "replies": .int(replies), "calls": .int(calls),
            "tokens": .int(spent.tokens), "cost": spent.cost?.json ?? .null, "seconds": .double(time / .seconds(1)),
            "checks": .array(
                checks.map {
                    [
                        "iteration": .int($0.name.iteration), "round": .int($0.name.round),
                        "outcome": .string($0.result.outcome.rawValue), "reason": .string($0.result.reason),
                    ]
                }
            ),
        ]
    }
}
