import PipelineKit

extension Decider {
    func beginTurn(_ intent: ModelIntent) throws(Refusal) -> [Event.Payload] {
        guard state.phase == .asking, state.blockingApproval == nil else { throw .outdated }
        if let open = state.intent { return [interrupted(open)] }
        guard intent.turn == state.turn + 1, intent.attempt == state.failedAttempts + 1 else { throw .outdated }
        if !state.iterationIsOpen, state.iteration >= state.iterationLimit {
            return end(with: outOfIterations(state.lastCheck), state.best)
        }
        if let over = overLimit(intent.reserved) { return [over] }
        let beginning: [Event.Payload] = state.iterationIsOpen ? [] : [.iterationStarted(state.iteration + 1)]
        return beginning + [.modelRequested(intent)]
    }

    /// The process that asked is gone, and nobody knows whether the service answered, and charged.
    private func interrupted(_ open: ModelIntent) -> Event.Payload {
        .modelFailed(turn: open.turn, attempt: open.attempt, Self.interruption, retryAt: now)
    }

    static var interruption: Failure {
        Failure(.unavailable, "The process that asked ended before the answer came.", mayHaveCost: true)
    }

    /// What becomes of the question to the model, if one is open, when the run is cancelled: nobody waits for the answer,
    /// and the service may charge for it all the same.
    var cutOff: Event.Payload? {
        let failure = Failure(.cancelled, "The run was cancelled before the answer came.", mayHaveCost: true)
        if let open = state.judgements.open {
            return .judgeFailed(number: open.number, attempt: open.attempt, failure)
        }
        return state.intent.map { .modelFailed(turn: $0.turn, attempt: $0.attempt, failure, retryAt: nil) }
    }

    func finishTurn(
        _ turn: Int,
        _ reply: ModelReply,
        _ cost: Money?,
        _ calls: [AssessedCall]
    ) throws(Refusal) -> [Event.Payload] {
        guard let intent = state.intent, intent.turn == turn else { throw .outdated }
        guard intent.purpose == .reply else { return [summarised(turn, reply, cost)] + compacted(reply.text) }
        let recorded = RecordedReply(
            turn: turn,
            text: reply.text,
            usage: reply.usage,
            cost: cost,
            stop: reply.stop,
            keepsake: reply.keepsake
        )
        var events: [Event.Payload] = []
        events.reserveCapacity(1 + calls.count)
        events.append(.modelReplied(recorded))
        let (human, isPlanning) = (human, state.isPlanning)
        var questions = 0
        for call in calls {
            // What hooks are asked about is decided when they have answered.
            let isLater = call.proposed.awaitsHooks && call.problem == nil
            let disposition = isLater ? [] : dispose(call, questions, human, isPlanning)
            questions += disposition.count { if case .approvalRequested = $0 { true } else { false } }
            events.append(.callProposed(call.proposed))
            events += disposition
        }
        if calls.isEmpty, isPlanning, reply.stop != .length { events.append(planQuestion(turn, reply.text)) }
        return events
    }

    /// What the model wrote is for nobody else: it asks for no call, and is no part of the conversation.
    private func summarised(_ turn: Int, _ reply: ModelReply, _ cost: Money?) -> Event.Payload {
        .modelReplied(RecordedReply(turn: turn, text: reply.text, usage: reply.usage, cost: cost, stop: reply.stop))
    }

    private func compacted(_ summary: String) -> [Event.Payload] {
        Compaction(of: state, summary: summary).map { [.conversationCompacted($0)] } ?? []
    }

    /// What the policy says of a call, as events; none when it may be carried out.
    private func dispose(
        _ call: AssessedCall,
        _ questions: Int,
        _ human: HumanPolicy,
        _ isPlanning: Bool
    ) -> [Event.Payload] {
        let id = call.proposed.id
        if let problem = call.problem { return [.callFinished(id, RecordedOutput(text: problem, isError: true))] }
        if isPlanning, !call.proposed.isRepeatable {
            return [
                .callRefused(
                    id,
                    reason: "The plan has to be approved first. Until then only reading tools may be called."
                )
            ]
        }
        switch call.isGranted ? .allow : human.rule(for: call.proposed, call.rule) {
        case .deny: return [.callRefused(id, reason: "The pipeline does not allow '\(call.proposed.call.tool)'.")]
        case .ask:
            guard let shown = call.shown else { return [.callRefused(id, reason: "Nobody can be shown what it does.")] }
            return [question(.call(id), words(for: call), shown: shown, offset: questions)]
        case .allow: return []
        }
    }

    private func words(for call: AssessedCall) -> String {
        let note = call.note.map { "\($0) " } ?? ""
        return "\(note)Let the model call \(call.proposed.call.tool)? \(call.proposed.call.arguments)"
    }

