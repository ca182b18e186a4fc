import PipelineKit

/// The cases of earlier checks of a run, for gates that begin with what failed.
struct EarlierCases: Sendable {
    /// Those of the check before that did not pass.
    var failed: [TestCase] = []
    /// Those of an earlier check that ran everything.
    var all: [TestCase] = []
    /// The gates of the goal; where there are several, each name begins with that of its gate.
    var gates: [ModuleID] = []

    /// Those of one gate, by the names that it gave them; none where the goal asks it twice, as nobody can tell whose they are.
    func own(by gate: ModuleID) -> EarlierCases {
        guard gates.count > 1 else { return self }
        guard gates.count(where: { $0 == gate }) == 1 else { return EarlierCases() }
        let prefix = "\(gate) "
        return EarlierCases(
            failed: failed.compactMap { $0.without(prefix) },
            all: all.compactMap { $0.without(prefix) }
        )
    }
}

extension TestCase {
    fileprivate func without(_ prefix: String) -> TestCase? {
        guard id.hasPrefix(prefix) else { return nil }
        var test = self
        test.id.removeFirst(prefix.count)
        return test
    }
}

extension EffectRunner {
    /// What gates may know of earlier checks; nothing in a round that confirms another, which has to be a check of everything,
    /// and nothing where the goal is a score, which takes everything too.
    ///
    /// The check before may itself have run only what had failed, so of it and the start the one with more cases stands for
    /// everything.
    func earlierCases(
        _ name: CheckName,
        _ state: RunState,
        baseline: [TestCase]
    ) async throws(ServiceError) -> EarlierCases {
        guard name.round == 1, let goal = state.goal, !goal.judge.seeksBest, let last = state.lastCheck,
            last.outcome == .failed
        else { return EarlierCases() }
        let cases = last.report == state.baseline?.report ? baseline : try await report(of: last).cases
        return EarlierCases(
            failed: cases.filter { $0.outcome == .failed || $0.outcome == .error },
            all: cases.count > baseline.count ? cases : baseline,
            gates: goal.judge.gates(at: FieldPath()).map(\.id)
        )
    }
}
