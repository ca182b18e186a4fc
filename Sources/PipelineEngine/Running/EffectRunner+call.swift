import PipelineKit

extension EffectRunner {
    func call(_ id: CallID, of run: LiveRun) async throws(ServiceError) {
        guard let work = await run.takeCall(id) else { return }
        let workspace: Workspace
        do throws(Failure) {
            workspace = try await confined(work.workspace, of: run)
        } catch {
            return try await giveUp(error, run)
        }
        if !work.isBegun {
            guard try await !isStopped(work, of: run) else { return }
            // Whoever began it is gone, and what they had not finished writing is no part of the workspace.
            if work.call.stage == .started { await keeper.removeDrafts(in: work.workspace) }
            guard try await run.record(.beginCall(id, shown: work.shown)).allSatisfy(\.isCallStart) else { return }
        }
        fault("call.started")
        guard let output = await output(of: work, in: workspace, run) else { return }
        if let request = output.request { return try await hold(work, request, in: workspace, run) }
        guard let (told, stop) = await tellHooks(work, output, run) else { return }
        fault("call.finished")
        try await finish(work, told, in: workspace, stop, run)
    }

    /// Carries the call out; `nil` when this process ends before it has.
    @inline(never)
    private func output(of work: CallInHand, in workspace: Workspace, _ run: LiveRun) async -> ToolOutput? {
        let id = work.call.proposed.id
        let pieces = redactor.pieces()
        let context = ToolContext(
            workspace: workspace,
            progress: { self.show(pieces?.next($0) ?? $0, of: id, run.id) },
            transport: transport,
            secrets: secrets,
            now: clock.now,
            answer: work.call.input,
            agents: CallAgents(desk: agents, run: run, call: id, workspace: workspace, clock: clock),
            check: { () async throws(Failure) in try await self.check(run, asked: id) }
        )
        defer { if let pieces { show(pieces.end(), of: id, run.id) } }
        do throws(Failure) {
            return try await work.output(in: context)
        } catch {
            // Cancelled means that this process ends; whoever takes the run up finds the call open.
            return error.kind == .cancelled ? nil : ToolOutput(error.message, isError: true)
        }
    }

    /// Records what the call gave.
    ///
    /// - Parameter stop: Why a hook ends the run; `nil` when none does.
    private func finish(
        _ work: CallInHand,
        _ output: ToolOutput,
        in workspace: Workspace,
        _ stop: String?,
        _ run: LiveRun
    ) async throws(ServiceError) {
        let id = work.call.proposed.id
        var output = output
        if let refusal = try await noteNetwork(of: id, in: workspace, run) { output.text += "\n\(refusal)" }
        var (recorded, artifacts) = RecordedOutput.recording(redactor.clean(output))
        if !work.call.proposed.isRepeatable { recorded.snapshot = await files(after: id, work.workspace, run.id) }
        try await run.record(.finishCall(id, recorded), artifacts: artifacts, andNext: stop == nil)
        if let stop { try await run.record(.cancel(by: "a hook", reason: stop)) }
    }

    /// Records what the call reached.
    ///
    /// - Returns: what it was kept from reaching, for the model.
    private func noteNetwork(of id: CallID, in workspace: Workspace, _ run: LiveRun) async throws(ServiceError)
        -> String?
    {
        guard let walls = workspace.confinement else { return nil }
        let report = NetworkReport(.call(id), sandboxes.takeNetworkUse(of: walls))
        try await note(report, run)
        return report.refusal
    }

    /// Asks a person what the call cannot go on without.
    private func hold(
        _ work: CallInHand,
        _ request: InputRequest,
        in workspace: Workspace,
        _ run: LiveRun
    ) async throws(ServiceError) {
        let id = work.call.proposed.id
        let cleaned: InputRequest
        do throws(Failure) {
            cleaned = try redactor.clean(request)
        } catch {
            return try await finish(work, ToolOutput(error.message, isError: true), in: workspace, nil, run)
        }
        _ = try await noteNetwork(of: id, in: workspace, run)
        fault("call.asked")
        try await run.record(.holdCall(id, cleaned))
    }