    /// What hooks say of a call stands before what the rules allow, and behind what they deny.
    func assess(_ call: AssessedCall, _ hooked: HookedCall) throws(Refusal) -> [Event.Payload] {
        let id = call.proposed.id
        guard state.phase == .calling, let known = state.calls[id], known.stage == .assessing else { throw .outdated }
        let assessed = Event.Payload.callAssessed(id, hooked)
        guard call.problem == nil, hooked.decision == .deny else {
            return [assessed] + dispose(call, 0, human, state.isPlanning)
        }
        return [
            assessed, .callRefused(id, reason: "The hook '\(hooked.hook)' does not allow the call. \(hooked.reason)"),
        ]
    }

    /// What the policy of today says of a call that waits to begin; a person who has allowed it has done so.
    func reassess(_ call: AssessedCall) -> [Event.Payload] {
        let id = call.proposed.id
        guard let known = state.calls[id], known.stage == .ready else { return [] }
        switch call.isGranted ? .allow : human.rule(for: call.proposed, call.rule) {
        case .deny:
            let reason = "The policy has changed since, and no longer allows '\(call.proposed.call.tool)' like this."
            return [.callRefused(id, reason: reason)]
        case .ask:
            guard known.approval == nil, let shown = call.shown else { return [] }
            return [question(.call(id), words(for: call), shown: shown)]
        case .allow: return []
        }
    }

    private func planQuestion(_ turn: Int, _ plan: String) -> Event.Payload {
        question(.plan(turn: turn), "Carry out this plan?\n\n\(plan)", shown: Digest(of: Array(plan.utf8)))
    }

    func failTurn(_ turn: Int, _ attempt: Int, _ failure: Failure, _ retryAt: Instant?) throws(Refusal) -> [Event
        .Payload]
    {
        guard let intent = state.intent, intent.turn == turn, intent.attempt == attempt else { throw .outdated }
        if failure.isTooLong, case let compacted = compacted(""), !compacted.isEmpty {
            return [.modelFailed(turn: turn, attempt: attempt, failure, retryAt: now)] + compacted
        }
        if retryAt == nil, let model = state.model, let standIn = state.standIn {
            return [
                .modelFailed(turn: turn, attempt: attempt, failure, retryAt: now),
                .modelFellBack(from: model, to: standIn),
            ]
        }
        let failed = Event.Payload.modelFailed(turn: turn, attempt: attempt, failure, retryAt: retryAt)
        return retryAt == nil ? [failed, .runFinished(.failed, reason: failure.message)] : [failed]
    }

    // MARK: - Calls

    func beginCall(_ id: CallID, _ shown: Digest?) throws(Refusal) -> [Event.Payload] {
        guard state.phase == .calling, let call = state.calls[id] else { throw .unknownCall(id) }
        switch call.stage {
        case .ready:
            if let approval = call.approval, state.approvals[approval]?.approval.shown != shown {
                return [
                    .callRefused(id, reason: "The call is not what was approved: it was changed after it was shown.")
                ]
            }
            return call.proposed.isRepeatable ? [] : [.callStarted(id)]
        case .started where call.agent != nil: return []  // it goes on where it was, whoever began it
        case .started:
            guard let shown else { throw .outdated }
            // Nobody in this process began it, or the effect would not be offered again.
            let proposed = call.proposed.call
            let text =
                "\(proposed.tool) was interrupted and may already have run. Run it again? \(proposed.arguments)"
            return [question(.repetition(id), text, shown: shown)]
        case .assessing, .held, .done, .refused: throw .unknownCall(id)
        }
    }

    func finishCall(_ id: CallID, _ output: RecordedOutput) throws(Refusal) -> [Event.Payload] {
        guard let call = state.calls[id], call.stage == (call.proposed.isRepeatable ? .ready : .started) else {
            throw .unknownCall(id)
        }
        return [.callFinished(id, output)]
    }

    func beginAgent(_ id: CallID, _ agent: AgentRun) throws(Refusal) -> [Event.Payload] {
        guard let call = state.calls[id], call.stage == .started else { throw .unknownCall(id) }
        return call.agent == nil ? [.agentStarted(id, agent)] : []
    }

    /// Asks a person what a call cannot go on without.
    func holdCall(_ id: CallID, _ request: InputRequest) throws(Refusal) -> [Event.Payload] {
        guard let call = state.calls[id], call.stage == (call.proposed.isRepeatable ? .ready : .started) else {
            throw .unknownCall(id)
        }
        let asked = state.approvals.values.count { $0.approval.subject == .input(id) }
        guard asked < Self.mostQuestionsOfCall else {
            let text = "'\(call.proposed.call.tool)' has asked \(asked) times, and is not answered any more."
            return [.callFinished(id, RecordedOutput(text: text, isError: true))]
        }
        let input = Approval.Input(request.form, state: request.state)
        return [question(.input(id), request.question, shown: input.shown(with: request.question), input: input)]
    }

    /// How often one call may ask: a form that is filled in wrongly is asked for again, and some go in steps.
    private static let mostQuestionsOfCall = 16
}

extension HumanPolicy {
    /// What the policy says of a call, given what it says of the tool.
    func rule(for call: ProposedCall, _ rule: ToolPolicy.Rule) -> ToolPolicy.Rule {
        rule == .allow && gate == .beforeWrites && !call.isRepeatable ? .ask : rule
    }
}
