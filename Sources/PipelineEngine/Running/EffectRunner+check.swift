import PipelineKit

extension EffectRunner {
    func check(_ name: CheckName, of run: LiveRun) async throws(ServiceError) {
        let state = await run.state
        guard let workspace = state.workspace else { return }
        let rooms = GateRooms(state, of: run.id, sandboxes, scratch)
        if !mayBeKnown(name, state, judgedHere: await run.judged) { await rooms.prepare(for: workspace, keeper) }
        let result: Result<Void, ServiceError>
        do throws(ServiceError) { result = .success(try await check(name, in: workspace, of: run, rooms)) } catch {
            result = .failure(error)
        }
        await rooms.leave()
        try result.get()
    }

    private func check(
        _ name: CheckName,
        in workspace: Workspace,
        of run: LiveRun,
        _ rooms: GateRooms
    ) async throws(ServiceError) {
        let snapshot: SnapshotID
        do throws(Failure) {
            snapshot = try await keeper.snapshot(workspace, of: run.id)
        } catch {
            return try await giveUp(error, run)
        }
        fault("check.snapshot")
        try await run.record(.beginCheck(name, snapshot: snapshot))
        fault("check.started")
        guard let (result, report) = try await found(name, await run.state, at: snapshot, of: run, rooms) else {
            return
        }
        fault("check.judged")
        try await run.record(.finishCheck(name, result), artifacts: report.map { [$0] } ?? [], andNext: true)
    }

    /// The result of judging, with all cases as an artifact; `nil` when this process ends before there is one.
    @inline(never)
    private func found(
        _ name: CheckName,
        _ state: RunState,
        at snapshot: SnapshotID,
        of run: LiveRun,
        _ rooms: GateRooms
    ) async throws(ServiceError) -> (CheckResult, Artifact?)? {
        if let known = known(name, state, at: snapshot, judgedHere: await run.judged) { return (known, nil) }
        let baseline = try await report(of: state.baseline)
        let earlier = name.round > 1 ? try await verdict(of: state.lastCheck) : nil
        let before = try await earlierCases(name, state, baseline: baseline.cases)
        let judgement: Judgement
        let desk = JudgeDesk(run, name, self)
        do throws(Failure) {
            judgement = try await judge(state, at: snapshot, of: run, in: rooms, asking: desk, after: before)
        } catch {
            if try desk.hasEnded { return nil }
            return error.kind == .cancelled ? nil : (CheckResult(unanswered: redactor.clean(error)), nil)
        }
        if try desk.hasEnded { return nil }
        await run.noteJudged(name.iteration)
        try await note(NetworkReport(.check(name), judgement.network), run)
        return judgement.result(baseline: baseline, confirming: earlier)
    }

    /// The result of the check before, when another one would find the same: it failed, nothing was done since, and its
    /// gates look at nothing but the files.
    private func known(
        _ name: CheckName,
        _ state: RunState,
        at snapshot: SnapshotID,
        judgedHere judged: Int?
    ) -> CheckResult? {
        guard mayBeKnown(name, state, judgedHere: judged), let iteration = state.unchangedSince,
            state.snapshots[iteration] == snapshot, var result = state.lastCheck
        else { return nil }
        result.unchangedSince = iteration
        return result
    }

    /// Whether only the files can tell that another check has to be made.
    ///
    /// - Parameter judged: What this process has judged last. Before another one took the run up, a person may have
    ///   installed what was missing, and files do not tell.
    private func mayBeKnown(_ name: CheckName, _ state: RunState, judgedHere judged: Int?) -> Bool {
        guard name.round == 1, let iteration = state.unchangedSince, iteration == judged,
            state.lastCheck?.outcome == .failed, let goal = state.pipeline?.goal
        else { return false }
        return goal.judge.gates(at: FieldPath()).allSatisfy { gate in
            (try? registry.gate(gate.id).make(gate.settings))?.dependsOnFilesAlone == true
        }
    }

    /// Makes the files what they were when they scored most. Doing so again does no harm, so it is recorded after it is true.
    func keepBest(_ iteration: Int, of run: LiveRun) async throws(ServiceError) {
        let state = await run.state
        guard let workspace = state.workspace, let snapshot = state.snapshots[iteration] else { return }
        do throws(Failure) {
            try await keeper.restore(snapshot, into: workspace, of: run.id)
        } catch {
            return try await giveUp(error, run)
        }
        fault("best.restored")
        try await run.record(.keepBest)
    }

    /// The verdict of the check that is to be confirmed: it held, or there would be no other round.
    private func verdict(of check: CheckResult?) async throws(ServiceError) -> Verdict? {
        guard let check, check.holds else { return nil }
        return Verdict(.passed, check.reason, cases: try await report(of: check).cases)
    }

    /// All that an earlier check found; nothing when it kept nothing.
    func report(of check: CheckResult?) async throws(ServiceError) -> CheckReport {
        guard let digest = check?.report else { return CheckReport() }
        let bytes: [UInt8]?
        do throws(StoreError) { bytes = try await store.artifact(digest) } catch { throw .store(error) }
        guard let bytes, let json = try? JSONValue(parsing: bytes), let report = CheckReport(json) else {
            throw .store(.unreadable("The report \(digest) of an earlier check is missing or damaged."))
        }
        return report
    }
}

extension Judgement {
    /// What is recorded of it, with all cases as an artifact; not inlined, as its caller waits with all that it holds.
    @inline(never)
    fileprivate func result(baseline: CheckReport, confirming earlier: Verdict?) -> (CheckResult, Artifact?) {
        let now = verdict.compared(toBaseline: baseline.cases, heldOut: baseline.heldOut)
        let verdict = earlier?.confirmed(by: now) ?? now
        let all = CheckReport(verdict)
        let report = all.isEmpty ? nil : Artifact(all.json.encoded())
        return (CheckResult(verdict, refused: refused, report: report?.digest), report)
    }
}
