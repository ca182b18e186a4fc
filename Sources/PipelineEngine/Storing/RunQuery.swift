public import PipelineKit

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
    /// Only runs that whoever started them counts to this (``RunSummary/group``); `nil` for all.
    public var group: String?
    /// Only runs that have open questions (``RunSummary/isAsking``); `false` for all.
    public var isAsking: Bool
    /// Only runs that work for no other one (``RunSummary/parent``), as those of steps and agents do; `false` for all.
    public var isOwn: Bool
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
        group: String? = nil,
        isAsking: Bool = false,
        isOwn: Bool = false,
        after: Place? = nil,
        limit: Int = 50
    ) {
        self.statuses = statuses
        self.updatedBefore = updatedBefore
        self.dueBy = dueBy
        self.pipeline = pipeline
        self.project = project
        self.origin = origin
        self.group = group
        self.isAsking = isAsking
        self.isOwn = isOwn
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
