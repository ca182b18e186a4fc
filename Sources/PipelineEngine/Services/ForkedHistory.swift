import PipelineKit

/// The history of a run, looked at for where another one can begin.
struct ForkedHistory: Sendable {
    let run: RunID
    private var rows: [StoredEvent] = []
    private var events: [Event] = []
    /// Sequences after which the files are known.
    private(set) var places: [Int] = []

    /// A fork, before it is recorded.
    struct Fork: Sendable {
        /// What it has of the other run, and how that reads.
        var rows: [StoredEvent] = []
        var events: [Event] = []
        /// What follows.
        var draft: Draft
        var project: String
        /// What its events refer to.
        var snapshots: [SnapshotID] = []
        var artifacts: [Digest] = []
    }

    /// - Throws: ``ServiceError/noSuchRun(_:)``, or what keeps the history from being read; its chain is checked.
    static func read(_ run: RunID, in store: any EventStore) async throws(ServiceError) -> ForkedHistory {
        var history = ForkedHistory(run: run)
        var state = RunState()
        while true {
            let page: [StoredEvent]
            do throws(StoreError) {
                page = try await store.events(of: run, after: state.sequence, limit: pageSize)
            } catch {
                throw .store(error)
            }
            for row in page { try history.take(row, &state) }
            guard page.count == pageSize else { break }
        }
        guard state.sequence > 0 else { throw .noSuchRun(run) }
        return history
    }

    private static let pageSize = 500

    private init(run: RunID) { self.run = run }

    private mutating func take(_ row: StoredEvent, _ state: inout RunState) throws(ServiceError) {
        if let problem = Chain.problem(with: row, after: state.sequence, head: state.head) {
            throw .damaged(run, problem)
        }
        let event: Event
        do throws(StoreError) { event = try EventCodec.decode(row) } catch { throw .store(error) }
        state.apply(event)
        rows.append(row)
        events.append(event)
        if state.filesAreKnown { places.append(row.sequence) }
    }

    // MARK: - Where

    /// The last event of the beginning.
    ///
    /// - Throws: ``ServiceError/invalid(_:)`` when nobody knows the files there.
    func end(for order: ForkOrder) throws(ServiceError) -> Int {
        let wanted = order.sequence ?? rows.count
        guard (1...rows.count).contains(wanted) else {
            throw .invalid("Run '\(run)' has no event \(wanted); its last is \(rows.count).")
        }
        guard order.isolation != WorkspacePolicy.Isolation.none else {
            throw .invalid(
                "A fork works in files of its own, so it takes 'worktree' or 'copy'. To set the project itself back, use "
                    + "'sluice rollback'."
            )
        }
        let known = places.last { $0 <= wanted }
        if known == wanted { return wanted }
        if order.takesNearest, let known { return known }
        throw .invalid("\(Self.unknown(wanted, in: run, places)) Fork at one of them, or with '--nearest'.")
    }

    /// Why nobody can say what the files were at an event, and where somebody can.
    static func unknown(_ sequence: Int, in run: RunID, _ places: [Int]) -> String {
        let near = [places.last { $0 < sequence }, places.first { $0 > sequence }].compactMap(\.self)
        let words = near.map(String.init).joined(separator: " and ")
        return
            "At event \(sequence) of run '\(run)' nobody knows the files: a call that writes had begun and not ended, or "
            + "they had not been looked at. "
            + (near.isEmpty ? "No event works." : "The nearest that work are \(words).")
    }

    /// The files after an event.
    ///
    /// - Throws: ``ServiceError/invalid(_:)`` when nobody knows them, with where somebody does.
    func knownFiles(at sequence: Int) throws(ServiceError) -> SnapshotID {
        guard (1...rows.count).contains(sequence) else {
            throw .invalid("Run '\(run)' has no event \(sequence); its last is \(rows.count).")
        }
        let state = RunState(replaying: events.prefix(sequence))
        guard state.filesAreKnown, let snapshot = state.lastSnapshot else {
            throw .invalid(Self.unknown(sequence, in: run, places))
        }
        return snapshot
    }

