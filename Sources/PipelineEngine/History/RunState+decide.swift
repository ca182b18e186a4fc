public import PipelineKit

extension RunState {
    /// What happens when the command is carried out at this moment.
    ///
    /// - Throws: a ``Refusal`` when the state does not allow it; nothing is recorded then.
    public func decide(_ command: RunCommand, at now: Instant) throws(Refusal) -> [Event.Payload] {
        guard self.hasPipeline else { throw .notStarted }
        let decider = Decider(state: self, now: now)
        if case .finished(let status, _) = self.phase {
            return try decider.decideAfterEnd(command, status)
        }
        return try decider.decide(command)
    }

    /// How a run begins.
    ///
    /// - Throws: ``Refusal/alreadyStarted``.
    public static func begin(_ start: RunStart, in state: RunState) throws(Refusal) -> [Event.Payload] {
        guard state.start == nil else { throw .alreadyStarted }
        return [.runStarted(start)]
    }
}

/// One decision: the state, and the moment.
struct Decider {
    let state: RunState
    let now: Instant

    // Asked for where they matter: a pipeline is large, and most decisions need nothing of it.
    var human: HumanPolicy { state.pipeline?.human ?? HumanPolicy() }
    var limitsAtFirst: Limits { state.pipeline?.limits ?? Limits() }

    func decide(_ command: RunCommand) throws(Refusal) -> [Event.Payload] {
        switch command {
        case .resolve(let id, let answer, let shown): return try resolve(id, answer, shown)
        case .resolveAlike(let id, let answer, let shown, let covering):
            return try resolve(id, answer, shown) + covered(by: answer, of: id, covering)
        case .expire(let id): return try expire(id)
        case .cancel(let by, let reason):
            let end = Event.Payload.runFinished(.aborted, reason: reason.isEmpty ? "Cancelled by \(by)." : reason)
            return [cutOff, end].compactMap(\.self)
        case .addMessage(let text, let by): return [.messageAdded(text, by: by)]
        case .changeLimits(let limits, let by): return [.limitsChanged(limits, by: by)]
        case .changeSettings(let change): return changeSettings(change)
        case .rollBack(let back): return try rollBack(back)
        case .noteApplication(let applied): return [.changesApplied(applied)]
        case .reopen: throw .notFinished
        case .ask(let question): return try ask(question)
        case .report(let reports): return try report(reports)
        case .dropQuestions: return dropped
        case .openWorkspace(let workspace, let start): return try openWorkspace(workspace, start)
        case .beginCheck(let name, let snapshot): return try beginCheck(name, snapshot)
        case .finishCheck(let name, let result): return try finishCheck(name, result)
        case .beginJudgement(let intent): return try beginJudgement(intent)
        case .finishJudgement(let reply): return try finishJudgement(reply)
        case .failJudgement(let number, let attempt, let failure): return try failJudgement(number, attempt, failure)
        case .beginTurn(let intent): return try beginTurn(intent)
        case .overdraw(let overdraft): return try overdraw(overdraft)
        case .finishTurn(let turn, let reply, let cost, let calls): return try finishTurn(turn, reply, cost, calls)
        case .failTurn(let turn, let attempt, let failure, let retryAt):
            return try failTurn(turn, attempt, failure, retryAt)
        case .assessCall(let call, let hooked): return try assess(call, hooked)
        case .noteHook(let failure): return [.hookFailed(failure)]
        case .reassessCall(let call): return reassess(call)
        case .beginCall(let id, let shown): return try beginCall(id, shown)
        case .finishCall(let id, let output): return try finishCall(id, output)
        case .beginAgent(let id, let agent): return try beginAgent(id, agent)
        case .finishAgent(let id, let spent):
            guard let call = state.calls[id], call.agent != nil else { throw .unknownCall(id) }
            return call.agentIsOver ? [] : [.agentFinished(id, spent: spent)]
        case .step(let place, let command): return try decide(command, on: place)
        case .holdCall(let id, let request): return try holdCall(id, request)
        case .noteNetwork(let report): return [.networkUsed(report)]
        case .keepBest: return try keepBest()
        case .fail(let failure): return [.runFinished(.failed, reason: failure.message)]
        }
    }

