public import PipelineKit

/// How far the steps of a pipeline are.
public struct StepProgress: Sendable, Hashable {
    public let graph: StepGraph
    /// How the steps ended that have ended in this pass.
    public private(set) var results: [String: StepResult] = [:]
    /// The runs that do the work of the steps that are under way.
    public private(set) var begun: [String: [RunID]] = [:]
    /// How the steps ended in the pass before, which was in vain.
    public private(set) var before: [String: StepResult] = [:]

    /// When the steps of this pass began.
    private(set) var begunAt: [String: Instant] = [:]
    /// Who has won the races of this pass.
    public private(set) var races: [String: RaceDecision] = [:]

    init(_ graph: StepGraph) { self.graph = graph }

    /// Whether all steps of the pass have ended.
    var isOver: Bool { graph.isOver(results) }

    /// The step over which the pass has failed; `nil` when there is none.
    var failure: (step: String, result: StepResult)? {
        guard let step = graph.failures(in: results).first, let result = results[step] else { return nil }
        return (step, result)
    }

    mutating func beginPass() {
        before = results
        (results, begun, begunAt, races) = ([:], [:], [:], [:])
    }

    mutating func begin(_ step: String, _ runs: [RunID], at now: Instant) {
        begun[step] = runs
        begunAt[step] = now
    }

    mutating func decide(_ step: String, _ decision: RaceDecision) { races[step] = decision }

    mutating func finish(_ step: String, _ result: StepResult) {
        begun[step] = nil
        results[step] = result
    }

    /// Has steps that are questions asked anew: those that were open have ended with the run.
    mutating func forgetQuestions() { begun = begun.filter { !$0.value.isEmpty } }

    /// Has steps that other runs were at begin anew: those runs work for the run that this one is a fork of.
    mutating func forgetRuns() {
        begun = begun.filter(\.value.isEmpty)
        races = races.filter { results[$0.key] != nil }
    }
}

extension RunFacts {
    mutating func finish(_ place: StepPlace, _ result: StepResult, _ spent: Spending) {
        settle(spent)
        if steps?.graph[place.step]?.changesFiles == true { filesAreKnown = false }
        unchangedSince = nil
        steps?.finish(place.step, result)
        guard let steps, steps.isOver else { return }
        if steps.failure == nil { phase = .checking(CheckName(iteration: iteration)) } else { iterationIsOpen = false }
    }

    /// Takes down what the model hands on; a value that it sets again replaces the one before.
    mutating func take(_ outputs: ToolCall) {
        guard let values = try? JSONValue(parsing: outputs.arguments) else { return }
        self.outputs.merge(values.members.filter { $0.value != .null }) { $1 }
    }

    /// The steps that may be under way now: one where tokens are limited, as each may use what the others have left; for money
    /// they have an account together. In an order that does not depend on which were faster.
    var stepEffects: [Effect] {
        guard let steps else { return [] }
        let pass = iterationIsOpen ? iteration : iteration + 1
        var (offered, wakes, atWork) = ([Effect](), [Effect](), 0)
        for move in steps.graph.moves(after: iterationIsOpen ? steps.results : [:]) {
            let place = StepPlace(pass: pass, step: move.step)
            let questions = openQuestions(of: place)
            wakes += questions.compactMap(\.wake)
            if move.isWork(in: steps.graph) {
                guard atWork < (limits.tokens == nil ? limits.parallelSteps : 1) else { continue }
                atWork += 1
            }
            if questions.isEmpty { offered.append(.step(place)) }
        }
        return offered + wakes
    }

    private func openQuestions(of place: StepPlace) -> [Approval] {
        pendingApprovals.map(\.approval).filter { approval in
            if case .step(place, _) = approval.subject { true } else { false }
        }
    }
}

extension StepGraph.Move {
    var step: String {
        switch self {
        case .begin(let step), .leaveOut(let step): step
        }
    }

    /// Whether something is carried out for it that takes a machine's time.
    fileprivate func isWork(in graph: StepGraph) -> Bool {
        if case .begin(let step) = self { graph[step]?.kind != .human } else { false }
    }
}
