public import PipelineKit

/// A piece of work, equal to itself after a restart: the same state asks for the same effects.
public enum Effect: Sendable, Hashable {
    case openWorkspace
    case check(CheckName)
    case ask(turn: Int, attempt: Int, notBefore: Instant?)
    /// Hooks are asked about a call.
    case assess(CallID)
    case call(CallID)
    case step(StepPlace)
    /// The files become what they were at the end of an iteration, the best one.
    case keepBest(Int)
    case wake(ApprovalID, at: Instant)
}

extension RunFacts {
    /// The work outstanding in this state. Nothing but wake-ups means the run is finished, or waits for a person.
    public var effects: [Effect] {
        guard hasPipeline, !isFinished else { return [] }
        if forkedFiles != nil { return [.openWorkspace] }
        return openApprovals.isEmpty ? work : work + outsideWakes
    }

    /// What there is to do but for questions from outside, for which nothing waits.
    private var work: [Effect] {
        if let approval = blockingApproval { return approval.wake.map { [$0] } ?? [] }
        switch phase {
        case .opening: return [.openWorkspace]
        case .checking(let name): return [.check(name)]
        case .asking: return [.ask(turn: turn + 1, attempt: attempt, notBefore: retryAt)]
        case .calling: return callEffects
        case .stepping: return stepEffects
        case .keeping(let choice): return [.keepBest(choice.best.iteration)]
        case .finished: return []
        }
    }

    private var outsideWakes: [Effect] {
        pendingApprovals.compactMap { $0.approval.isFromOutside ? $0.approval.wake : nil }
    }

    private var attempt: Int { intent?.attempt ?? failedAttempts + 1 }

    /// Reading calls that stand together run side by side; any other runs alone, and waits for those before it.
    private var callEffects: [Effect] {
        var offered: [Effect] = []
        for call in calls.open {
            if call.stage == .assessing { return offered.isEmpty ? [.assess(call.proposed.id)] : offered }
            if case .held(let id) = call.stage {
                return offered + (offered.isEmpty ? approvals[id]?.approval.wake.map { [$0] } ?? [] : [])
            }
            if !call.proposed.isRepeatable { return offered.isEmpty ? [.call(call.proposed.id)] : offered }
            if offered.count >= limits.parallelTools { return offered }
            offered.append(.call(call.proposed.id))
        }
        return offered
    }
}

extension RunState {
    /// Whether the deadline of a question has passed, so that somebody has to say so.
    func hasPassedDeadline(at now: Instant) -> Bool {
        !self.openApprovals.isEmpty
            && effects.contains { if case .wake(_, let at) = $0 { at <= now } else { false } }
    }
}

extension Approval {
    var wake: Effect? { deadline.map { .wake(id, at: $0) } }
}
