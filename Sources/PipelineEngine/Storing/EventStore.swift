public import PipelineKit

/// Where histories are kept.
///
/// A store knows no event by name: it keeps numbered rows, and refuses a number that is taken. Everything else
/// (what a row means, whether the chain holds, what a list shows) is decided by the engine and handed over with the
/// rows.
public protocol EventStore: Sendable {
    /// Appends to one run's history, all or nothing, and durably: what returned is on disk.
    ///
    /// It does not end early when the task is cancelled: the caller always learns what became of the batch.
    ///
    /// - Throws: ``StoreError/conflict(expected:found:)`` when someone else appended meanwhile,
    ///   ``StoreError/overdrawn(_:)`` when an account has no room; nothing is written then.
    func append(_ batch: Batch) async throws(StoreError)

    /// Rows of one run after a sequence, in order, at most `limit`; none for an unknown run.
    func events(of run: RunID, after sequence: Int, limit: Int) async throws(StoreError) -> [StoredEvent]

    /// The row a list shows for one run; `nil` for an unknown run.
    func summary(of run: RunID) async throws(StoreError) -> RunSummary?

    /// Runs that match, the last updated first; of those updated in the same millisecond, the greatest id first.
    func summaries(_ query: RunQuery) async throws(StoreError) -> [RunSummary]

    /// The sequence of the last event of each of these runs; unknown runs are left out.
    func sequences(of runs: [RunID]) async throws(StoreError) -> [RunID: Int]

    /// Runs with work outstanding that nobody holds, the longest untouched first; of those updated in the same
    /// millisecond, the least id first.
    func unclaimed(_ query: UnclaimedQuery) async throws(StoreError) -> [RunSummary]

    /// Everybody who holds a run at `now`.
    func owners(at now: Instant) async throws(StoreError) -> Set<String>

    /// Takes a run for this owner until the deadline, unless another owner holds it at `now`.
    ///
    /// - Parameter overriding: an owner known to be dead, whose claim does not count.
    /// - Returns: the claim in force afterwards; its owner says who won. `nil` for an unknown run.
    func claim(_ run: RunID, for owner: String, until deadline: Instant, now: Instant, overriding dead: String?)
        async throws(StoreError) -> Claim?

    /// Gives a run back; nothing happens when this owner does not hold it.
    func release(_ run: RunID, by owner: String) async throws(StoreError)

    /// What stands in an account; nothing for one that no run was charged to.
    func balance(of account: Account) async throws(StoreError) -> Balance

    /// The bytes of an artifact; `nil` when there are none of this digest.
    func artifact(_ digest: Digest) async throws(StoreError) -> [UInt8]?

    /// Removes runs with their events, and then every artifact that no event of a remaining run refers to.
    ///
    /// - Returns: how many bytes of artifacts were freed.
    func remove(_ runs: [RunID]) async throws(StoreError) -> Int
}

/// One row of a history.
public struct StoredEvent: Sendable, Hashable {
    /// From 1, without gaps, within one run.
    public var sequence: Int
    /// The name of what happened, `tool_call.finished`.
    public var type: String
    /// The version of the body's shape, from 1.
    public var version: Int
    /// A JSON object.
    public var body: [UInt8]
    public var at: Instant
    /// What chains the row to the one before it.
    public var digest: Digest

    public init(sequence: Int, type: String, version: Int, body: [UInt8], at: Instant, digest: Digest) {
        self.sequence = sequence
        self.type = type
        self.version = version
        self.body = body
        self.at = at
        self.digest = digest
    }
}

/// Rows to append, with all that changes in the same transaction.
public struct Batch: Sendable {
    public var run: RunID
    /// In order, without gaps. The first follows what the caller decided upon. A batch without events changes nothing.
    public var events: [StoredEvent]
    /// The row that lists show after these events; `nil` when the one that is there still says what it is to say, except
    /// for its sequence. The first batch of a run has one.
    public var summary: RunSummary?
    /// Bytes that the events refer to by digest; kept once however often they are given.
    public var artifacts: [Artifact]
    /// Bytes that the events refer to and that another run gave (of a fork): they stay when that run is removed. Those
    /// that are not there are passed over.
    public var references: [Digest]
    /// What the events change in accounts that several runs share.
    public var charges: [Charge]

    public init(
        run: RunID,
        events: [StoredEvent],
        summary: RunSummary?,
        artifacts: [Artifact] = [],
        references: [Digest] = [],
        charges: [Charge] = []
    ) {
        self.references = references
        self.run = run
        self.events = events
        self.summary = summary
        self.artifacts = artifacts
        self.charges = charges
    }
}

/// Bytes that are too big for an event, under their digest.
public struct Artifact: Sendable, Hashable {
    public var digest: Digest
    public var bytes: [UInt8]

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        digest = Digest(of: bytes)
    }
}

/// Who works on a run, and until when unless renewed.
public struct Claim: Sendable, Hashable {
    public var owner: String
    public var until: Instant

    public init(owner: String, until: Instant) {
        self.owner = owner
        self.until = until
    }
}
