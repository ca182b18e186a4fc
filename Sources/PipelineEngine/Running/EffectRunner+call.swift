import PipelineKit

extension EffectRunner {
    func call(_ id: CallID, of run: LiveRun) async throws(ServiceError) {
        let (state, isBegun) = await run.takeBegunCall(id)
        guard let call = state.calls[id], let pipeline = state.pipeline, let workspace = state.workspace else { return }
        if !isBegun {
            // Whoever began it is gone, and what they had not finished writing is no part of the workspace.
            if call.stage == .started { await keeper.removeDrafts(in: workspace) }
            let shown = call.isBound ? CallSubject(call.proposed.call, state, pipeline).digest : nil
            guard try await run.record(.beginCall(id, shown: shown)).allSatisfy(\.isCallStart) else { return }
        }
        fault("call.started")
        let context = ToolContext(
            workspace: workspace,
            progress: { emit(run.id, .call(id, output: $0)) },
            check: { () async throws(Failure) in try await check(run) }
        )
        let output: ToolOutput
        do throws(Failure) {
            output = try await carryOut(call.proposed.call, pipeline, run.toolbox, context)
        } catch {
            // Cancelled means that this process ends; whoever takes the run up finds the call open.
            guard error.kind != .cancelled else { return }
            output = ToolOutput(error.message, isError: true)
        }
        fault("call.finished")
        let (recorded, whole) = RecordedOutput.capping(output)
        try await run.record(.finishCall(id, recorded), artifacts: whole.map { [$0] } ?? [], andNext: true)
    }

    private func carryOut(
        _ call: ToolCall,
        _ pipeline: Pipeline,
        _ toolbox: Toolbox,
        _ context: ToolContext
    ) async throws(Failure) -> ToolOutput {
        let tool = try toolbox.tool(try registry.tool(ModuleID(call.tool)), pipeline)
        let arguments: JSONValue
        do throws(JSONError) {
            arguments = try JSONValue(parsing: call.arguments.isEmpty ? "{}" : call.arguments)
        } catch {
            throw Failure(.invalidInput, "The arguments of '\(call.tool)' are not JSON: \(error)")
        }
        return try await tool.call(arguments, context)
    }

    /// Judges the goal as it stands, for a tool; nothing is recorded.
    private func check(_ run: LiveRun) async throws(Failure) -> Verdict {
        let state = await run.state
        guard let workspace = state.workspace else { throw Failure(.unavailable, "The run has no workspace yet.") }
        let snapshot = try await keeper.snapshot(workspace, of: run.id)
        let baseline: [TestCase]
        do throws(ServiceError) {
            baseline = try await cases(of: state.baseline)
        } catch {
            throw Failure(.unavailable, "\(error)")
        }
        return try await judge(state, at: snapshot, of: run).verdict.compared(toBaseline: baseline)
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

    /// The output as it is recorded, and the whole of it when that is more.
    static func capping(_ output: ToolOutput) -> (RecordedOutput, Artifact?) {
        let bytes = Array(output.text.utf8)
        guard bytes.count > mostBytes else {
            return (RecordedOutput(text: output.text, exitCode: output.exitCode, isError: output.isError), nil)
        }
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
