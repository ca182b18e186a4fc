import PipelineKit

extension RunFacts {
    mutating func apply(_ event: Event) {
        let last = updatedAt
        sequence = event.sequence
        head = event.digest
        updatedAt = event.at
        switch event.payload {
        case .runStarted(let start): begin(start, at: event.at)
        case .workspaceOpened(let workspace, let snapshot): open(workspace, snapshot)
        case .checkStarted(let name, let snapshot): startCheck(name, snapshot)
        case .checkFinished(let name, let result): finishCheck(name, result)
        case .judgeRequested(let intent): ask(intent, at: event.at)
        case .judgeReplied(let reply): take(reply)
        case .judgeFailed(_, _, let failure): failJudge(failure)
        case .iterationStarted(let number): startIteration(number)
        case .modelRequested(let intent): ask(intent, at: event.at)
        case .modelReplied(let reply): take(reply)
        case .modelFailed(_, _, let failure, let retryAt): failTurn(failure, retryAt)
        case .modelFellBack: fallBack()
        case .conversationCompacted(let compaction): compact(compaction)
        case .callProposed(let call): propose(call)
        case .callAssessed(let id, let hooked): calls.assess(id, hooked)
        case .callStarted(let id): begin(id)
        case .callFinished(let id, let output): finish(id, output)
        case .callRefused(let id, let reason): close(id, .refused(reason))
        case .agentStarted(let id, let agent): calls.note(agent.run, of: id)
        case .agentFinished(let id, let spent):
            calls.endAgent(of: id)
            settle(spent)
        case .stepStarted(let place, let runs): steps?.begin(place.step, runs, at: event.at)
        case .raceDecided(let place, let decision): steps?.decide(place.step, decision)
        case .stepFinished(let place, let result, let spent): finish(place, result, spent)
        case .approvalRequested(let approval): hold(approval, at: event.at)
        case .approvalResolved(let id, let answer): resolve(id, answer)
        case .messageAdded(let text, _): say(text)
        case .limitsChanged(let limits, _): self.limits = limits
        case .settingsChanged(let change): take(change)
        case .bestChosen(let choice): phase = .keeping(choice)
        case .rolledBack(let back): rollBack(back)
        case .networkUsed: break
        case .changesApplied(let application): if application.target != .branch { applied = application }
        case .runForked(let point): fork(point, after: last, at: event.at)
        case .runFinished(let status, let reason): finish(status, reason)
        case .runReopened: reopen(at: event.at)
        case .hookFailed: break
        case .reported(let report): take(report)
        }
        trackWaiting(at: event.at)
    }

    private mutating func begin(_ start: RunStart, at now: Instant) {
        take(start)
        startedAt = now
        limits = pipeline?.limits ?? Limits()
    }

    private mutating func take(_ change: SettingsChange) {
        if let model = change.model {
            pipeline?.model = ModelChain(model)
            askFirst()
        }
        if let gate = change.gate { pipeline?.human.gate = gate }
        if let instructions = change.instructions { pipeline?.instructions = instructions }
    }

    private mutating func finish(_ status: RunStatus, _ reason: String) {
        phase = .finished(status, reason: reason)
        intent = nil
        openCheck = nil
        endJudging()
        for id in openApprovals { approvals[id]?.resolution = .endOfRun }
        openApprovals = []
        outside.endCalls()
    }

    private mutating func reopen(at now: Instant) {
        unchangedSince = nil
        reopenedAt = now
        phase = .calling
        failedAttempts = 0
        retryAt = nil
        askFirst()
        steps?.forgetQuestions()
        for call in Array(calls.open) {
            calls.set(call.proposed.id, to: .refused("The run ended before the call was carried out."))
        }
        if workspace == nil, forkedFiles == nil {
            phase = .opening
        } else if baseline.map({ $0.outcome == .unanswered && iteration == 0 }) ?? true {
            phase = .checking(CheckName(iteration: 0))  // before anything is spent
        } else if let steps {
            phase = iterationIsOpen && steps.isOver ? .checking(CheckName(iteration: iteration)) : .stepping
        } else if calls.areAnswered {
            phase = .asking
        } else {
            settleCalls()
        }
    }

