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
    /// The modules that carry out the run's steps; `nil` for a run that is looked at and takes none here.
    private let registry: Registry?
    /// Kept, because it is the same at nearly every turn.
    private var briefing: Briefing?
    /// What was recorded as begun together with the step before it, and nobody has taken up yet.
    private var begun: Sequel.Work?
    private var isWindingDown = false
    /// One check of the run at a time, as they share its judged tree.
    nonisolated let checks = Turnstile()

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

    /// - Parameter registry: What carries out the run's steps.
    static func open(
        _ id: RunID,
        in store: any EventStore,
        clock: EngineClock,
        registry: Registry?,
        publish: @escaping @Sendable ([Event]) -> Void
    ) async throws(ServiceError) -> LiveRun {
        var state = RunState()
        try await History.read(id, in: store, after: state) { state.apply($0) }
        guard state.sequence > 0 else { throw .noSuchRun(id) }
        guard state.pipeline != nil else {
            throw .store(.unreadable("The pipeline that run '\(id)' recorded is not known to this version of Sluice."))
        }
        return LiveRun(id, state, store, clock, registry, publish)
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
        let run = LiveRun(start.run, RunState(), store, clock, nil, publish)
        try await run.begin(start)
        return run
    }

    private init(
        _ id: RunID,
        _ state: RunState,
        _ store: any EventStore,
        _ clock: EngineClock,
        _ registry: Registry?,
        _ publish: @escaping @Sendable ([Event]) -> Void
    ) {
        self.id = id
        self.state = state
        self.store = store
        self.clock = clock
        self.registry = registry
        self.publish = publish
    }

    /// Tells whenever the state has changed; one watcher at a time.
    func watch(_ watcher: (@Sendable () -> Void)?) { self.watcher = watcher }

    /// Has nothing more begun: what is under way ends, and is recorded.
    func windDown() {
        isWindingDown = true
        watcher?()
    }

    /// The state, and whether the next step may begin. What is recorded as begun is under way already.
    var outlook: (state: RunState, mayBegin: Bool) { (state, !isWindingDown || begun != nil) }

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
        try await send(command, artifacts: artifacts, andNext: false)
    }

    /// - Parameter andNext: Whether the step that follows is recorded as begun in the same commit, if there is just one:
    ///   a commit costs more than all else that the engine does. It is carried out after the commit, as ever.
    @discardableResult
    func send(
        _ command: RunCommand,
        artifacts: [Artifact] = [],
        andNext: Bool
    ) async throws(ServiceError) -> [Event.Payload] {
        while true {
            let payloads = try decide(command)
            guard !payloads.isEmpty else { return [] }
            let sequel = andNext ? sequel(to: payloads) : nil
            do throws(StoreError) {
                try await append(payloads + (sequel?.events ?? []), artifacts, begun: sequel?.work)
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
    func briefing(for state: RunState) throws(Failure) -> Briefing {
        if let briefing, briefing.holds(for: state) { return briefing }
        let made = try Briefing(state, registry ?? Registry())
        briefing = made
        return made
    }

    /// The question of this turn, when it is recorded already that it is asked.
    func takeBegunTurn(_ turn: Int, _ attempt: Int) -> Question? {
        guard case .turn(let question) = begun, state.intent == question.intent,
            (question.intent.turn, question.intent.attempt) == (turn, attempt)
        else { return nil }
        begun = nil
        return question
    }

    /// Whether it is recorded already, by this process and for this one time, that the call is carried out.
    func takeBegunCall(_ id: CallID) -> Bool {
        guard case .call(id) = begun, state.calls[id]?.stage == .started else { return false }
        begun = nil
        return true
    }

    /// The step that follows at once, if it may be recorded together with these events.
    private func sequel(to payloads: [Event.Payload]) -> Sequel? {
        guard registry != nil, !Task.isCancelled, !isWindingDown else { return nil }
        let now = max(clock.now(), state.updatedAt)
        var next = state
        for payload in payloads {
            next.apply(Event(sequence: next.sequence + 1, at: now, payload: payload, digest: next.head))
        }
        return Sequel(after: next, at: now) { state throws(Failure) in try briefing(for: state) }
    }

    private func decide(_ command: RunCommand) throws(ServiceError) -> [Event.Payload] {
        do throws(Refusal) { return try state.decide(command, at: clock.now()) } catch { throw .refused(error) }
    }

    private func append(
        _ payloads: [Event.Payload],
        _ artifacts: [Artifact],
        begun work: Sequel.Work? = nil
    ) async throws(StoreError) {
        let at = max(clock.now(), state.updatedAt)
        let rows = Chain.rows(payloads, after: state.sequence, head: state.head, at: at)
        let events = zip(rows, payloads).map { Event(sequence: $0.sequence, at: at, payload: $1, digest: $0.digest) }
        var next = state
        for event in events { next.apply(event) }
        let base = state.sequence
        try await store.append(Batch(run: id, events: rows, summary: RunSummary(next, run: id), artifacts: artifacts))
        if let work { begun = work }  // before anybody is told, and so before anybody looks for work
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
