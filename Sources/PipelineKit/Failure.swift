/// Why a module could not do what it was asked.
///
/// A failure is recorded in the run's history, so it is plain data: it survives a restart and reads
/// the same in a log, an HTTP body and a test. A check that ran and said no is a ``Verdict``, and a
/// command that ran and exited with 1 is a result; neither is a failure.
public struct Failure: Error, Sendable, Hashable {
    /// What the engine may do about it.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The request itself is wrong; the same request fails again.
        case invalidInput = "invalid_input"
        /// The other side is down, unreachable or broken; worth retrying.
        case unavailable
        /// Something the work needs is not there: a program, a file, a key. A person has to act.
        case missing
        /// Asked too often; retry after ``Failure/retryAfter``.
        case rateLimited = "rate_limited"
        /// No answer within the time allowed.
        case timedOut = "timed_out"
        /// Policy says no.
        case denied
        /// The run was cancelled while the work was under way.
        case cancelled
    }

    public var kind: Kind
    /// One sentence for a person, quoting what they wrote: `Unknown tool 'shel'. Did you mean 'shell'?`
    public var message: String
    /// Seconds to wait before asking again, when the other side said so.
    public var retryAfter: Double?
    /// Whether a model service may have worked, and charged, before this happened.
    public var mayHaveCost: Bool
    /// Whether nothing was tried, because of what happened to others before; it is no failed attempt.
    public var isPostponed: Bool
    /// Whether a model refused a request because it is too long for it.
    public var isTooLong: Bool

    public init(
        _ kind: Kind,
        _ message: String,
        retryAfter: Double? = nil,
        mayHaveCost: Bool = false,
        isPostponed: Bool = false,
        isTooLong: Bool = false
    ) {
        self.kind = kind
        self.message = message
        self.retryAfter = retryAfter
        self.mayHaveCost = mayHaveCost
        self.isPostponed = isPostponed
        self.isTooLong = isTooLong
    }
}

/// A kind under the name it is recorded by.
extension Failure.Kind: Choice {}

extension Failure: CustomStringConvertible {
    public var description: String { message }
}