    private mutating func trackWaiting(at now: Instant) {
        switch (waitingSince, isWaiting) {
        case (nil, true): waitingSince = now
        case (let since?, false):
            waited += now - since
            waitingSince = nil
        default: break
        }
    }
}

// MARK: - Checks

extension RunFacts {
    private mutating func startCheck(_ name: CheckName, _ snapshot: SnapshotID) {
        openCheck = name
        snapshots[name.iteration] = snapshot
        look(at: snapshot)
    }

    private mutating func finishCheck(_ name: CheckName, _ result: CheckResult) {
        openCheck = nil
        endJudging()
        lastCheck = result
        unchangedSince = result.unchangedSince ?? name.iteration
        if name.iteration == 0 { baseline = result }
        best = best(with: name, result)
        if result.holds, name.round < goal?.confirm ?? 1 {
            phase = .checking(CheckName(iteration: name.iteration, round: name.round + 1))
        } else {
            phase = steps == nil ? .asking : .stepping
            iterationIsOpen = false
            askFirst()
            if !result.holds {
                let words = Report.words(result, after: name, of: limits, hasGoal: goal != nil, best: best)
                conversation.append(.user(words))
            } else if worksAnyway {
                conversation.append(.user("The goal holds before any work. It is to hold when yours is done."))
            }
        }
    }
}

// MARK: - The model's turns

extension RunFacts {
    private mutating func startIteration(_ number: Int) {
        iteration = number
        iterationIsOpen = true
        turnsInIteration = 0
        steps?.beginPass()
    }

    private mutating func ask(_ intent: ModelIntent, at now: Instant) {
        askedAt = now
        self.intent = intent  // retryAt stays: the work that is under way keeps its name, which is its effect
    }

    private mutating func take(_ reply: RecordedReply) {
        let purpose = intent?.purpose ?? .reply
        intent = nil
        failedAttempts = 0
        failuresOfModel = 0
        retryAt = nil
        turn = reply.turn
        usage = usage + reply.usage
        spent.add(Spending(tokens: reply.usage.total, cost: reply.cost))
        guard purpose == .reply else { return }
        turnsInIteration += 1
        conversation.note(tokens: reply.usage.input)
        conversation.append(.assistant(reply.text, calls: [], keepsake: reply.keepsake))
        phase = isPlanning || reply.stop == .length ? .asking : .checking(CheckName(iteration: iteration))
        if reply.stop == .length {
            say("Your reply was cut at its length limit. Go on where it stopped, in smaller steps.")
        }
    }

    private mutating func failTurn(_ failure: Failure, _ retryAt: Instant?) {
        if failure.mayHaveCost, let intent { spent.add(intent.reserved) }
        intent = nil
        failedAttempts += 1
        if !failure.isPostponed { failuresOfModel += 1 }
        self.retryAt = retryAt
    }

    private mutating func compact(_ compaction: Compaction) {
        conversation.replace(first: compaction.dropped, by: .user(compaction.text))
    }

    private mutating func fallBack() {
        fallbacks += 1
        failuresOfModel = 0
    }

    /// Whoever stood in did so until the iteration was over: a service is not down for ever.
    private mutating func askFirst() {
        fallbacks = 0
        failuresOfModel = 0
    }
}

// MARK: - Calls

extension RunFacts {
    private mutating func propose(_ call: ProposedCall) {
        calls.propose(call)
        phase = .calling
        conversation.append(call.call)
    }

    private mutating func begin(_ id: CallID) {
        unchangedSince = nil
        if calls[id]?.proposed.isRepeatable == false { filesAreKnown = false }
        calls.set(id, to: .started)
    }

