import PipelineKit

/// Has another run do the work of a call.
///
/// That run is named after the call, so it is one and the same whoever makes the call, and however often: a process that
/// takes the call up goes on with it. It works for the run of the call alone: what it asks is asked there, what it spends
/// is spent there, and it ends when that one ends.
struct CallAgents: AgentRunner {
    let desk: AgentDesk
    let run: LiveRun
    let call: CallID
    let workspace: Workspace
    let clock: EngineClock

    func work(on order: AgentOrder, answer: InputAnswer?) async throws(Failure) -> AgentOutcome {
        guard let runs = desk.runs else { return try NoAgents().work(on: order, answer: answer) }
        let place = ParentCall(run: run.id, call: call)
        do throws(ServiceError) {
            try await begin(order, place, runs)
            if let answer { try await AgentQuestion.bring(answer, to: place.agent, runs.keeper) }
            return try await outcome(of: try await carryOn(place.agent, runs), order, runs)
        } catch {
            throw Failure(Task.isCancelled ? .cancelled : .unavailable, "The agent '\(order.name)': \(error)")
        }
    }

    private func begin(_ order: AgentOrder, _ place: ParentCall, _ runs: RunService) async throws(ServiceError) {
        guard RunID.isName(place.agent.value) else {
            throw .invalid("'\(place.agent)' is too long a name for a run: agents of agents of agents end here.")
        }
        try await run.record(.beginAgent(call, AgentRun(run: place.agent, agent: order.name)))
        guard try await runs.summary(of: place.agent) == nil else { return }
        let state = await run.state
        let start = RunOrder(
            run: place.agent,
            pipeline: order.pipeline(for: state, at: clock.now()),
            inputs: ["task": .string(order.task)],
            project: workspace.path,
            origin: state.start?.origin ?? "",
            key: state.start?.key,
            parent: place
        )
        _ = try await runs.start(start)
    }

    /// Works until the agent has ended or asks what a person has to answer.
    private func carryOn(_ agent: RunID, _ runs: RunService) async throws(ServiceError) -> RunState {
        var patience = Self.patience
        while true {
            do throws(ServiceError) {
                let state = try await runs.keeper.carryOn(agent)
                guard let limit = state.limitReached else { return state }
                let no = Resolution(.rejected, by: "run \(run.id)", message: "")
                try await runs.keeper.settle(.resolve(limit, no, shown: nil), of: agent)
            } catch {
                // A process that died may hold it for as long as its claim lasts.
                guard case .busy = error, patience > 0, !Task.isCancelled else { throw error }
                patience -= 1
                await clock.sleep(clock.now() + Self.pause)
            }
        }
    }

    private static let patience = 60
    private static let pause = Duration.seconds(1)

    private func outcome(of state: RunState, _ order: AgentOrder, _ runs: RunService) async throws(ServiceError)
        -> AgentOutcome
    {
        guard case .finished(let status, let reason) = state.phase, let agent = state.start?.run else {
            guard let asked = state.pendingApprovals.first?.approval else {
                throw .broken("It was stopped before it had ended.")
            }
            return .asks(AgentQuestion.request(asked, order.name, state.start?.run))
        }
        // First, so that it is counted whatever comes of the files; they may be brought over twice without harm.
        try await run.record(.finishAgent(call, spent: state.spent))
        let changes = try await takeOver(state, status, agent, runs)
        return .ended(
            AgentReport(
                run: agent,
                isAchieved: status == .achieved,
                status: status.words,
                reason: reason,
                words: state.lastReply.count > 8_000 ? state.lastReply.prefix(8_000) + "…" : state.lastReply,
                changes: changes
            )
        )
    }

    /// Brings what the agent changed in a place of its own to the workspace of the call.
    ///
    /// - Returns: what became of it, in a sentence.
    private func takeOver(_ state: RunState, _ status: RunStatus, _ agent: RunID, _ runs: RunService)
        async throws(ServiceError) -> String
    {
        guard let place = state.workspace, place.path != workspace.path else { return "" }
        guard status == .achieved else { return "What it changed stays in its own place: its goal was not reached." }
        do throws(ServiceError) {
            guard case .done(let application, _) = try await runs.apply(agent, as: .files, by: "run \(run.id)") else {
                return "What it changed was brought here before."
            }
            return application.files == 0
                ? "It changed no file." : "\(application.files) files it changed were brought here."
        } catch .refused(let refusal) {
            return "What it changed was not brought here. \(refusal)"
        }
    }
}

extension RunState {
    /// The question whether a limit may be passed that the run it works for has given it, which nobody but that one may.
    fileprivate var limitReached: ApprovalID? {
        self.pendingApprovals.lazy.map(\.approval).first { approval in
            switch approval.subject {
            case .limit(.cost), .limit(.tokens), .limit(.wall): true
            case .limit, .call, .repetition, .input, .check, .plan: false
            }
        }?.id
    }
}
