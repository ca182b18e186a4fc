import PipelineKit

/// Carries out one effect, off the actor, and brings the result back to the run as a command.
///
/// A class, because whoever works holds it all the time: it is as large as all that the engine is made of.
final class EffectRunner: Sendable {
    let registry: Registry
    let keeper: any WorkspaceKeeper
    let sandboxes: any SandboxKeeper
    let transport: any HTTPTransport
    let secrets: SecretResolver
    let redactor: Redactor
    let store: any EventStore
    let clock: EngineClock
    let scratch: Scratch
    /// Takes what passes by and is recorded nowhere.
    let emit: @Sendable (RunID, LivePiece) -> Void
    /// From 0 up to 1, for the jitter of retries.
    let random: @Sendable () -> Double
    let fault: FaultPoint
    /// The operator's; `nil` where there is none.
    let policy: PolicyFile?
    let hookRunner: (any HookRunner)?
    let agents = AgentDesk()
    let tokens: RunTokens

    init(_ parts: EngineParts, emit: @escaping @Sendable (RunID, LivePiece) -> Void) {
        registry = parts.registry
        keeper = parts.workspaces
        sandboxes = parts.sandboxes
        transport = parts.transport
        secrets = parts.secrets
        redactor = parts.redactor
        store = parts.store
        clock = parts.clock
        scratch = Scratch(root: parts.scratch)
        random = parts.random
        fault = parts.fault
        policy = parts.policy
        hookRunner = parts.hooks
        tokens = RunTokens(documents: DocumentService(store: parts.documents))
        self.emit = emit
    }

    /// - Throws: ``ServiceError/refused(_:)`` when the run has moved on meanwhile.
    func carryOut(_ effect: Effect, of run: LiveRun) async throws(ServiceError) {
        if !run.modules.isEquipped, effect.needsModules, let failure = try await equip(run) {
            return try await giveUp(failure, run)
        }
        switch effect {
        case .openWorkspace: try await openWorkspace(of: run)
        case .check(let name): try await check(name, of: run)
        case .ask(let turn, let attempt, let notBefore):
            if let notBefore { await clock.sleep(notBefore) }
            guard !Task.isCancelled else { return }  // what a process that ends still recorded would count as spent
            try await ask(turn, attempt, of: run)
        case .assess(let id): try await assess(id, of: run)
        case .call(let id): try await call(id, of: run)
        case .step(let place): try await step(place, of: run)
        case .keepBest(let iteration): try await keepBest(iteration, of: run)
        case .wake(let approval, _): try await run.record(.expire(approval))
        }
    }

    /// Gets what the run's pipeline brings along, as soon as there is a workspace.
    ///
    /// - Returns: what cannot be had.
    @inline(never)
    private func equip(_ run: LiveRun) async throws(ServiceError) -> Failure? {
        let state = await run.state
        guard let pipeline = state.pipeline, let workspace = state.workspace else { return nil }
        let missing: [Failure]
        do throws(Failure) {
            missing = try await run.modules.equip(for: pipeline, redactor) { () async throws(Failure) in
                try await self.confined(workspace, of: run)
            }
        } catch {
            return error
        }
        guard !missing.isEmpty else { return nil }
        try await run.record(.report(missing.map { .output(.stderr, goingWithout($0)) }))
        return nil
    }

    private func goingWithout(_ failure: Failure) -> String {
        "\(redactor.clean(failure.message).shortened(to: 4_000)) As it is optional, the run goes without it.\n"
    }

    private func openWorkspace(of run: LiveRun) async throws(ServiceError) {
        let state = await run.state
        guard let order = state.workspaceOrder else { return }
        var opened: OpenedWorkspace
        do throws(Failure) {
            let sandbox = try await sandbox(for: state)
            opened = try await keeper.open(order, for: run.id)
            opened.workspace.sandbox = sandbox
        } catch {
            return try await giveUp(error, run)
        }
        fault("workspace.opened")
        if let refusal = await refusalToStart(state, opened.workspace, run) { return try await giveUp(refusal, run) }
        try await run.record(.openWorkspace(opened.workspace, start: opened.start))
    }

    /// Ends the run over something without which it cannot go on, unless it is only this process that ends.
    func giveUp(_ failure: Failure, _ run: LiveRun) async throws(ServiceError) {
        guard failure.kind != .cancelled else { return }
        try await run.record(.fail(redactor.clean(failure)))
    }

    /// Judges the goal in the tree that counts, one check of the run at a time.
    ///
    /// - Parameters:
    ///   - desk: Asks models for its gates; `nil` where none may be asked.
    ///   - before: What its gates may know of earlier checks.
    func judge(
        _ state: RunState,
        at snapshot: SnapshotID,
        of run: LiveRun,
        in rooms: GateRooms,
        asking desk: JudgeDesk? = nil,
        after before: EarlierCases = EarlierCases()
    ) async throws(Failure) -> Judgement {
        try await run.checks.pass { () async throws(Failure) in
            try await GoalJudge(
                registry: run.modules.registry,
                keeper: keeper,
                sandboxes: sandboxes,
                scratch: scratch,
                redactor: redactor,
                ask: desk?.asker,
                rooms: rooms,
                before: before,
                emit: emit
            ).judge(state, at: snapshot, of: run.id)
        }
    }
}

extension Effect {
    /// Whether modules may be used to carry it out.
    fileprivate var needsModules: Bool {
        switch self {
        case .openWorkspace, .keepBest, .wake: false
        case .check, .ask, .assess, .call, .step: true
        }
    }
}
