import PipelineKit

// The steps of a pipeline.
extension Decider {
    func decide(_ command: StepCommand, on place: StepPlace) throws(Refusal) -> [Event.Payload] {
        switch command {
        case .begin(let runs, let question): try beginStep(place, runs, question)
        case .hold(let run, let request): try holdStep(place, run, request)
        case .decide(let decision): try decideRace(place, decision)
        case .exhaust(let name, let spent): try exhaustStep(place, name, spent)
        case .finish(let result, let spent): try finishStep(place, result, spent)
        }
    }

    private func beginStep(_ place: StepPlace, _ runs: [RunID], _ question: String?) throws(Refusal) -> [Event.Payload]
    {
        let move = try move(place)
        guard state.steps?.begun[place.step] == nil else { return [] }
        if !state.iterationIsOpen, state.iteration >= state.iterationLimit {
            return end(with: outOfIterations(state.lastCheck), state.best)
        }
        let beginning: [Event.Payload] = state.iterationIsOpen ? [] : [.iterationStarted(place.pass)]
        guard case .begin = move else {
            return beginning + (try ended(place, StepResult(.skipped), Spending(), isFirst: !beginning.isEmpty))
        }
        // A step that has nothing left to work with is not begun.
        let works = state.steps?.graph[place.step]?.changesFiles == true
        if works, let over = overLimit(Spending(tokens: 1, cost: .zero)) { return [over] }
        let started = Event.Payload.stepStarted(place, runs: runs)
        let asked = question.map { text in
            self.question(.step(place, run: nil), text, shown: Digest(of: Array(text.utf8)))
        }
        return beginning + [started] + (asked.map { [$0] } ?? [])
    }

    /// What becomes of a step that may begin or be left out now.
    private func move(_ place: StepPlace) throws(Refusal) -> StepGraph.Move {
        let pass = state.iterationIsOpen ? state.iteration : state.iteration + 1
        guard state.phase == .stepping, pass == place.pass, state.blockingApproval == nil, let steps = state.steps
        else { throw .outdated }
        let moves = steps.graph.moves(after: state.iterationIsOpen ? steps.results : [:])
        guard let move = moves.first(where: { $0.step == place.step }) else { throw .outdated }
        return move
    }

    private func holdStep(_ place: StepPlace, _ run: RunID, _ request: InputRequest) throws(Refusal) -> [Event.Payload]
    {
        guard state.steps?.begun[place.step] != nil, state.iteration == place.pass else { throw .outdated }
        let subject = Approval.Subject.step(place, run: run)
        let isAsked = state.pendingApprovals.contains { $0.approval.subject == subject }
        guard !isAsked else { return [] }
        let input = Approval.Input(request.form, state: request.state)
        return [question(subject, request.question, shown: input.shown(with: request.question), input: input)]
    }

    private func decideRace(_ place: StepPlace, _ decision: RaceDecision) throws(Refusal) -> [Event.Payload] {
        guard let steps = state.steps, steps.begun[place.step] != nil, state.iteration == place.pass else {
            throw .outdated
        }
        return steps.races[place.step] == nil ? [.raceDecided(place, decision)] : []
    }

    private func finishStep(_ place: StepPlace, _ result: StepResult, _ spent: Spending) throws(Refusal) -> [Event
        .Payload]
    {
        guard state.steps?.begun[place.step] != nil, state.iteration == place.pass else { throw .outdated }
        return try ended(place, result, spent)
    }

    /// A yes passes the step. A no with a word fails it, so that the next pass is told; one without ends the run.
    func afterQuestion(_ place: StepPlace, _ granted: Bool, _ answer: Resolution) -> [Event.Payload] {
        guard granted || !answer.message.isEmpty else { return [aborted(by: answer)] }
        let result = StepResult(granted ? .passed : .failed, summary: answer.message)
        return (try? ended(place, result, Spending())) ?? []
    }

    /// The end of a step, and of the run when it is the end of the last pass, and that has failed.
    ///
    /// - Parameter isFirst: Whether the pass begins with it.
    private func ended(
        _ place: StepPlace,
        _ result: StepResult,
        _ spent: Spending,
        isFirst: Bool = false
    ) throws(Refusal) -> [Event.Payload] {
        guard var steps = state.steps else { throw .outdated }
        let finished = Event.Payload.stepFinished(place, result, spent: spent)
        if isFirst { steps.beginPass() }
        steps.finish(place.step, result)
        guard steps.isOver, let failure = steps.failure, place.pass >= state.iterationLimit else {
            return [finished]
        }
        return [finished] + end(with: outOfPasses(failure.step, failure.result), state.best)
    }

    private func outOfPasses(_ step: String, _ result: StepResult) -> Event.Payload {
        let count = state.iterationLimit
        let passes = count == 1 ? "" : " in the last of \(count) passes"
        let summary = result.summary.isEmpty ? "" : " \(result.summary.shortened(to: 2_000))"
        return .runFinished(.notAchieved, reason: "Step '\(step)' failed\(passes).\(summary)")
    }
}
