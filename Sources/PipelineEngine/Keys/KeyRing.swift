public import PipelineKit
import Synchronization

/// The keys with which programs and people may reach a server.
///
/// What it knows of the store is a few seconds old at most, so that a request costs no query; a key that is removed, in
/// this process or another, stops working within these seconds.
public final class KeyRing: Sendable {
    /// What a presented key turned out to be.
    public enum Finding: Sendable, Hashable {
        case valid(APIKey)
        /// The secret is right, but its time is over.
        case expired(APIKey)
        case unknown
    }

    private let store: any RecordStore
    private let clock: EngineClock
    private let shelf = Mutex(KeyShelf())

    /// More keys than that are refused, as all of them are kept in memory.
    private static let most = 1_000

    public init(store: any RecordStore, clock: EngineClock = .system) {
        self.store = store
        self.clock = clock
    }

    /// All keys, the oldest first.
    public func list() async throws(ServiceError) -> [APIKey] {
        let records = try await stored { () throws(StoreError) in try await read() }
        return records.map(\.key).sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    /// Makes a key.
    ///
    /// - Parameters:
    ///   - name: Who uses it; no two keys have one name.
    ///   - expiresAt: The moment from which it is refused; `nil` for never.
    ///   - budget: What the runs that it starts may spend.
    /// - Returns: what is to be presented, which cannot be had again, and what is known of it.
    /// - Throws: ``ServiceError/invalid(_:)`` for a name that is none or is taken, or an expiry in the past.
    public func add(
        _ name: String,
        expiresAt: Instant? = nil,
        budget: KeyBudget = KeyBudget()
    ) async throws(ServiceError) -> (presented: String, key: APIKey) {
        let now = clock.now()
        try await check(name, expiresAt, now)
        let presented = PresentedKey.random()
        let key = APIKey(
            id: presented.id,
            name: name,
            digest: presented.digest,
            createdAt: now,
            expiresAt: expiresAt,
            budget: budget
        )
        _ = try await stored { () throws(StoreError) in
            try await store.put(key.body, as: key.id, in: APIKey.collection, expecting: 0)
        }
        shelf.withLock { $0 = KeyShelf() }
        return (presented.text, key)
    }

    /// Removes a key by its id or its name, also one whose record cannot be read.
    ///
    /// - Throws: ``ServiceError/invalid(_:)`` when there is none.
    public func remove(_ wanted: String) async throws(ServiceError) {
        let records = try await stored { () throws(StoreError) in
            try await store.records(in: APIKey.collection, after: nil, limit: Self.most)
        }
        let found = records.first { $0.id == wanted } ?? records.first { $0.body["name"]?.text == wanted }
        guard let found else { throw .invalid("There is no key '\(wanted)'.") }
        _ = try await stored { () throws(StoreError) in
            try await store.remove(found.id, from: APIKey.collection, expecting: nil)
        }
        shelf.withLock { $0 = KeyShelf() }
    }

    /// Sets what the runs of a key may spend from now on; what they have spent stays spent.
    ///
    /// - Parameter wanted: The key's id or its name.
    /// - Throws: ``ServiceError/invalid(_:)`` when there is none.
    public func limit(_ wanted: String, to budget: KeyBudget) async throws(ServiceError) {
        let records = try await stored { () throws(StoreError) in try await read() }
        let found = records.first { $0.key.id == wanted } ?? records.first { $0.key.name == wanted }
        guard var record = found else { throw .invalid("There is no key '\(wanted)'.") }
        record.key.budget = budget
        _ = try await stored { [record] () throws(StoreError) in
            try await store.put(record.key.body, as: record.key.id, in: APIKey.collection, expecting: record.version)
        }
        shelf.withLock { $0 = KeyShelf() }
    }

    /// What the runs of a key may spend, by its name; `nil` for a key that is not there any more.
    public func budget(of name: String) async throws(ServiceError) -> KeyBudget? {
        try await shelf(notOlderThan: KeyShelf.usualAge).records.values.first { $0.key.name == name }?.key.budget
    }

    /// Whether there is any key, expired or not.
    public func hasKeys() async throws(ServiceError) -> Bool {
        try await !shelf(notOlderThan: KeyShelf.usualAge).records.isEmpty
    }

    /// Says whose key this is. What was presented is in no error.
    public func find(_ presented: String) async throws(ServiceError) -> Finding {
        guard let presented = PresentedKey(presented) else { return .unknown }
        var shelf = try await shelf(notOlderThan: KeyShelf.usualAge)
        if shelf.records[presented.id] == nil {
            // It may have been added a moment ago.
            shelf = try await self.shelf(notOlderThan: KeyShelf.ageForUnknown)
        }
        guard let record = shelf.records[presented.id], record.key.digest.isSame(as: presented.digest) else {
            return .unknown
        }
        let now = clock.now()
        guard !record.key.hasExpired(at: now) else { return .expired(record.key) }
        await noteUse(of: record, at: now)
        return .valid(record.key)
    }

    private func shelf(notOlderThan age: Duration) async throws(ServiceError) -> KeyShelf {
        let now = clock.now()
        let known = shelf.withLock(\.self)
        if known.isFresh(at: now, age) { return known }
        let records = try await stored { () throws(StoreError) in try await read() }
        let fresh = KeyShelf(records, readAt: now)
        shelf.withLock { $0 = fresh }
        return fresh
    }

    /// Writes down that a key is used, once an hour: a write for each request would cost more than the request.
    private func noteUse(of record: KeyShelf.Record, at now: Instant) async {
        guard record.key.lastUsedAt.map({ now - $0 >= .seconds(3_600) }) ?? true else { return }
        var used = record
        used.key.lastUsedAt = now
        shelf.withLock { $0.records[used.key.id] = used }
        // A key that was removed meanwhile stays so; and whoever may come in must not be kept out by a full disk.
        _ = try? await store.put(used.key.body, as: used.key.id, in: APIKey.collection, expecting: record.version)
    }

    private func read() async throws(StoreError) -> [KeyShelf.Record] {
        try await store.records(in: APIKey.collection, after: nil, limit: Self.most).map { record throws(StoreError) in
            KeyShelf.Record(key: try APIKey(record), version: record.version)
        }
    }

    private func check(_ name: String, _ expiresAt: Instant?, _ now: Instant) async throws(ServiceError) {
        guard (1...100).contains(name.count), name == name.trimmed, !name.unicodeScalars.contains(where: \.isControl)
        else {
            throw .invalid("The name of a key has 1 to 100 characters, and no control characters or blanks around it.")
        }
        if let expiresAt, expiresAt <= now {
            throw .invalid("A key that expires at \(expiresAt) would never work: it is \(now) now.")
        }
        let others = try await list()
        guard !others.contains(where: { $0.name == name }) else { throw .invalid("There is a key '\(name)' already.") }
        guard others.count < Self.most else { throw .invalid("There are \(Self.most) keys already; remove one first.") }
    }

    private func stored<Value>(
        _ body: () async throws(StoreError) -> Value
    ) async throws(ServiceError) -> Value {
        do throws(StoreError) { return try await body() } catch { throw .store(error) }
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
