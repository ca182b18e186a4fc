public import PipelineKit

/// What a run is forked with; `nil` for what stays as it was.
public struct ForkOrder: Sendable {
    /// The run whose history is the beginning.
    public var original: RunID
    /// The last event that both have; `nil` for the last there is.
    public var sequence: Int?
    /// Whether the nearest event before may stand in for one at which nobody knows the files.
    public var takesNearest: Bool
    /// The name of the new run.
    public var run: RunID
    public var model: ModelName?
    public var limits: Limits?
    public var instructions: String?
    /// Something to say to the model.
    public var message: String?
    /// Where the new run works; `nil` as the other one does, or in a copy when that works in the project itself.
    public var isolation: WorkspacePolicy.Isolation?
    /// The contract or command that asks: `cli`.
    public var origin: String
    /// The name of the key of whoever asks; `nil` for that of the other run.
    public var key: String?
    public var person: String

    public init(
        of original: RunID,
        at sequence: Int? = nil,
        takesNearest: Bool = false,
        as run: RunID = .new(),
        model: ModelName? = nil,
        limits: Limits? = nil,
        instructions: String? = nil,
        message: String? = nil,
        isolation: WorkspacePolicy.Isolation? = nil,
        origin: String,
        key: String? = nil,
        by person: String
    ) {
        self.original = original
        self.sequence = sequence
        self.takesNearest = takesNearest
        self.run = run
        self.model = model
        self.limits = limits
        self.instructions = instructions
        self.message = message
        self.isolation = isolation
        self.origin = origin
        self.key = key
        self.person = person
    }
}

extension RunService {
    /// Begins a run with the history of another one, up to an event; nothing is carried out yet.
    ///
    /// The new run has its own workspace, which is made when it is carried on, and its own spending from there on; what
    /// the other run had spent counts against its limits, and against no account again. The other run is not changed.
    ///
    /// - Returns: the sequence of the last event that both have.
    /// - Throws: ``ServiceError/invalid(_:)`` when it cannot begin there, with where it could.
    public func fork(_ order: ForkOrder) async throws(ServiceError) -> Int {
        let original = try await ForkedHistory.read(order.original, in: parts.store)
        let end = try original.end(for: order)
        var fork = try original.fork(order, upTo: end, at: parts.clock.now())
        try await check(fork.draft.state)
        let hold: WorkspaceHold
        do throws(Failure) {
            hold = try await parts.workspaces.pin(fork.snapshots, of: fork.project, for: order.run)
        } catch {
            throw .invalid(error.message)
        }
        defer { withExtendedLifetime(hold) {} }
        parts.fault("fork.pinned")
        fork.rows += fork.draft.rows
        let batch = Batch(
            run: order.run,
            events: fork.rows,
            summary: RunSummary(fork.draft.state, run: order.run),
            references: fork.artifacts
        )
        do throws(StoreError) { try await parts.store.append(batch) } catch .conflict {
            throw .refused(.alreadyStarted)
        } catch {
            throw .store(error)
        }
        parts.fault("fork.recorded")
        for event in fork.events + fork.draft.events { feed.publish(.event(order.run, event)) }
        return end
    }

    private func check(_ state: RunState) async throws(ServiceError) {
        guard let pipeline = state.currentPipeline else { return }
        let shared = try await parts.budget.anyLimit(ofKey: state.start?.key)
        do throws(Failure) {
            try Readiness(parts.registry, secrets: parts.secrets).check(pipeline, sharing: shared)
        } catch {
            throw .invalid(error.message)
        }
    }
}
