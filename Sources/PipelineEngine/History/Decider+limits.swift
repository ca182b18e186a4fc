import PipelineKit

extension Decider {
    /// The event that parks or ends the run when the next call might pass a limit; `nil` when it cannot.
    func overLimit(_ reserved: Spending) -> Event.Payload? {
        tokensOver(reserved) ?? costOver(reserved) ?? wallOver()
    }

    private func tokensOver(_ reserved: Spending) -> Event.Payload? {
        guard let limit = state.limits.tokens, !state.facts.hasTokens(for: reserved) else { return nil }
        return ask(.tokens, used: "\(state.spent.tokens) of \(limit) tokens", next: "\(reserved.tokens)")
    }

    private func costOver(_ reserved: Spending) -> Event.Payload? {
        guard let limit = state.limits.cost, !state.facts.hasMoney(for: reserved) else { return nil }
        guard let cost = reserved.cost else {
            let reason = "The price of the model is not known, so the limit of \(limit) cannot be kept."
            return .runFinished(.failed, reason: reason)
        }
        return ask(.cost, used: "\(state.spent.cost ?? .zero) of \(limit)", next: "\(cost)")
    }

    private func wallOver() -> Event.Payload? {
        let used = state.elapsed(at: now)
        guard let limit = state.limits.wall, used >= limit else { return nil }
        return ask(.wall, used: "\(used.written) of \(limit.written)", next: nil)
    }

    /// Asks to raise a limit that a step has come to.
    ///
    /// - Parameter spent: By its runs, which is not counted yet.
    func exhaustStep(_ place: StepPlace, _ name: LimitName, _ spent: Spending) throws(Refusal) -> [Event.Payload] {
        guard state.steps?.begun[place.step] != nil, state.blockingApproval == nil else { throw .outdated }
        var all = state.spent
        all.add(spent)
        let used: String =
            switch name {
            case .cost: "\(all.cost ?? .zero) of \(state.limits.cost ?? .zero)"
            case .tokens: "\(all.tokens) of \(state.limits.tokens ?? TokenCount(0)) tokens"
            case .wall: "\(state.elapsed(at: now).written) of \((state.limits.wall ?? .zero).written)"
            case .day, .key: throw .outdated
            }
        return [ask(name, used: used, next: nil, in: place.step)]
    }

    private func ask(_ name: LimitName, used: String, next: String?, in part: String? = nil) -> Event.Payload {
        let raised = state.limits.raised(name, from: limitsAtFirst)
        let step = next.map { " and the next reply may take \($0)" } ?? ""
        let more = part.map { ", and the step '\($0)' needs more" } ?? ""
        let text = "The run has used \(used)\(step)\(more). Raise the limit to \(raised.written(name))?"
        return question(.limit(name), text, shown: Digest(of: Array(text.utf8)))
    }
}

// Limits that several runs share: whoever answers here does not raise them.
extension Decider {
    /// Parks the run until a person, or the next day, lets it look again.
    func overdraw(_ overdraft: Overdraft) throws(Refusal) -> [Event.Payload] {
        guard state.facts.mayAsk, state.reserved == nil, state.blockingApproval == nil else { throw .outdated }
        let text = Self.words(overdraft)
        let name: LimitName =
            switch overdraft.account {
            case .key: .key
            case .day, .keyOfDay: .day
            case .run: .cost
            }
        guard case .approvalRequested(var approval) = question(.limit(name), text, shown: Digest(of: Array(text.utf8)))
        else { return [] }
        if name == .day, approval.deadline.map({ $0 > now.nextDay }) ?? true {
            (approval.deadline, approval.onDeadline) = (now.nextDay, .approve)
        }
        return [.approvalRequested(approval)]
    }

    private static func words(_ overdraft: Overdraft) -> String {
        let balance = overdraft.balance
        let used =
            balance.reserved > .zero
            ? "\(balance.spent), and may use \(balance.reserved) more with calls under way," : "\(balance.spent)"
        let (who, end): (String, String) =
            switch overdraft.account {
            case .day(let day): ("All runs of \(day)", Self.tomorrow)
            case .keyOfDay(let key, let day): ("The runs of the key '\(key)' on \(day)", Self.tomorrow)
            case .key(let key):
                ("The runs of the key '\(key)'", "Look again? The limit is raised with 'sluice key limit'.")
            case .run(let run): ("Run \(run), with all that work for it,", "Raise the limit?")
            }
        return
            "\(who) \(overdraft.account.verb) used \(used) of \(overdraft.limit), and the next reply may take \(overdraft.wanted). \(end)"
    }

    private static let tomorrow = "Look again now? Unanswered, the run does so when the day is over, in UTC."
}

extension Account {
    fileprivate var verb: String { if case .run = self { "has" } else { "have" } }
}

extension RunFacts {
    /// Whether a model may be asked now, by the engine or by a gate.
    fileprivate var mayAsk: Bool {
        switch phase {
        case .asking, .checking: true
        case .opening, .calling, .stepping, .keeping, .finished: false
        }
    }

    /// Whether the tokens that the run may use are enough for this too.
    func hasTokens(for reserved: Spending) -> Bool {
        limits.tokens.map { spent.tokens.adding(reserved.tokens) <= $0.tokens } ?? true
    }

    /// The same for its money. A price that nobody knows is not zero.
    func hasMoney(for reserved: Spending) -> Bool {
        guard let limit = limits.cost else { return true }
        return reserved.cost.map { (spent.cost ?? .zero) + $0 <= limit } ?? limits.allowUnknownPrice
    }
}

extension LimitName {
    /// Why a run ends whose limit nobody has raised.
    func notRaised(by person: String) -> String { "\(person) did not raise the limit '\(rawValue)'." }
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
        case .day, .key: break
        }
        return limits
    }

    func written(_ name: LimitName) -> String {
        switch name {
        case .cost: "\(cost ?? .zero)"
        case .tokens: "\(tokens ?? TokenCount(0)) tokens"
        case .wall: (wall ?? .zero).written
        case .day, .key: ""
        }
    }
}
