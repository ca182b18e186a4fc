import PipelineKit

/// Has several models do the work of a step, each in a run and a place of its own, until one of them has won.
///
/// Who has won is recorded before anything follows from it: whoever takes the race up after that ends the others and takes
/// the same files.
struct RaceRuns: Sendable {
    private let work: StepWork
    private let race: Race
    private let workspace: Workspace
    private let run: LiveRun
    private let engine: EffectRunner
    private let runs: RunService
    private let entries: StepRuns

    init(
        _ work: StepWork,
        _ race: Race,
        _ workspace: Workspace,
        _ run: LiveRun,
        _ engine: EffectRunner,
        _ runs: RunService
    ) {
        self.work = work
        self.race = race
        self.workspace = workspace
        self.run = run
        self.engine = engine
        self.runs = runs
        entries = StepRuns(work, workspace, run, engine)
    }

    /// What came of the race, and what all have spent.
    ///
    /// - Returns: `nil` when a person has to answer before anybody can win, or this process ends.
    func result() async throws(ServiceError) -> (StepResult, Spending)? {
        let decided: RaceDecision
        if let known = await run.state.steps?.races[work.step.id] {
            decided = known
        } else {
            guard let found = try await raced() else { return nil }
            decided = found
        }
        try await endOthers(decided)
        return try await outcome(of: decided)
    }

    private enum News: Sendable {
        case part(Int, Result<StepRuns.Part, ServiceError>)
        case late
    }

    /// What is known of those that have stopped.
    private struct Standing {
        var questions: [StepCommand] = []
        /// Whether another process is to go on with one of them.
        var isOpen = false
        /// The places of models whose runs cannot be started.
        var impossible: Set<Int> = []

        mutating func take(_ news: News) throws(ServiceError) {
            guard case .part(let index, let part) = news else { return }
            switch try part.get() {
            case .asks(let question): questions.append(question)
            case .leftOpen: isOpen = true
            case .impossible: impossible.insert(index)
            case .ended, .settled: break
            }
        }
    }

    /// Has them work side by side until it can be said who has won, and ends those that are still at it then.
    private func raced() async throws(ServiceError) -> RaceDecision? {
        let result = await withTaskGroup(of: News.self) { group -> Result<RaceDecision?, ServiceError> in
            for index in work.elements.indices {
                group.addTask { .part(index, await entries.part(index, besides: Spending(), runs)) }
            }
            if let until = await deadline { group.addTask { await lateness(until) } }
            defer { group.cancelAll() }
            var standing = Standing()
            do throws(ServiceError) {
                for await news in group {
                    try standing.take(news)
                    if let decision = try await decided(standing) { return .success(decision) }
                }
                guard !standing.questions.isEmpty || standing.isOpen || Task.isCancelled else {
                    throw .broken("The race ended without an end.")
                }
                // Nobody is at work any more, and nobody has won: whoever asks may still.
                try await entries.ask(standing.questions)
                return .success(nil)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Records who has won, and ends the others, if that can be said.
    private func decided(_ standing: Standing) async throws(ServiceError) -> RaceDecision? {
        guard let decision = try await decision(without: standing.impossible) else { return nil }
        try await run.record(.step(work.place, .decide(decision)))
        engine.fault("race.decided")
        try await endOthers(decision)
        return decision
    }

    private func lateness(_ until: Instant) async -> News {
        await engine.clock.sleep(until)
        return .late
    }

    private var deadline: Instant? {
        get async {
            guard let within = race.within else { return nil }
            return await run.state.steps?.begunAt[work.step.id].map { $0 + within }
        }
    }

    /// Who has won; `nil` as long as that cannot be said.
    private func decision(without impossible: Set<Int>) async throws(ServiceError) -> RaceDecision? {
        let states = try await states()
        let held = states.filter { $0?.status == .achieved }.compactMap(\.self)
        let isOver = states.enumerated().allSatisfy { $1?.isFinished ?? impossible.contains($0) }
        let mayEnd = await mayEnd
        guard isOver || (mayEnd && !held.isEmpty) else { return nil }
        // Of several that rank alike, the one that stands further in front.
        let winner = held.reduce(nil as RunState?) { best, state in
            best.map { rank($0) <= rank(state) ? $0 : state } ?? state
        }
        let entrants = zip(race.models, states).enumerated().map { index, entrant in
            RaceDecision.Entrant(
                run: work.name(ofElement: index, attempt: 1),
                model: entrant.0.description,
                status: entrant.1?.status ?? (impossible.contains(index) ? .failed : .running),
                spent: entrant.1?.spent ?? Spending()
            )
        }
        return RaceDecision(rule: race.win, winner: winner?.start?.run, entrants: entrants)
    }

    /// How far each model is; `nil` for one whose run has not begun.
    private func states() async throws(ServiceError) -> [RunState?] {
        var states: [RunState?] = []
        for index in work.elements.indices {
            let id = work.name(ofElement: index, attempt: 1)
            states.append(try await runs.summary(of: id) == nil ? nil : try await runs.state(of: id))
        }
        return states
    }

    /// Whether the first that holds the goal ends the race.
    private var mayEnd: Bool {
        get async {
            guard race.win == .cheapest else { return true }
            guard let deadline = await deadline else { return false }
            return engine.clock.now() >= deadline
        }
    }

    /// What the least of wins: the moment at which it held the goal, or what it spent.
    private func rank(_ state: RunState) -> (Int, Int) {
        switch race.win {
        case .first: (state.updatedAt.milliseconds, 0)
        case .cheapest: (state.spent.cost?.nanodollars ?? .max, state.spent.tokens)
        }
    }

    /// Ends those that are still at it.
    private func endOthers(_ decision: RaceDecision) async throws(ServiceError) {
        for entrant in decision.entrants where entrant.run != decision.winner {
            guard try await runs.summary(of: entrant.run) != nil else { continue }
            let winner = decision.winner.map { "Run \($0) has won the race." } ?? "The race is over."
            do throws(ServiceError) {
                try await runs.keeper.settle(.cancel(by: "run \(run.id)", reason: winner), of: entrant.run)
            } catch .refused {
                continue  // it has ended by itself
            }
        }
    }

    private func outcome(of decision: RaceDecision) async throws(ServiceError) -> (StepResult, Spending) {
        var (lines, spent, result) = ([String](), Spending(), StepResult(.failed))
        for entrant in decision.entrants {
            guard try await runs.summary(of: entrant.run) != nil else { continue }
            let state = try await runs.state(of: entrant.run)
            spent.add(state.spent)
            lines.append(Self.words(entrant, state, hasWon: entrant.run == decision.winner))
            guard entrant.run == decision.winner else { continue }
            let led = LedRun(id: entrant.run, parent: run, workspace: workspace, runs: runs, clock: engine.clock)
            result = try await entries.result(of: led, state)
        }
        result.summary = ([result.summary] + lines).filter { !$0.isEmpty }.joined(separator: "\n")
        return (result, spent)
    }

    /// `openai/gpt-5.2 won in run r1-1-1-2, for 0.12 USD.`
    private static func words(_ entrant: RaceDecision.Entrant, _ state: RunState, hasWon: Bool) -> String {
        let cost = state.spent.cost.map { "\($0)" } ?? "\(state.spent.tokens) tokens"
        let end = hasWon ? "won" : state.status == .aborted ? "was stopped" : "ended \(state.status.words)"
        return "\(entrant.model) \(end) in run \(entrant.run), for \(cost)."
    }
}
