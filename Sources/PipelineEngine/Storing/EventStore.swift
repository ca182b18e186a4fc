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
    /// - Throws: ``StoreError/conflict(expected:found:)`` when someone else appended meanwhile; nothing is written
    ///   then.
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
    /// The row that lists show after these events.
    public var summary: RunSummary
    /// Bytes that the events refer to by digest; kept once however often they are given. A run that refers to bytes
    /// which another run gave (a fork) gives them again, else they go when the other run is removed.
    public var artifacts: [Artifact]

    public init(run: RunID, events: [StoredEvent], summary: RunSummary, artifacts: [Artifact] = []) {
        self.run = run
        self.events = events
        self.summary = summary
        self.artifacts = artifacts
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

/// Which runs a list shows.
public struct RunQuery: Sendable, Hashable {
    /// `nil` for all.
    public var statuses: Set<RunStatus>?
    /// Only runs that were updated before this instant; `nil` for all.
    public var updatedBefore: Instant?
    /// Only runs that want to be looked at by this instant (``RunSummary/wakeAt``); `nil` for all.
    public var dueBy: Instant?
    /// Only runs of the pipeline with this name; `nil` for all.
    public var pipeline: String?
    /// Only runs on the project at this path (``RunSummary/project``); `nil` for all.
    public var project: String?
    /// Only runs that this contract or command started (``RunSummary/origin``); `nil` for all.
    public var origin: String?
    /// Only runs that have open questions (``RunSummary/isAsking``); `false` for all.
    public var isAsking: Bool
    /// Only runs that a list shows after this one, for the next page; `nil` for the first page.
    public var after: Place?
    public var limit: Int

    public init(
        statuses: Set<RunStatus>? = nil,
        updatedBefore: Instant? = nil,
        dueBy: Instant? = nil,
        pipeline: String? = nil,
        project: String? = nil,
        origin: String? = nil,
        isAsking: Bool = false,
        after: Place? = nil,
        limit: Int = 50
    ) {
        self.statuses = statuses
        self.updatedBefore = updatedBefore
        self.dueBy = dueBy
        self.pipeline = pipeline
        self.project = project
        self.origin = origin
        self.isAsking = isAsking
        self.after = after
        self.limit = limit
    }

    /// Where a run stands in a list.
    public struct Place: Sendable, Hashable {
        public var updatedAt: Instant
        public var run: RunID

        public init(updatedAt: Instant, run: RunID) {
            self.updatedAt = updatedAt
            self.run = run
        }

        /// The place of this row.
        public init(of row: RunSummary) {
            updatedAt = row.updatedAt
            run = row.run
        }
    }
}

/// Which runs somebody may take up: there is work outstanding (``RunStatus/running``), and nobody is at it.
public struct UnclaimedQuery: Sendable, Hashable {
    /// Claims that end by now do not count.
    public var now: Instant
    /// Owners known to be dead, whose claims do not count.
    public var dead: Set<String>
    /// Only runs that were updated before this instant: whoever has just recorded something may be about to claim it.
    public var updatedBefore: Instant
    /// Only runs that come after this one, for the next page; `nil` for the first page.
    public var after: RunQuery.Place?
    public var limit: Int

    public init(
        now: Instant,
        dead: Set<String> = [],
        updatedBefore: Instant,
        after: RunQuery.Place? = nil,
        limit: Int = 50
    ) {
        self.now = now
        self.dead = dead
        self.updatedBefore = updatedBefore
        self.after = after
        self.limit = limit
    }
}

/// Why a store could not do what it was asked.
public enum StoreError: Error, Sendable, Hashable {
    /// The history goes on elsewhere than the caller thought.
    case conflict(expected: Int, found: Int)
    /// A record is at another version than the caller read, 0 for none; `Record 'k1' of 'keys'`.
    case stale(String, expected: Int, found: Int)
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
        case .unavailable(let sentence), .unreadable(let sentence): sentence
        }
    }
}
