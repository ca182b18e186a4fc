import PipelineKit

extension EffectRunner {
    /// All hooks that are for a run: the operator's before those of the pipeline.
    func hooks(_ pipeline: Pipeline?, _ workspace: Workspace?) -> Hooks {
        let own = pipeline?.hooks ?? Hooks()
        return policy?.current(for: workspace).hooks.map { $0.joined(own) } ?? own
    }

    func caller(_ run: LiveRun, _ workspace: Workspace) -> HookCaller {
        HookCaller(run: run.id, workspace: workspace, runner: hookRunner, redactor: redactor)
    }

    /// Asks the hooks about a call, and records what they made of it together with what the rules say of that.
    func assess(_ id: CallID, of run: LiveRun) async throws(ServiceError) {
        let state = await run.state
        guard let call = state.calls[id], call.stage == .assessing, let workspace = state.workspace,
            let assessor = CallAssessor(run.modules, state, policy)
        else { return }
        let names = run.modules.registry.tools[ModuleID(call.proposed.call.tool)]?.names ?? []
        let asked = hooks(state.pipeline, workspace).beforeCall.filter { $0.isFor(names) }
        guard let (said, stop) = await caller(run, workspace).askBefore(call.proposed, asked) else { return }
        fault("hooks.asked")
        if let stop {
            try await run.record(.cancel(by: "a hook", reason: stop))
            return
        }
        var (hooked, written) = (said, call.proposed.call)
        if let arguments = hooked.arguments { written.arguments = arguments }
        let assessed = assessor.assess(written, id, asking: hooked.decision == .ask ? hooked.reason : nil)
        hooked.reach = assessed.proposed.reach
        hooked.policy = assessed.proposed.policy
        try await run.record(.assessCall(assessed, hooked), andNext: true)
    }

    /// Tells the hooks what a call gave.
    ///
    /// - Returns: `nil` when this process is about to end.
    func tellHooks(_ work: CallInHand, _ output: ToolOutput, _ run: LiveRun) async -> (ToolOutput, stop: String?)? {
        let all = work.hooks.map { (policy?.current(for: work.workspace).hooks ?? Hooks()).joined($0) }
        guard let all = all ?? policy?.current(for: work.workspace).hooks, !all.afterCall.isEmpty else {
            return (output, nil)
        }
        let names = run.modules.registry.tools[ModuleID(work.call.proposed.call.tool)]?.names ?? []
        let told = all.afterCall.filter { $0.isFor(names) }
        return await caller(run, work.workspace).tellAfter(work.call.proposed, output, told)
    }

    /// Asks the hooks whether a run may go on in its new workspace.
    ///
    /// - Returns: why not; `nil` when it may.
    func refusalToStart(_ state: RunState, _ workspace: Workspace, _ run: LiveRun) async -> Failure? {
        for hook in hooks(state.pipeline, workspace).runStart {
            guard let reply = await caller(run, workspace).ask(hook, "SessionStart", ["source": "startup"]) else {
                return Failure(.cancelled, "This process ends.")
            }
            if let stop = reply.stop { return Failure(.denied, stop) }
            guard reply.decision == .deny else { continue }
            return Failure(.denied, "The hook '\(hook.run.name)' keeps the run from starting: \(reply.reason)")
        }
        return nil
    }

    /// Whether there are hooks to tell when a run ends.
    func tellsEnd(of state: RunState) -> Bool {
        guard let workspace = state.workspace else { return false }
        return !hooks(state.pipeline, workspace).runEnd.isEmpty
    }

    /// Tells the hooks how a run ended, once; those that fail are recorded.
    func tellEnd(of run: LiveRun) async throws(ServiceError) {
        let state = await run.state
        guard let workspace = state.workspace, case .finished(let status, let reason) = state.phase else { return }
        for hook in hooks(state.pipeline, workspace).runEnd {
            let input: [String: JSONValue] = ["reason": .string(status.rawValue), "words": .string(reason)]
            guard let reply = await caller(run, workspace).ask(hook, "SessionEnd", input) else { return }
            guard reply.decision == .deny else { continue }
            try await run.record(
                .noteHook(HookFailure(hook: hook.run.name, moment: "run_end", reason: reply.reason))
            )
        }
    }
}
