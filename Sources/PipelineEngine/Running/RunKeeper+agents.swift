import PipelineKit

// Runs that do the work of calls of other runs.
extension RunKeeper {
    /// Ends the agents of a run, if it has ended. One that is missed is ended when somebody finds it (``isLed(_:)``).
    func endAgents(of id: RunID) async {
        guard let state = try? await state(of: id) else { return }
        await endAgents(of: state)
    }

    /// The same, of a run as it is known.
    func endAgents(of state: RunState) async {
        guard state.isFinished, let run = state.start?.run else { return }
        for call in state.calls.all where !call.agentIsOver {
            guard let agent = call.agent else { continue }
            // One that has ended, or was not begun, refuses.
            do throws(ServiceError) { try await settle(.endAgent(of: run), of: agent) } catch {}
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
