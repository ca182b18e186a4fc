public import PipelineKit

/// Starts runs, carries them on, and tells of them.
public final class RunService: Sendable {
    let parts: EngineParts
    let keeper: RunKeeper
    let dispatcher: Dispatcher
    let feed: EventFeed

    init(parts: EngineParts, keeper: RunKeeper, dispatcher: Dispatcher, feed: EventFeed) {
        self.parts = parts
        self.keeper = keeper
        self.dispatcher = dispatcher
        self.feed = feed
    }

    /// Records the start of a run; nothing is carried out yet.
    ///
    /// - Throws: ``ServiceError/invalid(_:)`` when the run could not reach its first turn.
    public func start(_ order: RunOrder) async throws(ServiceError) -> RunID {
        var order = order
        if let cast = parts.cast, let way = try await way(to: order) { cast(way, &order.pipeline) }
        if order.source != nil { order.project = try place(for: order.run) }
        try await check(order)
        let start = RunStart(
            run: order.run,
            pipeline: ReadPipelines.json(order.pipeline),
            inputs: order.inputs,
            project: order.project,
            source: order.source,
            origin: order.origin,
            group: order.group,
            version: parts.version,
            key: order.key,
            parent: order.parent
        )
        let run = order.run
        _ = try await LiveRun.begin(start, in: parts.store, clock: parts.clock) { [feed] events in
            for event in events { feed.publish(.event(run, event)) }
        }
        return run
    }

    private func place(for run: RunID) throws(ServiceError) -> String {
        do throws(Failure) { return try parts.workspaces.place(for: run) } catch { throw .invalid(error.message) }
    }

    /// Has a run carried on when its turn comes, as soon as this process serves (``Services/serving(_:_:)``); returns at
    /// once.
    public func submit(_ run: RunID) { dispatcher.submit(run) }

    /// Carries a run on until it has ended, or waits for a person.
    ///
    /// - Throws: ``ServiceError/busy(_:_:)`` when another process is at it.
    public func carryOn(_ run: RunID) async throws(ServiceError) -> RunState { try await keeper.carryOn(run) }

    /// Takes up again a run that ended without its goal; a process that serves carries it on.
    ///
    /// - Parameter limits: The limits from now on; `nil` for those it had.
    public func reopen(_ run: RunID, limits: Limits?, by person: String) async throws(ServiceError) {
        try await keeper.holding(run) { live async throws(ServiceError) in
            if await live.state.isFinished { try await live.send(.reopen(by: person)) }
            if let limits { try await live.send(.changeLimits(limits, by: person)) }
        }
        dispatcher.submit(run)
    }

    /// Ends a run. A process that works on it notices within two of ``RunKeeper/glance``, and stops. Where none does, hooks
    /// have been told of the end when this returns.
    ///
    /// What an interrupted call had not finished writing goes first: after a crash in between the run is still there to
    /// be cancelled, and a process that is alive keeps hold of what it writes.
    public func cancel(_ run: RunID, by person: String, reason: String = "") async throws(ServiceError) {
        let state = try await keeper.state(of: run)
        if let workspace = state.workspace, state.calls.open.contains(where: { $0.stage == .started }) {
            await parts.workspaces.removeDrafts(in: workspace)
            parts.fault("cancel.cleared")
        }
        try await keeper.settle(.cancel(by: person, reason: reason), of: run)
    }

    /// The run as it is recorded now.
    public func state(of run: RunID) async throws(ServiceError) -> RunState { try await keeper.state(of: run) }

    /// Runs that match, newest first.
    public func list(_ query: RunQuery) async throws(ServiceError) -> [RunSummary] {
        do throws(StoreError) { return try await parts.store.summaries(query) } catch { throw .store(error) }
    }

    /// The row that lists show for a run; `nil` when there is no such run.
    public func summary(of run: RunID) async throws(ServiceError) -> RunSummary? {
        do throws(StoreError) { return try await parts.store.summary(of: run) } catch { throw .store(error) }
    }

    /// The run whose name begins with these letters. Those that work for others count only when no other one does.
    ///
    /// - Throws: ``ServiceError/invalid(_:)`` when there are several.
    public func find(_ prefix: String) async throws(ServiceError) -> RunID {
        let exact = RunID(prefix)
        if try await summary(of: exact) != nil { return exact }
        var matches = try await runs(beginning: prefix, isOwn: true)
        if matches.isEmpty { matches = try await runs(beginning: prefix, isOwn: false) }
        guard let first = matches.first else { throw .noSuchRun(exact) }
        guard matches.count == 1 else {
            let names = matches.prefix(5).map { "'\($0.run)'" }.joined(separator: ", ")
            throw .invalid("'\(prefix)' begins the names of \(matches.count) runs: \(names). Give more of it.")
        }
        return first.run
    }

