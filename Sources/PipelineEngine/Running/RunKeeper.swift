import PipelineKit

/// Works on runs for this process: claims them, carries them on, gives them back.
///
/// A claim is a lease: it is renewed while the work goes on, and whoever cannot renew it stops.
actor RunKeeper {
    /// How long a claim lasts unless it is renewed.
    static let lease = Duration.seconds(30)
    /// How long a claim is left alone before it is renewed.
    static let heartbeat = Duration.seconds(10)
    /// How often the history is looked at for what other processes recorded: an answer, the end.
    static let glance = Duration.seconds(1)

    let store: any EventStore
    let runner: EffectRunner
    let clock: EngineClock
    private let limits: Budget
    private let owner: ProcessName
    private let publish: @Sendable (RunID, [Event]) -> Void
    var live: [RunID: LivePlace] = [:]
    var attention = Attention()
    /// The states of runs that were asked for last and that this process does not work on.
    private var looked = RecentStates()
    /// The runs that this process holds or is about to claim: a claim keeps other processes out, and not this one.
    private var held: Set<RunID> = []
    /// Who waits until this process lets go of a run.
    private var waiters: [RunID: [CheckedContinuation<Void, Never>]] = [:]
    private var isWindingDown = false

    init(
        store: any EventStore,
        runner: EffectRunner,
        clock: EngineClock,
        budget: Budget,
        owner: ProcessName,
        publish: @escaping @Sendable (RunID, [Event]) -> Void
    ) {
        self.store = store
        self.runner = runner
        self.clock = clock
        self.limits = budget
        self.owner = owner
        self.publish = publish
    }

    /// Carries a run on until it has ended, or waits for a person.
    ///
    /// - Throws: ``ServiceError/busy(_:_:)`` when another process is at it.
    func carryOn(_ id: RunID) async throws(ServiceError) -> RunState {
        try await claiming(id) {
            do throws(ServiceError) { return await work(on: try await open(id)) } catch { return .failure(error) }
        }
    }

    /// Carries a run on as far as it goes, unless something is missing here that its pipeline needs.
    ///
    /// - Parameter problem: Looks at the run as it is by now; a sentence for what is missing.
    /// - Returns: that sentence; nothing was done then.
    /// - Throws: ``ServiceError/busy(_:_:)`` when another process is at it.
    func takeUp(_ id: RunID, unless problem: (RunState) -> String?) async throws(ServiceError) -> String? {
        try await claiming(id) {
            do throws(ServiceError) {
                let run = try await open(id)
                let state = await run.state
                guard !state.isFinished else { return .success(nil) }
                guard try await !isLed(run) else {
                    return .failure(.busy(id, Claim(owner: owner.value, until: clock.now() + Self.lease)))
                }
                if let problem = problem(state) { return .success(problem) }
                return await work(on: run).map { _ in nil }
            } catch {
                return .failure(error)
            }
        }
    }

    /// Has every run end what is under way, and begin nothing more; until ``takeUpWork()``.
    func windDown() async {
        isWindingDown = true
        for place in live.values { await place.run.windDown() }
    }

    /// Works again as before ``windDown()``.
    func takeUpWork() { isWindingDown = false }

    /// Carries a run on if it is due: its deadline has passed, or its retry is to be made.
    ///
    /// - Returns: `nil` when it is not; others may have woken it since it was listed.
    /// - Throws: ``ServiceError/busy(_:_:)`` when somebody is at it.
    func wake(_ id: RunID) async throws(ServiceError) -> RunState? {
        try await claiming(id) {
            do throws(ServiceError) {
                let run = try await open(id)
                guard let moment = await run.state.nextWake, moment <= clock.now() else { return .success(nil) }
                return await work(on: run).map(\.self)
            } catch {
                return .failure(error)
            }
        }
    }

    /// Claims a run while `work` is done to it from outside.
    func holding<Value: Sendable>(
        _ id: RunID,
        _ work: @Sendable (LiveRun) async throws(ServiceError) -> Value
    ) async throws(ServiceError) -> Value {
        try await awaitRest(of: id)
        return try await claiming(id) {
            do throws(ServiceError) { return .success(try await work(open(id))) } catch { return .failure(error) }
        }
    }

    /// Claims a run for as long as the body works.
    ///
    /// - Throws: ``ServiceError/busy(_:_:)`` when another process holds it, or something else in this one.
    private func claiming<Value>(
        _ id: RunID,
        _ body: () async -> Result<Value, ServiceError>
    ) async throws(ServiceError) -> Value {
        guard held.insert(id).inserted else {
            throw .busy(id, Claim(owner: owner.value, until: clock.now() + Self.lease))
        }
        defer { letGo(of: id) }
        try await claim(id)
        let result = await body()
        do throws(StoreError) { try await store.release(id, by: owner.value) } catch { throw .store(error) }
        return try result.get()
    }

    private func letGo(of id: RunID) {
        held.remove(id)
        for waiter in waiters.removeValue(forKey: id) ?? [] { waiter.resume() }
    }

    /// Whoever has brought a run to its end, or to a question, is about to let go of it: those who are told of that by
    /// an event may be faster.
    private func awaitRest(of id: RunID) async throws(ServiceError) {
        while held.contains(id), try await state(of: id).status != .running {
            guard held.contains(id) else { return }
            await withCheckedContinuation { waiters[id, default: []].append($0) }
        }
    }

    /// What runs may spend together, those that work for each other among them.
    private var budget: Budget {
        var budget = limits
        budget.ofRun = { [weak self] id throws(ServiceError) in try await self?.state(of: id).limits.cost }
        return budget
    }

    /// Sends a command to a run, whether or not this process works on it.
    @discardableResult
    func send(_ command: RunCommand, to id: RunID) async throws(ServiceError) -> [Event.Payload] {
        try await open(id).send(command)
    }

    /// The run as it is recorded now.
    func state(of id: RunID) async throws(ServiceError) -> RunState {
        guard live[id] == nil, let known = looked[id] else {
            let isLive = live[id] != nil
            let run = try await open(id)
            if isLive { try await run.catchUp() }  // one that was opened has just read all there is
            let state = await run.state
            if live[id] == nil { looked[id] = state }
            return state
        }
        let last = try await sequence(of: id)
        guard last > 0 else {
            looked[id] = nil
            throw .noSuchRun(id)
        }
        guard last != known.sequence else { return known }
        var state = known
        try await History.read(id, in: store, after: known) { state.apply($0) }
        looked[id] = state
        return state
    }

    /// 0 for a run that is not there.
    private func sequence(of id: RunID) async throws(ServiceError) -> Int {
        do throws(StoreError) { return try await store.sequences(of: [id])[id] ?? 0 } catch { throw .store(error) }
    }

    private func open(_ id: RunID) async throws(ServiceError) -> LiveRun {
        if let place = live[id] { return place.run }
        return try await LiveRun.open(
            id,
            in: store,
            clock: clock,
            registry: runner.registry,
            budget: budget,
            policy: runner.policy
        ) { [publish] in publish(id, $0) }
    }

    private func work(on run: LiveRun) async -> Result<RunState, ServiceError> {
        do throws(ServiceError) {
            live[run.id] = LivePlace(run: run, renewal: clock.now() + Self.heartbeat)
            if isWindingDown { await run.windDown() }
            let wasFinished = await run.state.isFinished
            let driven = await drive(run)
            if !wasFinished, await run.state.isFinished { try await runner.tellEnd(of: run) }
            live[run.id] = nil
            await endAgents(of: run.state)
            await leaveAttention(run.id)
            try driven.get()
            return .success(await run.state)
        } catch {
            return .failure(error)
        }
    }

    private func drive(_ run: LiveRun) async -> Result<Void, ServiceError> {
        do throws(ServiceError) {
            try await RunDriver(run: run, runner: runner, clock: clock).drive { [self] in
                guard await takeAttention(run.id) else { return nil }
                return { [self] in await attend(for: run.id) }
            }
            return .success(())
        } catch {
            return .failure(error)
        }
    }

    func claim(_ id: RunID) async throws(ServiceError) {
        var claim = try await ask(for: id, overriding: nil)
        if claim.owner != owner.value, owner.knowsDead(claim.owner) {
            claim = try await ask(for: id, overriding: claim.owner)
        }
        guard claim.owner == owner.value else { throw .busy(id, claim) }
    }

    /// The claim in force after this process has asked for one.
    private func ask(for id: RunID, overriding dead: String?) async throws(ServiceError) -> Claim {
        let now = clock.now()
        let until = now + Self.lease
        let claim: Claim?
        do throws(StoreError) {
            claim = try await store.claim(id, for: owner.value, until: until, now: now, overriding: dead)
        } catch {
            throw .store(error)
        }
        guard let claim else { throw .noSuchRun(id) }
        return claim
    }
}