    func decideAfterEnd(_ command: RunCommand, _ status: RunStatus) throws(Refusal) -> [Event.Payload] {
        switch command {
        case .reopen(let by):
            guard status != .achieved else { throw .goalHeld }
            return [.runReopened(by: by)]
        case .changeLimits(let limits, let by): return [.limitsChanged(limits, by: by)]
        case .changeSettings(let change): return changeSettings(change)
        case .rollBack(let back): return try rollBack(back)
        case .noteApplication(let applied): return [.changesApplied(applied)]
        case .noteHook(let failure): return [.hookFailed(failure)]
        case .resolve(let id, _, _), .resolveAlike(let id, _, _, _):
            // The run may have ended because of the first answer: who gave it is what the second person has to know.
            if let earlier = state.approvals[id]?.resolution, earlier.decision != .expired {
                throw .alreadyResolved(id, earlier)
            }
            throw .alreadyFinished(status)
        case .ask(let question) where state.outside.approvals[question.key] != nil: return []
        default: throw .alreadyFinished(status)
        }
    }

    /// What is so already is no change, and records nothing.
    private func changeSettings(_ change: SettingsChange) -> [Event.Payload] {
        var change = change
        if let model = change.model, ModelChain(model) == state.pipeline?.model { change.model = nil }
        if change.gate == human.gate { change.gate = nil }
        if change.instructions == state.pipeline?.instructions { change.instructions = nil }
        let isChange = change.model != nil || change.gate != nil || change.instructions != nil
        return isChange ? [.settingsChanged(change)] : []
    }

    // MARK: - Workspace

    private func openWorkspace(_ workspace: Workspace, _ start: SnapshotID) throws(Refusal) -> [Event.Payload] {
        let opened = Event.Payload.workspaceOpened(workspace, start: start)
        if state.forkedFiles != nil { return [opened] + questionsAnew(in: workspace) }
        guard state.phase == .opening else { throw .outdated }
        return [opened]
    }

    /// The open questions of the run that this one is a fork of, about what would happen here.
    private func questionsAnew(in workspace: Workspace) -> [Event.Payload] {
        var here = state
        here.facts.workspace = workspace
        let open = state.pendingApprovals.filter(\.isAskedInForks)
        return open.enumerated().map { number, asked in
            var approval = asked.approval
            approval.id = ApprovalID(number: state.approvals.count + 1 + number)
            approval.shown = shown(approval, in: here)
            // As long as people had at first; a day that limits something is over when it is over.
            if let deadline = approval.deadline, approval.subject != .limit(.day) {
                approval.deadline = now + (deadline - asked.requestedAt)
            }
            return .approvalRequested(approval)
        }
    }

    private func shown(_ approval: Approval, in state: RunState) -> Digest {
        switch approval.subject {
        case .call(let id), .repetition(let id):
            guard let call = state.calls[id]?.proposed.call, let policy = state.pipeline?.tools else {
                return approval.shown
            }
            return CallSubject(call, state, policy).digest
        case .input, .check, .plan, .limit, .step, .outside: return approval.shown
        }
    }

    /// Setting the files back is for moments in which nobody works on them.
    private func rollBack(_ back: Rollback) throws(Refusal) -> [Event.Payload] {
        guard state.snapshots[back.iteration] == back.snapshot else { throw .unknownIteration(back.iteration) }
        guard state.mayBeRolledBack else { throw .underWay }
        return [.rolledBack(back)]
    }

    // MARK: - Approvals

    /// A question to a person, as the next event.
    ///
    /// - Parameter offset: How many questions the same decision has asked before this one.
    func question(
        _ subject: Approval.Subject,
        _ text: String,
        shown: Digest,
        offset: Int = 0,
        input: Approval.Input? = nil,
        about: JSONValue = .null
    ) -> Event.Payload {
        .approvalRequested(
            Approval(
                id: ApprovalID(number: state.approvals.count + 1 + offset),
                subject: subject,
                question: text,
                shown: shown,
                deadline: human.deadline.map { now + $0 },
                onDeadline: human.onDeadline,
                input: input,
                about: about
            )
        )
    }

