import PipelineKit

// The verdicts of goals that are put together.
extension Verdict {
    /// Holds when every part does; the reasons of those that do not come first.
    init(all parts: [Verdict]) {
        let open = parts.filter { !$0.holds }
        self.init(open.isEmpty ? .passed : .failed, of: open.isEmpty ? parts : open, parts)
    }

    /// Holds when one part does.
    init(any parts: [Verdict]) {
        let held = parts.filter(\.holds)
        self.init(held.isEmpty ? .failed : .passed, of: held.isEmpty ? parts : held, parts)
    }

    private init(_ outcome: Outcome, of telling: [Verdict], _ parts: [Verdict]) {
        let scores = parts.compactMap(\.score)
        self.init(
            outcome,
            telling.map(\.reason).joined(separator: " "),
            score: scores.isEmpty ? nil : scores.reduce(0, +) / Double(scores.count),
            cases: parts.flatMap(\.cases),
            details: telling.map(\.details).filter { !$0.isEmpty }.joined(separator: "\n\n")
        )
        findings = parts.flatMap(\.findings)
        metrics = parts.reduce(into: [:]) { all, part in all.merge(part.metrics) { $1 } }
    }

    /// One that is judged by its score alone: no, as long as there may be a better one.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` when the gate has none to give.
    var scored: Verdict {
        get throws(Failure) {
            if score == nil, holds {
                throw Failure(
                    .invalidInput,
                    "The gate under 'best' gives no score, so nothing can be better than something else: \(reason)"
                )
            }
            var verdict = self
            verdict.outcome = (score ?? 0) >= 1 ? .passed : .failed
            return verdict
        }
    }

    /// As ``init(all:)``, with the score of one part; it counts only where all the others hold.
    init(all parts: [Verdict], scoredBy index: Int) {
        self.init(all: parts)
        score = parts.indices.allSatisfy { $0 == index || parts[$0].holds } ? parts[index].score : nil
    }

    /// Yes for no and no for yes; its cases say nothing about the opposite, so they go.
    var negated: Verdict {
        let verdict =
            holds ? Verdict.failed("What should not hold does: \(reason)") : .passed("As it should be: \(reason)")
        return Verdict(verdict.outcome, verdict.reason, score: score.map { 1 - $0 })
    }

    /// The verdict with its gate's name before the names of its cases, for a goal of several gates.
    func named(_ gate: ModuleID) -> Verdict {
        var verdict = self
        verdict.reason = "\(gate): \(reason)"
        for index in cases.indices { verdict.cases[index].id = "\(gate) \(cases[index].id)" }
        verdict.metrics = Dictionary(metrics.map { ("\(gate) \($0.key)", $0.value) }) { $1 }
        return verdict
    }
}
