import PipelineKit

// Runs that do the work of calls and steps of other runs.
extension RunKeeper {
    /// Ends the runs that work for a run, if it has ended. One that is missed is ended when somebody finds it (``isLed(_:)``).
    func endAgents(of id: RunID) async {
        guard let state = try? await state(of: id) else { return }
        await endAgents(of: state)
    }

    /// The same, of a run as it is known.
    func endAgents(of state: RunState) async {
        guard state.isFinished, let run = state.start?.run else { return }
        let agents = state.calls.all.compactMap { $0.agentIsOver ? nil : $0.agent }
        for led in agents + (state.steps?.runs ?? []) {
            // One that has ended, or was not begun, refuses.
            do throws(ServiceError) { try await settle(.endAgent(of: run), of: led) } catch {}
        }
    }

    /// Whether a run is left to the one that it works for, which carries it on; it is ended when that one has ended.
    func isLed(_ run: LiveRun) async throws(ServiceError) -> Bool {
        guard let parent = await run.state.start?.parent else { return false }
        if try await state(of: parent.run).isFinished { try await run.send(.endAgent(of: parent.run)) }
        return true
    }
}

extension RunCommand {
    fileprivate static func endAgent(of run: RunID) -> RunCommand {
        .cancel(by: "run \(run)", reason: "Run \(run), which it worked for, has ended.")
    }
}