    private func resolve(_ id: ApprovalID, _ answer: Resolution, _ shown: Digest?) throws(Refusal) -> [Event.Payload] {
        guard let known = state.approvals[id] else { throw .unknownApproval(id) }
        if let earlier = known.resolution { throw .alreadyResolved(id, earlier) }
        if let shown, shown != known.approval.shown { throw .shownDiffers(id) }
        if answer.edit != nil || answer.grant != nil {
            guard case .call = known.approval.subject, answer.decision == .approved else { throw .notACall(id) }
        }
        let answer = try known.approval.fitted(answer)
        return [.approvalResolved(id, answer)] + consequence(of: answer, to: known.approval)
    }

    /// The answers to other open questions about calls that this answer allows as well.
    private func covered(by answer: Resolution, of id: ApprovalID, _ others: [ApprovalID]) -> [Event.Payload] {
        guard answer.grant != nil else { return [] }
        return others.compactMap { other in
            guard other != id, let known = state.approvals[other], known.resolution == nil,
                case .call = known.approval.subject
            else { return nil }
            return .approvalResolved(other, Resolution(.approved, by: answer.by, coveredBy: id))
        }
    }

    private func expire(_ id: ApprovalID) throws(Refusal) -> [Event.Payload] {
        guard let deadline = state.approvals[id]?.approval.deadline else { throw .unknownApproval(id) }
        guard now >= deadline else { throw .notExpired(id) }
        return try resolve(id, Resolution(.expired, by: "the deadline"), nil)
    }

    private func consequence(of answer: Resolution, to approval: Approval) -> [Event.Payload] {
        if answer.decision == .expired, approval.onDeadline == .abort {
            return [.runFinished(.aborted, reason: "Nobody answered '\(approval.id)' in time: \(approval.question)")]
        }
        let granted = approval.grants(answer)
        switch approval.subject {
        case .call(let call):
            return granted ? [] : [.callRefused(call, reason: "\(answer.by) did not allow the call.\(said(answer))")]
        case .repetition(let call): return granted ? [] : [.callFinished(call, Self.notRepeated)]
        case .input: return []  // the call is made again, and its tool learns what came of the question
        case .outside: return []  // whoever asked is told, and knows what it means
        case .check(let name): return afterCheck(name, granted, answer)
        case .step(let place, let run): return run == nil ? afterQuestion(place, granted, answer) : []
        case .plan: return granted || !answer.message.isEmpty ? [] : [aborted(by: answer)]
        case .limit(let name):
            guard granted else {
                return end(with: .runFinished(.notAchieved, reason: name.notRaised(by: answer.by)), state.best)
            }
            let raised = state.limits.raised(name, from: limitsAtFirst)
            return raised == state.limits ? [] : [.limitsChanged(raised, by: answer.by)]
        }
    }

    /// After a check that held, yes ends the run; after one that did not, it goes on. No with a message goes on too.
    private func afterCheck(_ name: CheckName, _ granted: Bool, _ answer: Resolution) -> [Event.Payload] {
        if granted, let check = state.lastCheck, check.holds { return [.runFinished(.achieved, reason: check.reason)] }
        return granted || !answer.message.isEmpty ? [] : end(with: aborted(by: answer), state.best)
    }

    func aborted(by answer: Resolution) -> Event.Payload {
        .runFinished(.aborted, reason: "Aborted by \(answer.by).")
    }

    private func said(_ answer: Resolution) -> String { answer.message.isEmpty ? "" : " They say: \(answer.message)" }

    private static let notRepeated = RecordedOutput(
        text:
            "The call was interrupted: it may have had its effect, wholly, partly or not at all. It was not repeated.",
        isError: true
    )
}

extension RunState.ApprovalState {
    /// Whether a fork asks it anew. What runs of steps ask they ask again, as other runs do that work there, and programs
    /// outside are at work in another place.
    fileprivate var isAskedInForks: Bool {
        switch approval.subject {
        case .step: approval.input == nil
        case .outside: false
        case .call, .repetition, .input, .check, .plan, .limit: true
        }
    }
}
