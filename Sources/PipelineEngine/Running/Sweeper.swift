import PipelineKit

/// Finds runs in the store that somebody has to carry on: their moment has come, or nobody is at them although there is
/// work outstanding (they were left by a process that died, or answered from another one).
///
/// A look reads a page of each kind at most, and goes on there with the next look. So it costs the same however many runs
/// there are, and those that cannot be carried on here hide no others.
struct Sweeper {
    /// How often the store is asked.
    static let interval = Duration.seconds(1)
    /// How long a run is left alone after its last event: whoever has recorded that may be about to claim it.
    static let respite = Duration.seconds(2)
    /// How many rows are read at once, and how many runs wait in line at most before any are looked for.
    static let page = 100

    let store: any EventStore
    let dispatcher: Dispatcher
    let clock: EngineClock
    let owner: ProcessName
    /// Whether a run that was found is carried on here.
    var takesUp: @Sendable (RunSummary) -> Bool = { _ in true }
    private var lastDue: RunQuery.Place?
    private var lastUnclaimed: RunQuery.Place?

    init(store: any EventStore, dispatcher: Dispatcher, clock: EngineClock, owner: ProcessName) {
        self.store = store
        self.dispatcher = dispatcher
        self.clock = clock
        self.owner = owner
    }

    /// Looks every ``interval``, until the task is cancelled; a store that is away is asked again the next time.
    func run(_ policy: ServingPolicy) async {
        var sweeper = self
        sweeper.takesUp = policy.takesUp
        while !Task.isCancelled {
            let next = clock.now() + Self.interval
            do throws(StoreError) { try await sweeper.sweep() } catch {}
            await clock.sleep(next)
        }
    }

    mutating func sweep() async throws(StoreError) {
        guard dispatcher.count < Self.page else { return }
        try await sweepDue()
        try await sweepUnclaimed()
    }

    private mutating func sweepDue() async throws(StoreError) {
        let rows = try await store.summaries(RunQuery(dueBy: clock.now(), after: lastDue, limit: Self.page))
        lastDue = rows.count < Self.page ? nil : rows.last.map(RunQuery.Place.init)
        for row in rows where takesUp(row) { dispatcher.offer(row.run) }
    }

    private mutating func sweepUnclaimed() async throws(StoreError) {
        let now = clock.now()
        let dead = try await store.owners(at: now).filter { owner.value != $0 && owner.knowsDead($0) }
        let query = UnclaimedQuery(
            now: now,
            dead: dead,
            updatedBefore: now + (.zero - Self.respite),
            after: lastUnclaimed,
            limit: Self.page
        )
        let rows = try await store.unclaimed(query)
        lastUnclaimed = rows.count < Self.page ? nil : rows.last.map(RunQuery.Place.init)
        for row in rows where takesUp(row) { dispatcher.offer(row.run) }
    }
}
