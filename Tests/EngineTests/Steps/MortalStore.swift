import PipelineEngine
import PipelineKit
import Synchronization

/// What a process sees of a store until the process dies: after so many batches nothing is heard of it any more.
final class MortalStore: EventStore {
    private struct Life {
        var left: Int
        var appended = 0
    }

    private let store: any EventStore
    private let life: Mutex<Life>

    /// - Parameter batches: How many are written before the end.
    init(_ store: any EventStore, dyingAfter batches: Int = .max) {
        self.store = store
        life = Mutex(Life(left: batches))
    }

    var isDead: Bool { life.withLock { $0.left == 0 } }
    /// How many batches were written.
    var appended: Int { life.withLock(\.appended) }

    private func live() throws(StoreError) {
        if isDead { throw .unavailable("This process is dead.") }
    }

    func append(_ batch: Batch) async throws(StoreError) {
        try live()
        try await store.append(batch)
        life.withLock { life in
            life.appended += 1
            life.left = max(0, life.left - 1)
        }
    }
    func events(of run: RunID, after sequence: Int, limit: Int) async throws(StoreError) -> [StoredEvent] {
        try live()
        return try await store.events(of: run, after: sequence, limit: limit)
    }
    func summary(of run: RunID) async throws(StoreError) -> RunSummary? {
        try live()
        return try await store.summary(of: run)
    }
    func summaries(_ query: RunQuery) async throws(StoreError) -> [RunSummary] {
        try live()
        return try await store.summaries(query)
    }
    func sequences(of runs: [RunID]) async throws(StoreError) -> [RunID: Int] {
        try live()
        return try await store.sequences(of: runs)
    }
    func unclaimed(_ query: UnclaimedQuery) async throws(StoreError) -> [RunSummary] {
        try live()
        return try await store.unclaimed(query)
    }
    func owners(at now: Instant) async throws(StoreError) -> Set<String> {
        try live()
        return try await store.owners(at: now)
    }
    func claim(_ run: RunID, for owner: String, until deadline: Instant, now: Instant, overriding dead: String?)
        async throws(StoreError) -> Claim?
    {
        try live()
        return try await store.claim(run, for: owner, until: deadline, now: now, overriding: dead)
    }
    func release(_ run: RunID, by owner: String) async throws(StoreError) {
        try live()
        try await store.release(run, by: owner)
    }
    func balance(of account: Account) async throws(StoreError) -> Balance {
        try live()
        return try await store.balance(of: account)
    }
    func artifact(_ digest: Digest) async throws(StoreError) -> [UInt8]? {
        try live()
        return try await store.artifact(digest)
    }
    func remove(_ runs: [RunID]) async throws(StoreError) -> Int {
        try live()
        return try await store.remove(runs)
    }
}