    /// The files before and after a call.
    func files(around call: CallID) throws(ServiceError) -> (before: SnapshotID, after: SnapshotID) {
        let begin = events.last { if case .callStarted(call) = $0.payload { true } else { false } }
        let end = events.last { if case .callFinished(call, _) = $0.payload { true } else { false } }
        guard let begin, let end else { throw .invalid("Run '\(run)' has no finished call '\(call)'.") }
        return (try knownFiles(at: begin.sequence - 1), try knownFiles(at: end.sequence))
    }

    // MARK: - The fork

    func fork(_ order: ForkOrder, upTo end: Int, at now: Instant) throws(ServiceError) -> Fork {
        var state = RunState()
        var fork = Fork(draft: Draft(after: state, at: now), project: "")
        for (row, event) in zip(rows, events).prefix(end) {
            var (copy, event) = (row, event)
            if case .runStarted(var start) = event.payload {
                start.run = order.run
                start.key = order.key ?? start.key
                start.origin = order.origin
                start.forkedFrom = ForkOrigin(run: run, sequence: end, digest: rows[end - 1].digest)
                event.payload = .runStarted(start)
                let row = EventCodec.encode(event.payload)
                (copy.type, copy.version, copy.body) = (row.type, row.version, row.body)
            }
            let kept = EventCodec.Row(type: copy.type, version: copy.version, body: copy.body)
            copy.digest = Chain.digest(after: state.head, copy.sequence, copy.at, kept)
            event.digest = copy.digest
            state.apply(event)
            fork.rows.append(copy)
            fork.events.append(event)
            fork.snapshots += event.payload.snapshots
            fork.artifacts += event.payload.artifacts
        }
        fork.project = state.workspace?.project ?? state.project ?? ""
        fork.draft = Draft(after: state, at: now)
        try go(on: &fork.draft, order)
        return fork
    }

    /// What is recorded of the fork itself.
    private func go(on draft: inout Draft, _ order: ForkOrder) throws(ServiceError) {
        guard let snapshot = draft.state.lastSnapshot else { throw .invalid("Run '\(run)' has no files yet.") }
        if case .finished(.achieved, _) = draft.state.phase {
            throw .invalid(
                "Run '\(run)' has reached its goal at event \(draft.state.sequence), so there is nothing to go on with. Fork "
                    + "it at an earlier one."
            )
        }
        let isolation = order.isolation ?? draft.state.pipeline?.workspace.isolation ?? .copy
        let own = isolation == .none ? WorkspacePolicy.Isolation.copy : isolation
        draft.add([.runForked(ForkPoint(snapshot: snapshot, isolation: own, by: order.person))])
        do throws(Refusal) {
            if draft.state.isFinished { try draft.decide(.reopen(by: order.person)) }
            let change = SettingsChange(model: order.model, instructions: order.instructions, by: order.person)
            try draft.decide(.changeSettings(change))
            if let limits = order.limits, limits != draft.state.limits {
                try draft.decide(.changeLimits(limits, by: order.person))
            }
            if let message = order.message { try draft.decide(.addMessage(message, by: order.person)) }
        } catch {
            throw .refused(error)
        }
    }
}

extension Draft {
    fileprivate mutating func decide(_ command: RunCommand) throws(Refusal) {
        add(try state.decide(command, at: at))
    }
}

extension Event.Payload {
    /// The snapshots that the event refers to.
    fileprivate var snapshots: [SnapshotID] {
        switch self {
        case .workspaceOpened(let workspace, let start): [start] + (workspace.heldOut.map { [$0] } ?? [])
        case .checkStarted(_, let snapshot): [snapshot]
        case .callFinished(_, let output): output.snapshot.map { [$0] } ?? []
        case .rolledBack(let back): [back.snapshot, back.replaced]
        case .runForked(let fork): [fork.snapshot]
        case .changesApplied(let applied): [applied.from, applied.to]
        default: []
        }
    }

    /// The outputs that the event refers to.
    fileprivate var artifacts: [Digest] {
        switch self {
        case .callFinished(_, let output): output.images.map(\.digest) + (output.whole.map { [$0] } ?? [])
        case .checkFinished(_, let result): result.report.map { [$0] } ?? []
        default: []
        }
    }
}
