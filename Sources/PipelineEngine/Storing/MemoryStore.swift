public import PipelineKit

/// Histories and records in memory, for tests and for runs that nobody wants to keep: "on disk" holds until the process ends.
public actor MemoryStore: EventStore {
    private struct Run {
        var events: [StoredEvent] = []
        var row: RunSummary
        var claim: Claim?
        var artifacts: Set<Digest> = []
    }

    private var runs: [RunID: Run] = [:]
    private var artifacts: [Digest: [UInt8]] = [:]
    private var balances: [Account: Balance] = [:]
    /// By collection and id.
    var records: [String: [String: StoredRecord]] = [:]

    public init() {}

    public func append(_ batch: Batch) throws(StoreError) {
        guard !batch.events.isEmpty else { return }
        try batch.check(after: runs[batch.run]?.events.count ?? 0)
        for charge in batch.charges {
            if let overdraft = Overdraft(charge, on: balance(of: charge.account)) { throw .overdrawn(overdraft) }
        }
        for charge in batch.charges { balances[charge.account] = balance(of: charge.account) + charge.change }
        guard var run = runs[batch.run] ?? batch.row.map({ Run(row: $0) }) else { return }
        runs[batch.run] = nil  // lets go of the events, so that they are not copied
        run.events += batch.events
        run.row = batch.row ?? run.row
        run.row.sequence = run.events.count
        for artifact in batch.artifacts {
            run.artifacts.insert(artifact.digest)
            artifacts[artifact.digest] = artifact.bytes
        }
        run.artifacts.formUnion(batch.references.filter { artifacts[$0] != nil })
        runs[batch.run] = run
    }

    public func events(of run: RunID, after sequence: Int, limit: Int) -> [StoredEvent] {
        Array((runs[run]?.events ?? []).dropFirst(max(0, sequence)).prefix(max(0, limit)))
    }

    public func summary(of run: RunID) -> RunSummary? { runs[run]?.row }

    public func summaries(_ query: RunQuery) -> [RunSummary] {
        let rows = runs.values.map(\.row).filter(query.matches)
        let sorted = rows.sorted { RunQuery.Place(of: $0).precedes(RunQuery.Place(of: $1)) }
        return Array(sorted.prefix(max(0, query.limit)))
    }

    public func sequences(of wanted: [RunID]) -> [RunID: Int] {
        Dictionary(wanted.compactMap { run in runs[run].map { (run, $0.row.sequence) } }) { first, _ in first }
    }

    public func unclaimed(_ query: UnclaimedQuery) -> [RunSummary] {
        let rows = runs.values.filter { query.matches($0.row, $0.claim) }.map(\.row)
        let sorted = rows.sorted { RunQuery.Place(of: $1).precedes(RunQuery.Place(of: $0)) }
        return Array(sorted.prefix(max(0, query.limit)))
    }

    public func owners(at now: Instant) -> Set<String> {
        Set(runs.values.compactMap(\.claim).filter { $0.until > now }.map(\.owner))
    }

    public func claim(
        _ run: RunID,
        for owner: String,
        until deadline: Instant,
        now: Instant,
        overriding dead: String?
    ) -> Claim? {
        guard let held = runs[run] else { return nil }
        if let claim = held.claim, claim.holds(against: owner, at: now, overriding: dead) { return claim }
        let claim = Claim(owner: owner, until: deadline)
        runs[run]?.claim = claim
        return claim
    }

    public func release(_ run: RunID, by owner: String) {
        guard runs[run]?.claim?.owner == owner else { return }
        runs[run]?.claim = nil
    }

    public func balance(of account: Account) -> Balance { balances[account] ?? Balance() }

    public func artifact(_ digest: Digest) -> [UInt8]? { artifacts[digest] }

    public func remove(_ removed: [RunID]) -> Int {
        for run in removed { (runs[run], balances[.run(run)]) = (nil, nil) }
        let used = runs.values.reduce(into: Set<Digest>()) { $0.formUnion($1.artifacts) }
        let freed = artifacts.filter { !used.contains($0.key) }
        for digest in freed.keys { artifacts[digest] = nil }
        return freed.values.reduce(0) { $0 + $1.count }
    }
}
