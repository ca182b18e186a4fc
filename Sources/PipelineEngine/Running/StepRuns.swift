import PipelineKit

/// Has other runs do the work of a step: one for each element, and another one for each further try.
///
/// Nothing of it is kept here. The runs are found by their names, so whoever takes the step up goes on where it was.
struct StepRuns: Sendable {
    private let work: StepWork
    private let workspace: Workspace
    private let run: LiveRun
    private let engine: EffectRunner
    private var clock: EngineClock { engine.clock }

    init(_ work: StepWork, _ workspace: Workspace, _ run: LiveRun, _ engine: EffectRunner) {
        self.work = work
        self.workspace = workspace
        self.run = run
        self.engine = engine
    }

    /// How far the work for one element is.
    enum Part: Sendable {
        case ended(LedRun, RunState, spent: Spending)
        /// What came of it is known, and what it changed has been brought over.
        case settled(StepResult, spent: Spending)
        /// It cannot be started.
        case impossible(String)
        /// A person has to be asked, by this command; when nothing else of the step can go on, as until then it is under way.
        case asks(StepCommand)
        /// This process begins nothing more: another one goes on with it.
        case leftOpen
    }

    /// What came of the step, and what it has spent.
    ///
    /// - Returns: `nil` when a person has to answer first, or this process ends.
    /// - Throws: ``Failure`` when the runs cannot be carried on.
    func result() async throws(Failure) -> (StepResult, Spending)? {
        guard let runs = engine.agents.runs else {
            throw Failure(.unavailable, "There is nobody here to carry out the step '\(work.step.id)'.")
        }
        do throws(ServiceError) {
            guard let race = work.step.race else {
                return try await result(of: try await TaskRuns(work, self, run, runs).parts())
            }
            return try await RaceRuns(work, race, workspace, run, engine, runs).result()
        } catch {
            throw Failure(Task.isCancelled ? .cancelled : .unavailable, "The step '\(work.step.id)': \(error)")
        }
    }

    private func result(of parts: [Part]) async throws(ServiceError) -> (StepResult, Spending)? {
        var (results, spent, questions, isOpen) = ([StepResult](), Spending(), [StepCommand](), false)
        for part in parts {
            switch part {
            case .asks(let question): questions.append(question)
            case .leftOpen: isOpen = true
            case .impossible(let sentence): results.append(StepResult(.failed, summary: sentence))
            case .settled(let result, let more):
                spent.add(more)
                results.append(result)
            case .ended(let led, let state, let more):
                spent.add(more)
                results.append(try await result(of: led, state))
            }
        }
        guard questions.isEmpty, !isOpen else {
            try await ask(questions)
            return nil
        }
        return (work.result(of: results), spent)
    }

    /// Asks people all of this.
    func ask(_ questions: [StepCommand]) async throws(ServiceError) {
        for question in questions where !Task.isCancelled {
            do throws(ServiceError) { try await run.record(.step(work.place, question)) } catch .refused {
                continue  // a limit is asked about once
            }
        }
    }

    /// - Parameter results: Of the elements that it needs.
    func part(
        _ index: Int,
        after results: [String: StepResult] = [:],
        besides: Spending,
        _ runs: RunService
    ) async -> Result<Part, ServiceError> {
        do throws(ServiceError) {
            return .success(try await part(index, work.filled(at: index, after: results), besides, runs))
        } catch {
            return .failure(error)
        }
    }

    /// Tries the work for an element until it succeeds, or was tried often enough.
    private func part(
        _ index: Int,
        _ step: Step,
        _ besides: Spending,
        _ runs: RunService
    ) async throws(ServiceError) -> Part {
        var spent = Spending()
        var attempt = 1
        while true {
            // Nothing is begun for a run that has ended meanwhile.
            guard await !run.state.isFinished else { throw .refused(.outdated) }
            let id = work.name(ofElement: index, attempt: attempt)
            let led = LedRun(id: id, parent: run, workspace: workspace, runs: runs, clock: clock)
            var before = besides
            before.add(spent)
            if let problem = try await begin(led, step, besides: before) { return .impossible(problem) }
            let state: RunState
            switch try await carryOn(led) {
            case .leftOpen: return .leftOpen
            case .asks(let asked):
                return .asks(.hold(id, AgentQuestion.request(asked, "The step '\(work.step.id)'", id)))
            case .ended(let end): state = end
            }
            switch try await more(for: state, of: led, step, besides: before) {
            case .goOn: continue
            case .ask(let question): return .asks(question)
            case .nothing: break
            }
            spent.add(state.spent)
            guard state.status != .achieved, attempt < work.attempts else { return .ended(led, state, spent: spent) }
            attempt += 1
            await clock.sleep(state.updatedAt + (work.step.retry?.wait ?? .zero))
        }
    }

    private enum More {
        case goOn
        case ask(StepCommand)
        case nothing
    }