    /// Looks again at a call on which another version of the operator's policy decided.
    ///
    /// - Returns: whether it is not to begin now.
    private func isStopped(_ work: CallInHand, of run: LiveRun) async throws(ServiceError) -> Bool {
        guard policy != nil || work.call.proposed.policy != nil else { return false }
        let state = await run.state
        guard work.call.stage == .ready, work.call.proposed.policy != policy?.current(for: state.workspace).version,
            let assessor = CallAssessor(run.modules, state, policy)
        else { return false }
        let assessed = assessor.assess(work.call.proposed.call, work.call.proposed.id)
        return try await !run.record(.reassessCall(assessed)).isEmpty
    }

    /// What the workspace is after a call that may have written; `nil` when it cannot be told, which is no fault of the
    /// call.
    @inline(never)
    private func files(after call: CallID, _ workspace: Workspace, _ run: RunID) async -> SnapshotID? {
        do throws(Failure) {
            let snapshot = try await keeper.snapshot(workspace, of: run)
            fault("call.snapshot")
            return snapshot
        } catch {
            if error.kind != .cancelled {
                let reason = redactor.clean(error.message)
                show("\nThe files were not looked at after this: \(reason)\n", of: call, run)
            }
            return nil
        }
    }

    private func show(_ piece: String, of id: CallID, _ run: RunID) {
        if !piece.isEmpty { emit(run, .call(id, output: piece)) }
    }

    /// Judges the goal as it stands, for a tool; nothing is recorded but what its gates reached.
    private func check(_ run: LiveRun, asked call: CallID) async throws(Failure) -> Verdict {
        var state = await run.state
        guard let workspace = state.workspace else { throw Failure(.unavailable, "The run has no workspace yet.") }
        // What is held out is not there to be asked again and again.
        state.facts.workspace?.heldOut = nil
        let snapshot = try await keeper.snapshot(workspace, of: run.id)
        let baseline: CheckReport
        do throws(ServiceError) {
            baseline = try await report(of: state.baseline)
        } catch {
            throw Failure(.unavailable, "\(error)")
        }
        let rooms = GateRooms(state, of: run.id, sandboxes, scratch)
        let judgement = try await judge(state, at: snapshot, of: run, in: rooms)
        do throws(ServiceError) {
            try await note(NetworkReport(.call(call), judgement.network), run)
        } catch {
            throw Failure(.unavailable, "\(error)")
        }
        return judgement.verdict.compared(toBaseline: baseline.cases)
    }
}

extension Event.Payload {
    fileprivate var isCallStart: Bool {
        if case .callStarted = self { true } else { false }
    }
}

extension RecordedOutput {
    /// The most bytes of an output that an event, and so the model, gets: half from its head, half from its tail.
    static let mostBytes = 16_000

    /// The output as it is recorded, and what is kept beside it: its images, and the whole of it when that is more.
    static func recording(_ output: ToolOutput) -> (RecordedOutput, [Artifact]) {
        let output = naming(output)
        var (recorded, whole) = capping(output)
        let images = output.images.map { Artifact($0.bytes) }
        recorded.images = zip(output.images, images).map {
            RecordedImage($0.mediaType, size: $0.bytes.count, digest: $1.digest)
        }
        return (recorded, [whole].compactMap(\.self) + images)
    }

    private static func capping(_ output: ToolOutput) -> (RecordedOutput, Artifact?) {
        guard output.text.utf8.count > mostBytes else {
            return (RecordedOutput(text: output.text, exitCode: output.exitCode, isError: output.isError), nil)
        }
        let bytes = Array(output.text.utf8)
        let whole = Artifact(bytes)
        let head = String(decoding: bytes.prefix(mostBytes / 2), as: UTF8.self)
        let tail = String(decoding: bytes.suffix(mostBytes / 2), as: UTF8.self)
        let text = "\(head)\n[... \(bytes.count - mostBytes) bytes left out ...]\n\(tail)"
        let recorded = RecordedOutput(
            text: text,
            exitCode: output.exitCode,
            isError: output.isError,
            whole: whole.digest
        )
        return (recorded, whole)
    }
}
