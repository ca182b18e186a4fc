import PipelineKit

extension EffectRunner {
    /// Carries out what is left to do of a step.
    func step(_ place: StepPlace, of run: LiveRun) async throws(ServiceError) {
        let state = await run.state
        guard let progress = state.steps, let step = progress.graph[place.step], let workspace = state.workspace else {
            return
        }
        let work: StepWork
        do throws(Failure) { work = try StepWork(place, step, state) } catch {
            return try await fail(place, error, run)
        }
        if progress.begun[step.id] == nil {
            let recorded = try await run.record(.step(place, .begin(runs: work.runs, question: work.question)))
            guard recorded.contains(where: \.isStepStart) else { return }
            fault("step.started")
        }
        guard step.kind != .human else { return }
        let result: (StepResult, Spending)?
        do throws(Failure) {
            result =
                step.kind == .gate
                ? try await judged(work, run).map { ($0, Spending()) }
                : try await StepRuns(work, workspace, run, self).result()
        } catch {
            return try await giveUp(error, run)
        }
        guard let (ended, spent) = result else { return }
        fault("step.ended")
        try await run.record(.step(place, .finish(redactor.clean(ended), spent: spent)), andNext: true)
    }

    /// A step that cannot even be begun as it is has failed.
    private func fail(_ place: StepPlace, _ failure: Failure, _ run: LiveRun) async throws(ServiceError) {
        try await run.record(.step(place, .begin(runs: [], question: nil)))
        let result = redactor.clean(StepResult(.failed, summary: failure.message))
        try await run.record(.step(place, .finish(result, spent: Spending())))
    }

    /// Asks the gate of a step, for each element.
    ///
    /// - Returns: `nil` when this process ends before there is an answer.
    private func judged(_ work: StepWork, _ run: LiveRun) async throws(Failure) -> StepResult? {
        var parts: [StepResult] = []
        for element in work.elements {
            var attempt = 1
            while true {
                guard let part = try await judged(work.filled(element), run) else { return nil }
                guard part.status == .failed, attempt < work.attempts else {
                    parts.append(part)
                    break
                }
                attempt += 1
                await clock.sleep(clock.now() + (work.step.retry?.wait ?? .zero))
            }
        }
        return work.result(of: parts)
    }

    private func judged(_ step: Step, _ run: LiveRun) async throws(Failure) -> StepResult? {
        var state = await run.state
        guard let gate = step.gate, let workspace = state.workspace else { return nil }
        let goal = state.goal
        // What the pipeline says of its files holds for all that is judged.
        state.facts.pipeline?.goal = Goal(
            .gate(ModuleID(gate), with: step.with ?? [:]),
            editable: goal?.editable,
            protect: goal?.protect
        )
        state.facts.workspace?.heldOut = nil
        state.facts.baseline = nil
        let rooms = GateRooms(state, of: run.id, sandboxes, scratch)
        let result: Result<Judgement, Failure>
        do throws(Failure) {
            let snapshot = try await keeper.snapshot(workspace, of: run.id)
            result = .success(try await judge(state, at: snapshot, of: run, in: rooms))
        } catch {
            result = .failure(error)
        }
        await rooms.leave()
        switch result {
        case .success(let judgement): return StepResult(judgement.verdict)
        case .failure(let failure) where failure.kind == .cancelled: return nil
        case .failure(let failure) where failure.isForAPerson:
            throw Failure(failure.kind, "Step '\(step.id)' could not be judged. \(failure.message)")
        case .failure(let failure): return StepResult(.failed, summary: failure.message)
        }
    }
}

extension StepResult {
    fileprivate init(_ verdict: Verdict) {
        let details = verdict.holds || verdict.details.isEmpty ? "" : "\n\(verdict.details.shortened(to: 4_000))"
        self.init(verdict.holds ? .passed : .failed, summary: verdict.reason + details)
    }
}

extension Redactor {
    func clean(_ result: StepResult) -> StepResult {
        var result = result
        result.summary = clean(result.summary)
        return result
    }
}

extension Event.Payload {
    fileprivate var isStepStart: Bool { if case .stepStarted = self { true } else { false } }
}

extension RunState {
    /// The verdict on work that nothing judges: it is done when it was done.
    var workDone: Verdict {
        guard self.baseline != nil else { return .failed("Nothing has been done yet.") }
        if let steps = self.steps {
            let passed = steps.results.values.count { $0.status == .passed }
            return .passed("\(passed) of \(steps.graph.steps.count) steps passed.")
        }
        let missing = (self.pipeline?.outputs ?? [:]).keys.filter { self.outputs[$0] == nil }.sorted()
        guard missing.isEmpty else {
            let names = missing.map { "'\($0)'" }.joined(separator: ", ")
            return .failed("Not handed on yet: \(names). Call '\(Step.outputTool)' with what is missing.")
        }
        return .passed("The model has done what it was told to.")
    }
}
