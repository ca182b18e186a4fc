import PipelineKit

extension Decider {
    /// The event that parks or ends the run when the next call might pass a limit; `nil` when it cannot.
    func overLimit(_ reserved: Spending) -> Event.Payload? {
        tokensOver(reserved) ?? costOver(reserved) ?? wallOver()
    }

    private func tokensOver(_ reserved: Spending) -> Event.Payload? {
        let needed = state.spent.tokens.adding(reserved.tokens)
        guard let limit = state.limits.tokens, needed > limit.tokens else { return nil }
        return ask(.tokens, used: "\(state.spent.tokens) of \(limit) tokens", next: "\(reserved.tokens)")
    }

    private func costOver(_ reserved: Spending) -> Event.Payload? {
        guard let limit = state.limits.cost else { return nil }
        guard let cost = reserved.cost else {
            let reason = "The price of the model is not known, so the limit of \(limit) cannot be kept."
            return .runFinished(.failed, reason: reason)
        }
        let spent = state.spent.cost ?? .zero
        return spent + cost > limit ? ask(.cost, used: "\(spent) of \(limit)", next: "\(cost)") : nil
    }

    private func wallOver() -> Event.Payload? {
        let used = state.elapsed(at: now)
        guard let limit = state.limits.wall, used >= limit else { return nil }
        return ask(.wall, used: "\(used.written) of \(limit.written)", next: nil)
    }

    private func ask(_ name: LimitName, used: String, next: String?) -> Event.Payload {
        let raised = state.limits.raised(name, from: limitsAtFirst)
        let step = next.map { " and the next reply may take \($0)" } ?? ""
        let text = "The run has used \(used)\(step). Raise the limit to \(raised.written(name))?"
        return question(.limit(name), text, shown: Digest(of: Array(text.utf8)))
    }
}

extension Limits {
    /// The limits with one of them raised by what the pipeline first gave.
    func raised(_ name: LimitName, from first: Limits) -> Limits {
        var limits = self
        switch name {
        case .cost: limits.cost = (cost ?? .zero) + (first.cost ?? cost ?? .zero)
        case .tokens:
            limits.tokens = TokenCount((tokens?.tokens ?? 0) + (first.tokens ?? tokens ?? TokenCount(0)).tokens)
        case .wall: limits.wall = (wall ?? .zero) + (first.wall ?? wall ?? .zero)
        }
        return limits
    }

    func written(_ name: LimitName) -> String {
        switch name {
        case .cost: "\(cost ?? .zero)"
        case .tokens: "\(tokens ?? TokenCount(0)) tokens"
        case .wall: (wall ?? .zero).written
        }
    }
}
