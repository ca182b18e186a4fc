/// Why a store could not do what it was asked.
public enum StoreError: Error, Sendable, Hashable {
    /// The history goes on elsewhere than the caller thought.
    case conflict(expected: Int, found: Int)
    /// A record is at another version than the caller read, 0 for none; `Record 'k1' of 'keys'`.
    case stale(String, expected: Int, found: Int)
    /// An account has no room for what the events would reserve; nothing is written.
    case overdrawn(Overdraft)
    /// The store cannot be read or written now: a full disk, a lost connection. One sentence.
    case unavailable(String)
    /// What the store holds is not what this version wrote: damaged, or from a newer version. One sentence.
    case unreadable(String)
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .conflict(let expected, let found):
            "The history was expected to end at event \(expected), but ends at \(found)."
        case .stale(let record, _, 0): "\(record) is not there any more."
        case .stale(let record, 0, _): "\(record) is there already."
        case .stale(let record, let expected, let found):
            "\(record) was expected at version \(expected), but is at version \(found)."
        case .overdrawn(let overdraft):
            "The account '\(overdraft.account.name)' has no room for \(overdraft.wanted): its limit is \(overdraft.limit)."
        case .unavailable(let sentence), .unreadable(let sentence): sentence
        }
    }
}