    private func runs(beginning prefix: String, isOwn: Bool) async throws(ServiceError) -> [RunSummary] {
        try await list(RunQuery(isOwn: isOwn, limit: 10_000)).filter { $0.run.value.hasPrefix(prefix) }
    }

    /// All events of a run, in order; the chain is checked on the way.
    public func events(of run: RunID) async throws(ServiceError) -> [Event] {
        var events: [Event] = []
        try await History.read(run, in: parts.store, after: RunState()) { events.append($0) }
        guard !events.isEmpty else { throw .noSuchRun(run) }
        return events
    }

    /// Events of a run after a sequence, in order, at most `limit`; for followers, who read on from where they are.
    ///
    /// The chain is not checked, as that takes all that stands before.
    public func page(of run: RunID, after sequence: Int, limit: Int) async throws(ServiceError) -> [Event] {
        do throws(StoreError) {
            var events: [Event] = []
            for row in try await parts.store.events(of: run, after: sequence, limit: limit) {
                events.append(try EventCodec.decode(row))
            }
            return events
        } catch {
            throw .store(error)
        }
    }

    /// What each reply of the model used, and what the run had spent by then.
    public func costs(of run: RunID) async throws(ServiceError) -> [TurnCost] {
        TurnCost.all(in: try await events(of: run))
    }

    /// The whole of an output that an event shows in part; `nil` when it is gone.
    public func artifact(_ digest: Digest) async throws(ServiceError) -> [UInt8]? {
        do throws(StoreError) { return try await parts.store.artifact(digest) } catch { throw .store(error) }
    }

    /// What must be so for the run to reach its first turn.
    private func check(_ order: RunOrder) async throws(ServiceError) {
        if let problem = parts.policy?.problem(in: order.project) { throw .invalid(problem) }
        let hooks = (order.pipeline.hooks ?? Hooks()).joined(parts.policy?.current().hooks)
        for hook in hooks.all {
            if let problem = HookPlace.problem(hook, in: [order.project]) { throw .invalid(problem) }
        }
        let shared = try await parts.budget.anyLimit(ofKey: order.key)
        do throws(Failure) {
            let (registry, findings) = parts.registry.including(order.pipeline, in: order.project)
            guard findings.problems.isEmpty else { throw FieldProblems(findings.problems).failure }
            try Readiness(registry, secrets: parts.secrets).check(order.pipeline, sharing: shared)
            for name in order.pipeline.tools.offered(among: registry.toolNames) {
                _ = try registry.tool(ModuleID(name))
            }
            for gate in order.pipeline.gates { _ = try registry.gate(gate.id) }
            if parts.sandboxes.asked(order.pipeline) == .required { try await parts.sandboxes.check() }
        } catch {
            throw .invalid(error.message)
        }
    }
}

/// What a run is started with.
public struct RunOrder: Sendable {
    public var run: RunID
    /// With its inputs filled in.
    public var pipeline: Pipeline
    public var inputs: [String: JSONValue]
    /// Absolute path of the directory to work on.
    public var project: String
    /// Where the files come from, when the project is to be there for this run alone; `project` says nothing then.
    public var source: ProjectSource?
    /// The contract or command that asks: `cli`.
    public var origin: String
    /// What whoever asks counts the run to, in words of their own; empty for nothing.
    public var group: String
    /// The name of the key of whoever asks, whose limits of cost hold; `nil` for whoever needs none.
    public var key: String?
    /// What it is to do the work of; `nil` for a run of its own.
    var parent: ParentWork?

    public init(
        run: RunID = .new(),
        pipeline: Pipeline,
        inputs: [String: JSONValue] = [:],
        project: String = "",
        source: ProjectSource? = nil,
        origin: String,
        group: String = "",
        key: String? = nil
    ) {
        self.run = run
        self.pipeline = pipeline
        self.inputs = inputs
        self.project = project
        self.source = source
        self.origin = origin
        self.group = group
        self.key = key
    }
}

extension RunID {
    /// A name nobody has yet: eight letters and digits that cannot be mistaken for each other.
    public static func new() -> RunID {
        let letters = Array("23456789abcdefghjkmnpqrstuvwxyz")
        return RunID(String((0..<8).compactMap { _ in letters.randomElement() }))
    }

    /// Whether a run may be called that: the name stands in paths and in refs of git, so it is made of few kinds of
    /// characters, 64 at most; and `last` means the newest.
    public static func isName(_ text: String) -> Bool {
        let letters = text.unicodeScalars.allSatisfy { scalar in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "-"
        }
        return letters && (1...64).contains(text.count) && !text.hasPrefix("-") && text != "last"
    }
}
