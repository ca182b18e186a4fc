import PipelineKit

extension AgentOrder {
    /// The pipeline as it is started for a run: with its task, and with no more than that run has left and may do.
    func pipeline(for parent: RunState, at now: Instant) -> Pipeline {
        var pipeline = pipeline
        pipeline.tell("What you are to do:\n\n\(task)")
        pipeline.limits = pipeline.limits.within(parent, at: now)
        pipeline.serve(parent)
        return pipeline
    }
}

extension Pipeline {
    /// Makes it one by which a run works for another one.
    mutating func serve(_ parent: RunState) {
        human.deadline = nil  // whoever it works for asks, and waits as long as it may
        guard let own = parent.pipeline else { return }
        workspace.sandbox = max(workspace.sandbox, own.workspace.sandbox)
        if model == nil {
            model = own.model
            providers = own.providers.merging(providers) { $1 }
        }
    }
}

extension Limits {
    /// These limits, and none of them more than a run has left.
    ///
    /// - Parameter more: What is spent for it already, and not counted there yet.
    func within(_ parent: RunState, besides more: Spending = Spending(), at now: Instant) -> Limits {
        var limits = self
        var spent = parent.spent
        spent.add(more)
        if let most = parent.limits.cost { limits.cost = least(cost, max(.zero, most - (spent.cost ?? .zero))) }
        if let most = parent.limits.tokens {
            let left = TokenCount(max(0, most.tokens - spent.tokens))
            limits.tokens = TokenCount(least(tokens?.tokens, left.tokens))
        }
        if let most = parent.limits.wall { limits.wall = least(wall, max(.zero, most - parent.elapsed(at: now))) }
        return limits
    }

    private func least<Amount: Comparable>(_ own: Amount?, _ left: Amount) -> Amount {
        own.map { min($0, left) } ?? left
    }
}
