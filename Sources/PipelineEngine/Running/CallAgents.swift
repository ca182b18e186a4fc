import PipelineKit

/// Has another run do the work of a call.
///
/// That run is named after the call, so it is one and the same whoever makes the call, and however often: a process that
/// takes the call up goes on with it.
struct CallAgents: AgentRunner {
    let desk: AgentDesk
    let run: LiveRun
    let call: CallID
    let workspace: Workspace
    let clock: EngineClock

    func work(on order: AgentOrder, answer: InputAnswer?) async throws(Failure) -> AgentOutcome {
        guard let runs = desk.runs else { return try NoAgents().work(on: order, answer: answer) }
        let id = run.id.agent(of: call)
        let agent = LedRun(id: id, parent: run, workspace: workspace, runs: runs, clock: clock)
        do throws(ServiceError) {
            try await begin(order, agent)
            if let answer { try await AgentQuestion.bring(answer, to: id, runs.keeper) }
            return try await outcome(of: try await agent.carryOn(), order, agent)
        } catch {
            throw Failure(Task.isCancelled ? .cancelled : .unavailable, "The agent '\(order.name)': \(error)")
        }
    }

    private func begin(_ order: AgentOrder, _ agent: LedRun) async throws(ServiceError) {
        guard RunID.isName(agent.id.value) else {
            throw .invalid("'\(agent.id)' is too long a name for a run: agents of agents of agents end here.")
        }
        try await run.record(.beginAgent(call, AgentRun(run: agent.id, agent: order.name)))
        try await agent.begin(as: .call(call), inputs: ["task": .string(order.task)]) { state in
            order.pipeline(for: state, at: clock.now())
        }
    }

    private func outcome(
        of state: RunState,
        _ order: AgentOrder,
        _ agent: LedRun
    ) async throws(ServiceError) -> AgentOutcome {
        guard case .finished(let status, let reason) = state.phase else {
            guard let asked = state.pendingApprovals.first?.approval else {
                throw .broken("It was stopped before it had ended.")
            }
            return .asks(AgentQuestion.request(asked, "The agent '\(order.name)'", agent.id))
        }
        // First, so that it is counted whatever comes of the files; they may be brought over twice without harm.
        try await run.record(.finishAgent(call, spent: state.spent))
        let changes =
            switch try await agent.handOver(state) {
            case .inPlace: ""
            case .brought(let sentence), .left(let sentence): sentence
            }
        return .ended(
            AgentReport(
                run: agent.id,
                isAchieved: status == .achieved,
                status: status.words,
                reason: reason,
                words: state.lastWords,
                changes: changes
            )
        )
    }
}
