public import PipelineKit

/// One run while this process works on it: decide, append, apply.
///
/// The actor holds nothing a restart would miss. Drop it at any time and open it again.
public actor LiveRun {
    public nonisolated let id: RunID
    public internal(set) var state: RunState
    let store: any EventStore
    let clock: EngineClock
    private let publish: @Sendable ([Event]) -> Void
    private var watcher: (@Sendable () -> Void)?
    /// Whether this process carries out the run's steps, and does not only look at it.
    let isCarriedOut: Bool
    /// What the steps are carried out with.
    nonisolated let modules: RunModules
    /// What several runs may spend together.
    let budget: Budget
    /// The operator's; `nil` where there is none.
    let policy: PolicyFile?
    /// Kept, because it is the same at nearly every turn.
    var briefing: Briefing?
    /// What was recorded as begun together with the step before it, and nobody has taken up yet.
    var begun: Sequel.Work?
    /// What confines commands of the run's calls, once one has been started here.
    var walls: Confinement?
    /// The last iteration whose goal this process has judged.
    private(set) var judged: Int?
    private var hands = WorkInHand()
    private(set) var isWindingDown = false
    /// When the row of lists was last written, as far as this process knows.
    private var listedAt: Instant?
    /// One check of the run at a time, as they share its judged tree.
    nonisolated let checks = Turnstile()
    /// Through which whoever needs ``walls`` goes while there are none: calls that run side by side share them.
    nonisolated let building = Turnstile()

    /// Opens a run from its history.
    ///
    /// - Throws: ``ServiceError/noSuchRun(_:)``, or ``ServiceError/store(_:)`` when the history cannot be read or its
    ///   chain is broken.
    public static func open(
        _ id: RunID,
        in store: any EventStore,
        clock: EngineClock,
        publish: @escaping @Sendable ([Event]) -> Void = { _ in }
    ) async throws(ServiceError) -> LiveRun {
        try await open(id, in: store, clock: clock, registry: nil, publish: publish)
    }

    /// Off the actor of whoever asks, which a long history would keep busy.
    ///
    /// - Parameter registry: What carries out the run's steps.
    @concurrent
    static func open(
        _ id: RunID,
        in store: any EventStore,
        clock: EngineClock,
        registry: Registry?,
        budget: Budget = Budget(),
        policy: PolicyFile? = nil,
        publish: @escaping @Sendable ([Event]) -> Void
    ) async throws(ServiceError) -> LiveRun {
        var state = RunState()
        try await History.read(id, in: store, after: state) { state.apply($0) }
        guard state.sequence > 0 else { throw .noSuchRun(id) }
        guard state.hasPipeline else {
            throw .store(.unreadable("The pipeline that run '\(id)' recorded is not known to this version of Sluice."))
        }
        return LiveRun(id, state, store, clock, registry, budget, policy, publish)
    }

    /// Begins the history of a run.
    ///
    /// - Throws: ``ServiceError/refused(_:)`` when a run of this name exists.
    public static func begin(
        _ start: RunStart,
        in store: any EventStore,
        clock: EngineClock,
        publish: @escaping @Sendable ([Event]) -> Void = { _ in }
    ) async throws(ServiceError) -> LiveRun {
        let run = LiveRun(start.run, RunState(), store, clock, nil, Budget(), nil, publish)
        try await run.begin(start)
        return run
    }

    private init(
        _ id: RunID,
        _ state: RunState,
        _ store: any EventStore,
        _ clock: EngineClock,
        _ registry: Registry?,
        _ budget: Budget,
        _ policy: PolicyFile?,
        _ publish: @escaping @Sendable ([Event]) -> Void
    ) {
        self.id = id
        self.state = state
        // The row of a run that only began is as it was written then; how old another one is nobody knows.
        listedAt = state.sequence == 1 ? state.updatedAt : nil
        self.store = store
        self.clock = clock
        isCarriedOut = registry != nil
        modules = RunModules(registry ?? Registry())
        self.budget = budget
        self.policy = policy
        self.publish = publish
    }

    /// Tells whenever there may be work that nobody is about to take up; one watcher at a time.
    func watch(_ watcher: (@Sendable () -> Void)?) { self.watcher = watcher }

    /// Has nothing more begun: what is under way ends, and is recorded.
    func windDown() {
        isWindingDown = true
        watcher?()
    }

    func noteJudged(_ iteration: Int) { judged = iteration }

    /// Has its driver look whether there is something for it to do.
    func lookAround() { watcher?() }

    /// Has nothing more begun, because of this.
    func stop(_ error: ServiceError) {
        hands.stop(error)
        watcher?()
    }

    // What a waiting task works with stands in its frame as long as it waits, and thousands may: so what it does between
    // two waits is not inlined into it.

    /// What a driver is to begin, and whether it may leave.
    @inline(never)
    func takeWork(at now: Instant) -> (begun: ArraySlice<Effect>, isOver: Bool, isIdle: Bool, problem: ServiceError?) {
        let begun = mayBegin && !Task.isCancelled ? hands.take(state, at: now).0 : []
        return (begun, state.isFinished, hands.isEmpty, hands.problem)
    }

    /// Ends a piece of work.
    ///
    /// - Returns: what its worker goes on with.
    @inline(never)
    func end(_ effect: Effect, _ error: ServiceError?, isCancelled: Bool, at now: Instant) -> Effect? {
        // What is left open because nothing more begins has changed nothing, and that is no defect.
        hands.end(effect, error, state, of: id, isCancelled: isCancelled || isWindingDown)
        let (next, hasMore) = mayBegin && !isCancelled ? hands.take(state, at: now, most: 1) : ([], false)
        if next.isEmpty || hasMore { watcher?() }
        return next.first
    }

    /// What is recorded as begun is under way already.
    private var mayBegin: Bool { !isWindingDown || begun != nil }

    private func begin(_ start: RunStart) async throws(ServiceError) {
        do throws(StoreError) {
            var draft = Draft(after: state, at: clock.now())
            draft.add([.runStarted(start)])
            try await append(draft, [])
        } catch .conflict {
            throw .refused(.alreadyStarted)
        } catch {
            throw .store(error)
        }
    }

    /// Decides and records. Safe to call from many places at once, and from several processes.
    ///
    /// - Parameter artifacts: Bytes that the command's events refer to.
    /// - Returns: what was recorded, in order; empty when nothing had to be.
    /// - Throws: ``ServiceError/refused(_:)`` when the run's state does not allow the command.
    @discardableResult
    public func send(_ command: RunCommand, artifacts: [Artifact] = []) async throws(ServiceError) -> [Event.Payload] {
        let payloads = try await record(command, artifacts: artifacts)
        watcher?()
        return payloads
    }

    /// The same for whoever carries out the work of the run, and so knows that its state has changed.
    ///
    /// - Parameter andNext: Whether the step that follows is recorded as begun in the same commit, if there is just one:
    ///   a commit costs more than all else that the engine does. It is carried out after the commit, as ever.
    @discardableResult
    func record(
        _ command: RunCommand,
        artifacts: [Artifact] = [],
        andNext: Bool = false
    ) async throws(ServiceError) -> [Event.Payload] {
        var (command, andNext, patience) = (command, andNext, Self.patience)
        while true {
            let now = clock.now()
            guard let (draft, sequel) = try draft(of: command, at: now, andNext: andNext) else { return [] }
            let money: (charges: [Charge], problem: Failure?)
            do throws(ServiceError) { money = try await self.money(for: draft) } catch {
                guard sequel != nil else { throw error }
                andNext = false  // what has happened is recorded all the same
                continue
            }
            if let problem = money.problem {
                if sequel == nil { command = .fail(problem) }
                andNext = false
                continue
            }
            do throws(StoreError) {
                try await append(draft, artifacts, money.charges, begun: sequel?.work)
                return draft.payloads
            } catch .conflict {
                try await catchUp()  // someone else moved the run on; decide again in the new state
            } catch .overdrawn(let overdraft) {
                if sequel != nil {
                    andNext = false
                } else if overdraft.mayPass, patience > 0, !Task.isCancelled {
                    patience -= 1
                    await clock.sleep(now + Self.moment)
                } else {
                    command = .overdraw(overdraft)
                }
            } catch {
                throw .store(error)
            }
        }
    }

    /// The sequence of what this process recorded last: nobody else had recorded anything before.
    private var recorded = 0

    /// How far this process has recorded, and how far it knows the history. When a deadline has passed, its driver looks
    /// around: it may be busy with what does not wait for the answer.
    func ends(at now: Instant) -> (recorded: Int, sequence: Int) {
        if state.hasPassedDeadline(at: now) { watcher?() }
        return (recorded, state.sequence)
    }

    /// Takes in what other processes have recorded since; without it the work cannot go on.
    func takeInNews() async {
        do throws(ServiceError) { try await catchUp() } catch { stop(error) }
    }

    /// Takes in what other processes have recorded since.
    public func catchUp() async throws(ServiceError) {
        var news: [Event] = []
        try await History.read(id, in: store, after: state) { news.append($0) }
        take(news)
        if !news.isEmpty { watcher?() }
    }

    /// What a command would record, and the step that follows; `nil` when there is nothing to be recorded.
    private func draft(of command: RunCommand, at now: Instant, andNext: Bool) throws(ServiceError) -> (Draft, Sequel?)?
    {
        let payloads = try decide(command, at: now)
        guard !payloads.isEmpty else { return nil }
        var draft = Draft(after: state, at: now)
        draft.add(payloads)
        let sequel = andNext ? self.sequel(to: &draft) : nil
        if let sequel { draft.add(sequel.events) }
        return (draft, sequel)
    }

    private func decide(_ command: RunCommand, at now: Instant) throws(ServiceError) -> [Event.Payload] {
        do throws(Refusal) { return try state.decide(command, at: now) } catch { throw .refused(error) }
    }

    private func append(
        _ draft: Draft,
        _ artifacts: [Artifact],
        _ charges: [Charge] = [],
        begun work: Sequel.Work? = nil
    ) async throws(StoreError) {
        let base = state.sequence
        var batch = batch(of: draft, artifacts)
        batch.charges = charges
        // Before anybody can see the events, which may be read before the store says that they are written.
        if let work { begun = work }
        do throws(StoreError) { try await store.append(batch) } catch {
            if work != nil { begun = nil }
            throw error
        }
        if batch.row != nil { listedAt = draft.at }
        recorded = draft.state.sequence
        // Taken in, in part or wholly, while this waited.
        guard state.sequence == base else { return take(draft.events) }
        state = draft.state
        tell(draft.events)
    }

    private func batch(of draft: Draft, _ artifacts: [Artifact]) -> Batch {
        let isListed = listedAt.map { draft.changesList(from: state, listedAt: $0) } ?? true
        let row = isListed ? RunSummary(draft.state, run: id) : nil
        return Batch(run: id, events: draft.rows, summary: row, artifacts: artifacts)
    }

    /// Applies what is new.
    private func take(_ events: [Event]) {
        let news = events.filter { $0.sequence > state.sequence }
        for event in news { state.apply(event) }
        tell(news)
    }

    private func tell(_ news: [Event]) {
        if !news.isEmpty { publish(news) }
    }
}
