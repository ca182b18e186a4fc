import PipelineKit

extension EffectRunner {
    /// How commands of a run will be confined, tried for real.
    ///
    /// - Throws: ``Failure`` when the pipeline requires what cannot be had.
    func sandbox(for state: RunState) async throws(Failure) -> SandboxLevel? {
        guard let pipeline = state.pipeline else { return nil }
        let asked = sandboxes.asked(pipeline)
        guard asked != .off else { return .open("The pipeline turns the sandbox off.") }
        do throws(Failure) {
            try await sandboxes.check()
            return .confined
        } catch  where asked == .preferred && error.kind != .cancelled {
            return .open(redactor.clean(error.message))
        }
    }

    /// The workspace of a run with what confines commands in it.
    ///
    /// - Throws: ``Failure`` when the run was confined when it began and cannot be now: it is never less than that.
    func confined(_ workspace: Workspace, of run: LiveRun) async throws(Failure) -> Workspace {
        guard workspace.sandbox?.isConfined == true else { return workspace }
        var walls = await run.walls
        if walls == nil {
            walls = try await run.building.pass { () async throws(Failure) in try await self.walls(of: run, workspace) }
        }
        var workspace = workspace
        workspace.confinement = walls
        return workspace
    }

    private func walls(of run: LiveRun, _ workspace: Workspace) async throws(Failure) -> Confinement? {
        if let walls = await run.walls { return walls }
        guard let policy = await run.state.pipeline?.workspace else { return nil }
        let walls = try await sandboxes.walls(for: run.id, workspace, policy, .calls)
        await run.put(up: walls)
        return walls
    }

    /// Records what commands reached, and were kept from reaching.
    func note(_ report: NetworkReport, _ run: LiveRun) async throws(ServiceError) {
        if !report.uses.isEmpty { try await run.record(.noteNetwork(report)) }
    }

    /// Takes down what was put up for a run that this process works on no longer.
    func leave(_ run: LiveRun) async {
        run.modules.unequip()
        if let walls = await run.takeWalls() { await sandboxes.takeDown(walls) }
        if await run.state.isFinished { await sandboxes.discard(run.id) }
    }
}
