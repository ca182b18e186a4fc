public import PipelineKit

/// What runs may spend together, whoever wrote their pipelines.
public struct Budget: Sendable {
    /// All runs, on a day in UTC.
    public var perDay: Money?
    /// The runs that were started with a key, by the key's name; `nil` for a key without a limit, and for none.
    public var ofKey: @Sendable (String) async throws(ServiceError) -> KeyBudget?
    /// The limit of a run that others work for, as it is by now; `nil` when it has none.
    var ofRun: @Sendable (RunID) async throws(ServiceError) -> Money? = { _ throws(ServiceError) in nil }

    public init(
        perDay: Money? = nil,
        ofKey: @escaping @Sendable (String) async throws(ServiceError) -> KeyBudget? = { _ throws(ServiceError) in nil }
    ) {
        self.perDay = perDay
        self.ofKey = ofKey
    }
}

/// What the runs of a key may spend.
public struct KeyBudget: Sendable, Hashable {
    public var inAll: Money?
    public var perDay: Money?

    public init(inAll: Money? = nil, perDay: Money? = nil) {
        self.inAll = inAll
        self.perDay = perDay
    }
}

extension Budget {
    /// What a run that goes from one state to the next changes in the accounts it belongs to.
    ///
    /// - Throws: what keeps the key's limit from being read; a limit that nobody knows is not none.
    func charges(from old: RunState, to new: RunState) async throws(ServiceError) -> [Charge] {
        let changes = Self.changes(from: old, to: new)
        guard !changes.isEmpty else { return [] }
        let isReserving = new.isReserving(after: old)
        let key = new.start?.key
        var ofKey: KeyBudget?
        if let key, isReserving { ofKey = try await self.ofKey(key) }
        var charges: [Charge] = []
        for (day, change) in changes {
            let bound = isReserving && day == new.askedAt.day
            charges.append(Charge(.day(day), change, limit: bound ? perDay : nil))
            guard let key else { continue }
            charges.append(Charge(.keyOfDay(key, day: day), change, limit: bound ? ofKey?.perDay : nil))
        }
        if let key {
            let sum = changes.reduce(Balance()) { $0 + $1.change }
            charges.append(Charge(.key(key), sum, limit: isReserving ? ofKey?.inAll : nil))
        }
        if let account = new.account {
            let sum = changes.reduce(Balance()) { $0 + $1.change }
            charges.append(
                Charge(.run(account), sum, limit: isReserving ? try await limit(of: account, for: new) : nil)
            )
        }
        return charges
    }

    /// What a run and those that work for it may spend; what a run itself has, it knows best.
    private func limit(of account: RunID, for run: RunState) async throws(ServiceError) -> Money? {
        account == run.start?.run ? run.limits.cost : try await ofRun(account)
    }

    /// By day: what was reserved is settled on the day on which it was.
    private static func changes(from old: RunState, to new: RunState) -> [(day: String, change: Balance)] {
        let spent = new.spentByItself - old.spentByItself
        let settled = Balance(spent: spent, reserved: .zero - (old.reserved?.cost ?? .zero))
        let reserved = Balance(reserved: new.reserved?.cost ?? .zero)
        // A run without prices need not know what day it is.
        guard settled != Balance() || reserved != Balance() else { return [] }
        let (before, after) = (old.askedAt.day, new.askedAt.day)
        let changes = before == after ? [(after, settled + reserved)] : [(before, settled), (after, reserved)]
        return changes.filter { $0.1 != Balance() }.map { (day: $0.0, change: $0.1) }
    }

    /// What the accounts of a run have left for a call that begins now; `nil` when none of them has a limit. Others may take
    /// it meanwhile: what binds is ``charges(from:to:)``.
    func room(for state: RunState, at now: Instant, in store: any EventStore) async throws(ServiceError) -> Money? {
        var limits: [(account: Account, limit: Money)] = []
        if let perDay { limits.append((.day(now.day), perDay)) }
        if let key = state.start?.key, let budget = try await ofKey(key) {
            if let limit = budget.perDay { limits.append((.keyOfDay(key, day: now.day), limit)) }
            if let limit = budget.inAll { limits.append((.key(key), limit)) }
        }
        if let account = state.account, let limit = try await limit(of: account, for: state) {
            limits.append((.run(account), limit))
        }
        var room: Money?
        for (account, limit) in limits {
            let balance: Balance
            do throws(StoreError) { balance = try await store.balance(of: account) } catch { throw .store(error) }
            let rest = limit - balance.spent - balance.reserved
            room = min(room ?? rest, rest)
        }
        return room
    }

    /// Why a question cannot be asked although no account is overdrawn: its price is not known, and a limit is to be kept.
    func problem(with question: RunState) async throws(ServiceError) -> Failure? {
        guard let reserved = question.reserved, reserved.cost == nil, !question.limits.allowUnknownPrice else {
            return nil
        }
        let model = question.intent?.model ?? question.judgements.open?.model ?? ""
        return try await anyLimit(ofKey: question.start?.key).map { Self.unknownPrice(of: model, $0) }
    }

    /// A limit that the runs of a key share with each other or with all others; `nil` when there is none.
    func anyLimit(ofKey key: String?) async throws(ServiceError) -> Money? {
        guard perDay == nil, let key else { return perDay }
        let budget = try await ofKey(key)
        return budget?.perDay ?? budget?.inAll
    }

    static func unknownPrice(of model: String, _ limit: Money) -> Failure {
        Failure(
            .invalidInput,
            "The price of '\(model)' is not known, so the limit of \(limit) that its runs share cannot be kept. Write the "
                + "model into prices.yaml, or set 'limits.allow_unknown_price: true'."
        )
    }
}

extension RunState {
    /// The outermost of the runs that this one works for, whose limit all of them keep together; itself when others may work
    /// for it, and `nil` for a run that is alone.
    fileprivate var account: RunID? {
        if let parent = self.start?.parent { return parent.account }
        return self.pipeline?.hasOthersWork == true ? self.start?.run : nil
    }

    fileprivate var spentByItself: Money { (self.spent.cost ?? .zero) - (self.spentByAgents.cost ?? .zero) }

    /// Whether a model is asked in this state that was not in the one before.
    fileprivate func isReserving(after old: RunState) -> Bool {
        if let intent = facts.intent { return intent != old.intent }
        return facts.judgements.open.map { $0 != old.judgements.open } ?? false
    }
}

extension Instant {
    /// In UTC: `2026-11-22`.
    var day: String { String("\(self)".prefix(10)) }
    /// When the next day begins, in UTC.
    var nextDay: Instant { Instant(milliseconds: (milliseconds / 86_400_000 + 1) * 86_400_000) }
}
