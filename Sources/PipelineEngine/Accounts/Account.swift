public import PipelineKit

/// What several runs spend together.
public enum Account: Sendable, Hashable {
    /// All runs, on a day in UTC: `2026-11-22`.
    case day(String)
    /// All runs that were started with a key, by its name.
    case key(String)
    /// They, on a day.
    case keyOfDay(String, day: String)
    /// A run and all that work for it.
    case run(RunID)

    /// What a store keeps it under.
    public var name: String {
        switch self {
        case .day(let day): "day/\(day)"
        case .key(let key): "key/\(key)"
        case .keyOfDay(let key, let day): "day/\(day)/\(key)"
        case .run(let run): "run/\(run)"
        }
    }
}

/// Money of an account: what is gone, and what may go with the calls that are under way.
public struct Balance: Sendable, Hashable {
    public var spent: Money
    public var reserved: Money

    public init(spent: Money = .zero, reserved: Money = .zero) {
        self.spent = spent
        self.reserved = reserved
    }

    public static func + (left: Balance, right: Balance) -> Balance {
        Balance(spent: left.spent + right.spent, reserved: left.reserved + right.reserved)
    }
}

/// What a batch of events changes in an account, in the same transaction.
public struct Charge: Sendable, Hashable {
    public var account: Account
    /// Either part may be below zero: a reply that came gives back what was reserved for it.
    public var change: Balance
    /// What the account must not come to hold in all; `nil` when nothing is reserved, or there is no limit.
    public var limit: Money?

    public init(_ account: Account, _ change: Balance, limit: Money? = nil) {
        self.account = account
        self.change = change
        self.limit = limit
    }
}

/// An account that has no room for what a run wants to reserve.
public struct Overdraft: Sendable, Hashable {
    public var account: Account
    public var balance: Balance
    public var wanted: Money
    public var limit: Money

    /// - Returns: `nil` when there is room.
    public init?(_ charge: Charge, on balance: Balance) {
        guard let limit = charge.limit else { return nil }
        let after = balance + charge.change
        guard after.spent + after.reserved > limit else { return nil }
        self.account = charge.account
        self.balance = balance
        self.wanted = charge.change.spent + charge.change.reserved
        self.limit = limit
    }

    /// Whether there may be room as soon as calls of other runs have ended, which seldom take what they may.
    public var mayPass: Bool { balance.spent + wanted <= limit }
}
