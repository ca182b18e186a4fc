public import PipelineKit

/// One run while this process works on it: decide, append, apply.
///
/// The actor holds nothing a restart would miss. Drop it at any time and open it again.
public actor LiveRun {
    public nonisolated let id: RunID
    public private(set) var state: RunState
    private let store: any EventStore
    private let clock: EngineClock
    private let publish: @Sendable ([Event]) -> Void
    private var watcher: (@Sendable () -> Void)?
    /// Kept, because it is the same at nearly every turn.
    private var briefing: Briefing?

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
        var state = RunState()
        try await History.read(id, in: store, after: state) { state.apply($0) }
        guard state.sequence > 0 else { throw .noSuchRun(id) }
        guard state.pipeline != nil else {
            throw .store(.unreadable("The pipeline that run '\(id)' recorded is not known to this version of Sluice."))
        }
        return LiveRun(id, state, store, clock, publish)
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
        let run = LiveRun(start.run, RunState(), store, clock, publish)
        try await run.begin(start)
        return run
    }

    private init(
        _ id: RunID,
        _ state: RunState,
        _ store: any EventStore,
        _ clock: EngineClock,
        _ publish: @escaping @Sendable ([Event]) -> Void
    ) {
        self.id = id
        self.state = state
        self.store = store
        self.clock = clock
        self.publish = publish
    }

    /// Tells whenever the state has changed; one watcher at a time.
    func watch(_ watcher: (@Sendable () -> Void)?) { self.watcher = watcher }

    private func begin(_ start: RunStart) async throws(ServiceError) {
        do throws(StoreError) {
            try await append([.runStarted(start)], [])
        } catch .conflict {
            throw .refused(.alreadyStarted)
        } catch {
            throw .store(error)
        }
    }

    /// Decides and records. Safe to call from many places at once, and from several processes.
    ///
    /// - Parameter artifacts: Bytes that the command's events refer to.
    /// - Returns: what happened, in order; empty when nothing had to be recorded.
    /// - Throws: ``ServiceError/refused(_:)`` when the run's state does not allow the command.
    @discardableResult
    public func send(_ command: RunCommand, artifacts: [Artifact] = []) async throws(ServiceError) -> [Event.Payload] {
        while true {
            let payloads = try decide(command)
            guard !payloads.isEmpty else { return [] }
            do throws(StoreError) {
                try await append(payloads, artifacts)
                return payloads
            } catch .conflict {
                try await catchUp()  // someone else moved the run on; decide again in the new state
            } catch {
                throw .store(error)
            }
        }
    }

    /// Takes in what other processes have recorded since.
    public func catchUp() async throws(ServiceError) {
        var news: [Event] = []
        try await History.read(id, in: store, after: state) { news.append($0) }
        take(news)
    }

    /// What stands at the front of the next request.
    ///
    /// - Throws: ``Failure`` when a module that the pipeline names is not there.
    func briefing(_ registry: Registry) throws(Failure) -> Briefing {
        if let briefing, briefing.holds(for: state) { return briefing }
        let made = try Briefing(state, registry)
        briefing = made
        return made
    }

    private func decide(_ command: RunCommand) throws(ServiceError) -> [Event.Payload] {
        do throws(Refusal) { return try state.decide(command, at: clock.now()) } catch { throw .refused(error) }
    }

    private func append(_ payloads: [Event.Payload], _ artifacts: [Artifact]) async throws(StoreError) {
        let at = max(clock.now(), state.updatedAt)
        let rows = Chain.rows(payloads, after: state.sequence, head: state.head, at: at)
        let events = zip(rows, payloads).map { Event(sequence: $0.sequence, at: at, payload: $1, digest: $0.digest) }
        var next = state
        for event in events { next.apply(event) }
        let base = state.sequence
        try await store.append(Batch(run: id, events: rows, summary: RunSummary(next, run: id), artifacts: artifacts))
        guard state.sequence == base else { return take(events) }  // taken in, in part or wholly, while this waited
        state = next
        tell(events)
    }

    /// Applies what is new.
    private func take(_ events: [Event]) {
        let news = events.filter { $0.sequence > state.sequence }
        for event in news { state.apply(event) }
        tell(news)
    }

    private func tell(_ news: [Event]) {
        guard !news.isEmpty else { return }
        publish(news)
        watcher?()
    }
}