    private mutating func finish(_ id: CallID, _ output: RecordedOutput) {
        if let snapshot = output.snapshot { look(at: snapshot) }
        if !output.isError, let call = calls[id]?.proposed.call, call.tool == Step.outputTool { take(call) }
        close(id, .done(output))
    }

    /// What another run has spent for this one counts against the limits of this run. Accounts that runs share have had it from there.
    mutating func settle(_ spent: Spending) {
        self.spent.add(spent)
        spentByAgents.add(spent)
    }

    private mutating func close(_ id: CallID, _ stage: RunState.Call.Stage) {
        calls.set(id, to: stage)
        settleCalls()
    }

    /// When no call is open, hands all results to the model, in the order it asked for them.
    private mutating func settleCalls() {
        guard phase == .calling, calls.openCount == 0 else { return }
        for answer in calls.all.compactMap(\.answer) + pendingMessages { conversation.append(answer) }
        pendingMessages = []
        calls.markAnswered()
        phase = turnsInIteration < limits.turns ? .asking : .checking(CheckName(iteration: iteration))
    }

    mutating func say(_ text: String) {
        unchangedSince = nil
        if phase == .calling { pendingMessages.append(.user(text)) } else { conversation.append(.user(text)) }
    }
}

extension RunState.Call {
    /// What the model reads as the result of its call.
    var answer: Message? {
        let output: RecordedOutput
        switch stage {
        case .done(let recorded): output = recorded
        case .refused(let reason): output = RecordedOutput(text: reason, isError: true)
        case .assessing, .held, .ready, .started: return nil
        }
        let change = revision.map {
            "[\($0) changed the arguments before allowing the call: \(proposed.call.arguments)]\n"
        }
        return .tool(
            call: proposed.call.id,
            name: proposed.call.tool,
            text: (change ?? "") + output.text,
            isError: output.isError,
            images: output.images.map(\.reference)
        )
    }
}

// MARK: - Approvals

extension RunFacts {
    private mutating func hold(_ approval: Approval, at now: Instant) {
        approvals[approval.id] = RunState.ApprovalState(approval: approval, requestedAt: now)
        openApprovals.append(approval.id)
        switch approval.subject {
        case .call(let id), .repetition(let id), .input(let id): calls.set(id, to: .held(approval.id))
        case .check, .plan, .limit, .step: break
        case .outside: outside.take(approval)
        }
    }

    /// Whoever tells of its work may have changed files by it.
    private mutating func take(_ report: OutsideReport) {
        outside.take(report)
        unchangedSince = nil
        filesAreKnown = false
    }

    private mutating func resolve(_ id: ApprovalID, _ answer: Resolution) {
        unchangedSince = nil
        guard let approval = approvals[id]?.approval else { return }
        approvals[id]?.resolution = answer
        openApprovals.removeAll { $0 == id }
        let approved = approval.grants(answer)
        if let grant = answer.grant, !grants.contains(grant) { grants.append(grant) }
        switch approval.subject {
        case .call(let call), .repetition(let call):
            calls.note(id, of: call)
            if let edit = answer.edit {
                calls.revise(call, edit, by: answer.by)
                approvals[id]?.approval.shown = edit.shown
            }
            if approved { calls.set(call, to: .ready) }
        case .input(let call): calls.take(InputAnswer(approval, answer), for: call)
        case .plan:
            planIsApproved = approved
            say(approved ? "The plan is approved. Carry it out." : "The plan is not approved.")
        case .check, .limit, .step: break
        case .outside: return  // a message is for the program that asked
        }
        if !answer.message.isEmpty { say("\(answer.by) says: \(answer.message)") }
    }
}

extension Approval {
    /// Whether an answer lets happen what was asked about.
    public func grants(_ answer: Resolution) -> Bool {
        if input?.decides == true, AgentQuestion.isNo(answer.answer) { return false }
        return answer.decision == .approved || (answer.decision == .expired && onDeadline == .approve)
    }
}
