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
        let outcome: AgentOutcome?
        do throws(ServiceError) {
            try await begin(order, agent)
            if let answer { try await AgentQuestion.bring(answer, to: id, runs.keeper) }
            outcome = try await self.outcome(of: try await agent.carryOn(), order, agent)
        } catch {
            throw Failure(Task.isCancelled ? .cancelled : .unavailable, "The agent '\(order.name)': \(error)")
        }
        // A call that is left open is taken up by the process that goes on.
        guard let outcome else { throw Failure(.cancelled, "The agent '\(order.name)' is left to another process.") }
        return outcome
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
        of stop: LedRun.Stop,
        _ order: AgentOrder,
        _ agent: LedRun
    ) async throws(ServiceError) -> AgentOutcome? {
        switch stop {
        case .ended(let state): .ended(try await report(of: state, agent))
        case .asks(let asked): .asks(AgentQuestion.request(asked, "The agent '\(order.name)'", agent.id))
        case .leftOpen: nil
        }
    }

    private func report(of state: RunState, _ agent: LedRun) async throws(ServiceError) -> AgentReport {
        // First, so that it is counted whatever comes of the files; they may be brought over twice without harm.
        try await run.record(.finishAgent(call, spent: state.spent))
        let changes =
            switch try await agent.handOver(state) {
            case .inPlace: ""
            case .brought(let sentence), .left(let sentence): sentence
            }
        return AgentReport(
            run: agent.id,
            isAchieved: state.status == .achieved,
            status: state.status.words,
            reason: state.endReason,
            words: state.lastWords,
            changes: changes
        )
    }
}
