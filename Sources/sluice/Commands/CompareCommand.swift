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
        let trees = (try await left.tree(options.db, session), try await right.tree(options.db, session))
        let comparison = RunComparison(trees.0, trees.1)
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
            "first_other_deed": otherDeeds?.json ?? .null, "missing": .array(missing.map(\.json)),
        ]
    }
}

extension RunComparison.Parting {
    fileprivate var json: JSONValue {
        .array([left, right].map { $0?.json ?? .null })
    }
}

extension RunDeeds.Deed {
    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = ["sequence": .int(sequence), "words": .string(words)]
        members["run"] = run.map { .string($0.value) }
        if !work.isEmpty { members["for"] = .string(work) }
        return .object(members)
    }
}

extension RunTree.Missing {
    /// As programs read it.
    var json: JSONValue {
        [
            "run": .string(run.value), "parent": parent.map { .string($0.value) } ?? .null, "for": .string(words),
            "reason": .string(reason),
        ]
    }
}

extension RunOutcome {
    fileprivate var json: JSONValue {
        [
            "run": run.map { .string($0.value) } ?? .null, "pipeline": .string(pipeline),
            "models": .array(models.map(JSONValue.string)),
            "winners": .array(winners.map { $0.map(JSONValue.string) ?? .null }), "status": .string(status.rawValue),
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
