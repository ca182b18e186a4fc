import PipelineEngine
import PipelineKit
import Synchronization

/// A store in memory that can be away, and counts what it is asked and what it hands out.
final class FlakyStore: EventStore {
    private struct Counts {
        var isAway = false
        var calls = 0
        var rows = 0
    }

    private let store: any EventStore
    private let counts = Mutex(Counts())

    /// What becomes of rows that were read after a sequence.
    private let rewrite: @Sendable (Int, [StoredEvent]) -> [StoredEvent]

    private let keepsArtifacts: Bool
    /// What happens just before somebody is told how far histories are.
    private let looking: @Sendable () async -> Void

    init(
        _ store: any EventStore = MemoryStore(),
        keepsArtifacts: Bool = true,
        rewrite: @escaping @Sendable (Int, [StoredEvent]) -> [StoredEvent] = { $1 },
        looking: @escaping @Sendable () async -> Void = {}
    ) {
        self.store = store
        self.looking = looking
        self.keepsArtifacts = keepsArtifacts
        self.rewrite = rewrite
    }

    var isAway: Bool {
        get { counts.withLock(\.isAway) }
        set { counts.withLock { $0.isAway = newValue } }
    }
    var calls: Int { counts.withLock(\.calls) }
    /// How many events and rows were read.
    var rows: Int { counts.withLock(\.rows) }

    private func ask() throws(StoreError) {
        let isAway = counts.withLock { counts in
            counts.calls += 1
            return counts.isAway
        }
        if isAway { throw .unavailable("The store is away.") }
    }

    private func read<Rows: Collection>(_ rows: Rows) -> Rows {
        counts.withLock { $0.rows += rows.count }
        return rows
    }

    func append(_ batch: Batch) async throws(StoreError) {
        try ask()
        try await store.append(batch)
    }
    func events(of run: RunID, after sequence: Int, limit: Int) async throws(StoreError) -> [StoredEvent] {
        try ask()
        return rewrite(sequence, read(try await store.events(of: run, after: sequence, limit: limit)))
    }
    func summary(of run: RunID) async throws(StoreError) -> RunSummary? {
        try ask()
        return try await store.summary(of: run)
    }
    func summaries(_ query: RunQuery) async throws(StoreError) -> [RunSummary] {
        try ask()
        return read(try await store.summaries(query))
    }
    func sequences(of runs: [RunID]) async throws(StoreError) -> [RunID: Int] {
        await looking()
        try ask()
        return read(try await store.sequences(of: runs))
    }
    func unclaimed(_ query: UnclaimedQuery) async throws(StoreError) -> [RunSummary] {
        try ask()
        return read(try await store.unclaimed(query))
    }
    func owners(at now: Instant) async throws(StoreError) -> Set<String> {
        try ask()
        return read(try await store.owners(at: now))
    }
    func claim(_ run: RunID, for owner: String, until deadline: Instant, now: Instant, overriding dead: String?)
        async throws(StoreError) -> Claim?
    {
        try ask()
        return try await store.claim(run, for: owner, until: deadline, now: now, overriding: dead)
    }
    func release(_ run: RunID, by owner: String) async throws(StoreError) {
        try ask()
        try await store.release(run, by: owner)
    }
    func balance(of account: Account) async throws(StoreError) -> Balance { try await store.balance(of: account) }
    func artifact(_ digest: Digest) async throws(StoreError) -> [UInt8]? {
        keepsArtifacts ? try await store.artifact(digest) : nil
    }
    func remove(_ runs: [RunID]) async throws(StoreError) -> Int { try await store.remove(runs) }
}