    /// What a run gets that has used up what the run it works for had left: more, when that one has more by now, and else a
    /// person is asked. What the step itself allows nobody raises.
    private func more(
        for state: RunState,
        of led: LedRun,
        _ step: Step,
        besides spent: Spending
    ) async throws(ServiceError) -> More {
        guard let name = state.limitRefused(by: "run \(run.id)") else { return .nothing }
        let (parent, now) = (await run.state, clock.now())
        guard let pipeline = try? work.pipeline(of: step, for: parent, besides: spent, at: now),
            let raised = state.limits.raised(name, to: pipeline.limits, after: state.elapsed(at: now))
        else { return .nothing }
        if raised != state.limits {
            let keeper = led.runs.keeper
            try await keeper.settle(.changeLimits(raised, by: "run \(run.id)"), of: led.id)
            try await keeper.settle(.reopen(by: "run \(run.id)"), of: led.id)
            return .goOn
        }
        guard work.isBound(by: name, in: parent, step) else { return .nothing }
        var all = spent
        all.add(state.spent)
        return .ask(.exhaust(name, spent: all))
    }

    /// - Returns: why the run cannot be started; `nil` when it has been.
    private func begin(_ led: LedRun, _ step: Step, besides spent: Spending) async throws(ServiceError) -> String? {
        guard RunID.isName(led.id.value) else {
            return "'\(led.id)' is too long a name for a run: pipelines in pipelines in pipelines end here."
        }
        let pipeline: Pipeline
        do throws(Failure) {
            pipeline = try work.pipeline(of: step, for: await run.state, besides: spent, at: clock.now())
        } catch {
            return error.message
        }
        do throws(ServiceError) {
            try await led.begin(as: .step(work.place), inputs: step.with?.members ?? [:]) { _ in pipeline }
            return nil
        } catch .invalid(let sentence) {
            return sentence
        }
    }

    /// Brings it what people have answered, and has it work.
    private func carryOn(_ led: LedRun) async throws(ServiceError) -> LedRun.Stop {
        let parent = await run.state
        let state = try await led.runs.state(of: led.id)
        if !state.isFinished {
            try await bring(answers(in: parent, to: led.id), to: led)
        } else if state.status != .achieved, let again = parent.reopenedAt, state.updatedAt <= again {
            // What ended because the run that it works for had ended goes on when that one does.
            try await led.runs.keeper.settle(.reopen(by: "run \(run.id)"), of: led.id)
        }
        return try await led.carryOn()
    }

    private func bring(_ answers: [InputAnswer], to led: LedRun) async throws(ServiceError) {
        for answer in answers { try await AgentQuestion.bring(answer, to: led.id, led.runs.keeper) }
    }

    private func answers(in parent: RunState, to led: RunID) -> [InputAnswer] {
        parent.approvals.values.compactMap { known in
            guard known.approval.subject == .step(work.place, run: led) else { return nil }
            return known.resolution.flatMap { InputAnswer(known.approval, $0) }
        }
    }

    /// Brings over what the run changed, and says what came of it.
    func result(of led: LedRun, _ state: RunState) async throws(ServiceError) -> StepResult {
        guard case .finished(let status, let reason) = state.phase, status == .achieved else {
            return StepResult(.failed, summary: "Run '\(led.id)': \(state.status.words). \(state.endReason)")
        }
        if case .left(let sentence) = try await led.handOver(state) { return StepResult(.failed, summary: sentence) }
        let missing = (work.step.outputNames ?? []).filter { state.outputs[$0] == nil }
        guard missing.isEmpty else {
            let names = missing.map { "'\($0)'" }.joined(separator: ", ")
            return StepResult(.failed, summary: "It ended without handing on \(names).", outputs: state.outputs)
        }
        let words = state.lastWords
        return StepResult(.passed, summary: words.isEmpty ? reason : words, outputs: state.outputs)
    }
}

extension Limits {
    /// These limits with one of them as large as others have it; the same when those have no more.
    ///
    /// - Parameter elapsed: Time that is used, which other limits do not count.
    fileprivate func raised(_ name: LimitName, to other: Limits, after elapsed: Duration) -> Limits? {
        var limits = self
        switch name {
        case .cost: limits.cost = other.cost.map { max($0, cost ?? $0) }
        case .tokens: limits.tokens = other.tokens.map { TokenCount(max($0.tokens, tokens?.tokens ?? 0)) }
        case .wall:
            guard let left = other.wall, left > .zero else { return self }
            limits.wall = elapsed + left
        case .day, .key: return nil
        }
        return limits
    }
}

extension RunState {
    /// The limit over which the run has ended because the one that it works for did not raise it.
    fileprivate func limitRefused(by parent: String) -> LimitName? {
        guard case .finished(.notAchieved, let reason) = self.phase else { return nil }
        return [.cost, .tokens, .wall].first { $0.notRaised(by: parent) == reason }
    }
}
