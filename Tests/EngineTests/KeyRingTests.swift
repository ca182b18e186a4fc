import PipelineEngine
import PipelineKit
import PipelineTesting
import Synchronization
import Testing

/// Keys are shown once, kept as digests, and stop working soon after they are removed.
struct KeyRingTests {
    private let store = CountingStore()
    private let clock = ManualClock()
    private var ring: KeyRing { KeyRing(store: store, clock: clock.clock) }

    @Test func aKeyIsFoundByWhatWasShown() async throws {
        let ring = ring
        let (presented, key) = try await ring.add("ci")
        #expect(presented.wholeMatch(of: /slk_[0-9a-f]{8}_[0-9a-f]{64}/) != nil)
        #expect(presented.hasPrefix("slk_\(key.id)_"))
        guard case .valid(let found) = try await ring.find(presented) else {
            Issue.record("The key was not found.")
            return
        }
        #expect(found == key)
        #expect(try await ring.add("cd").presented.suffix(64) != presented.suffix(64))
    }

    @Test func theStoreHoldsNoSecret() async throws {
        let (presented, key) = try await ring.add("ci")
        let record = try #require(await store.record(key.id, in: "keys"))
        let text = String(decoding: record.body.encoded(), as: UTF8.self)
        #expect(!text.contains(presented.suffix(64)))
        #expect(record.body["digest"] == .string("\(Digest(of: Array(presented.suffix(64).utf8)))"))
    }

    @Test(arguments: ["", "slk", "slk__", "slk_1_2", "Bearer x", String(repeating: "_", count: 77), "\u{0}"])
    func whatIsNoKeyIsUnknown(presented: String) async throws {
        #expect(try await ring.find(presented) == .unknown)
        #expect(store.reads == 0)
    }

    @Test func aWrongSecretOrNumberIsUnknown() async throws {
        let ring = ring
        let presented = try await ring.add("ci").presented
        let last = presented.hasSuffix("0") ? "1" : "0"
        #expect(try await ring.find(String(presented.dropLast()) + last) == .unknown)
        #expect(try await ring.find("slk_00000000_" + presented.suffix(64)) == .unknown)
        #expect(try await ring.find(presented.uppercased()) == .unknown)
    }

    @Test func aKeyMayHaveLimitsOfCost() async throws {
        let store = MemoryStore()
        let ring = KeyRing(store: store, clock: Bench.clock)
        let limits = KeyBudget(inAll: .usd(50), perDay: .usd(5))
        let (_, key) = try await ring.add("ci", budget: limits)
        #expect(key.budget == limits)
        #expect(try await ring.budget(of: "ci") == limits)
        try await ring.limit("ci", to: KeyBudget(inAll: .usd(80)))
        #expect(try await ring.budget(of: "ci") == KeyBudget(inAll: .usd(80)))
        #expect(try await ring.budget(of: "other") == nil)
        await #expect(throws: ServiceError.invalid("There is no key 'other'.")) {
            try await ring.limit("other", to: limits)
        }
    }

    @Test func aLimitThatCannotBeReadIsNotNone() async throws {
        let store = MemoryStore()
        let ring = KeyRing(store: store, clock: Bench.clock)
        let (_, key) = try await ring.add("ci", budget: KeyBudget(inAll: .usd(50)))
        let record = try #require(await store.record(key.id, in: "keys"))
        var members = record.body.members
        members["cost"] = "much"
        _ = try await store.put(.object(members), as: key.id, in: "keys", expecting: nil)
        await #expect(throws: ServiceError.self) { _ = try await KeyRing(store: store).budget(of: "ci") }
    }

    @Test func aRequestCostsNoQuery() async throws {
        let ring = ring
        let presented = try await ring.add("ci").presented
        _ = try await ring.find(presented)
        let (reads, writes) = (store.reads, store.writes)
        for _ in 0..<100 { _ = try await ring.find(presented) }
        for number in 0..<100 { _ = try await ring.find("slk_0000\(1000 + number)_" + presented.suffix(64)) }
        #expect(store.reads == reads)
        #expect(store.writes == writes)
    }

    @Test func aKeyRemovedElsewhereStopsWorkingWithinSeconds() async throws {
        let (here, elsewhere) = (ring, ring)
        let (presented, key) = try await here.add("ci")
        #expect(try await here.find(presented) == .valid(key))
        try await elsewhere.remove("ci")
        #expect(try await elsewhere.find(presented) == .unknown)
        clock.advance(by: .seconds(3))
        #expect(try await here.find(presented) == .unknown)
    }

    @Test func aKeyAddedElsewhereWorksSoon() async throws {
        let (here, elsewhere) = (ring, ring)
        #expect(try await !here.hasKeys())
        let (presented, key) = try await elsewhere.add("ci")
        clock.advance(by: .milliseconds(250))
        #expect(try await here.find(presented) == .valid(key))
        #expect(try await here.hasKeys())
    }

    @Test func aClockThatWasSetBackKeepsNoRemovedKey() async throws {
        let (here, elsewhere) = (ring, ring)
        let presented = try await here.add("ci").presented
        _ = try await here.find(presented)
        try await elsewhere.remove("ci")
        clock.advance(by: .seconds(-3_600))
        #expect(try await here.find(presented) == .unknown)
    }

    @Test func anExpiredKeyIsNamed() async throws {
        let ring = ring
        let (presented, key) = try await ring.add("ci", expiresAt: clock.now + .seconds(60))
        clock.advance(by: .seconds(59))
        guard case .valid = try await ring.find(presented) else { throw Unexpected() }
        clock.advance(by: .seconds(1))
        guard case .expired(let found) = try await ring.find(presented) else { throw Unexpected() }
        #expect(found.id == key.id)
        #expect(try await ring.hasKeys(), "An expired key lets nobody in without one.")
    }

    private struct Unexpected: Error {}

    @Test func useIsNotedOnceAnHour() async throws {
        let ring = ring
        let presented = try await ring.add("ci").presented
        let start = clock.now
        for _ in 0..<3 {
            _ = try await ring.find(presented)
            clock.advance(by: .seconds(1_200))
        }
        #expect(try await ring.list().first?.lastUsedAt == start)
        #expect(store.writes == 2)
        _ = try await ring.find(presented)
        #expect(try await ring.list().first?.lastUsedAt == start + .seconds(3_600))
        #expect(store.writes == 3)
    }

    @Test func keysAreListedFromTheOldest() async throws {
        let ring = ring
        for name in ["z", "a", "m"] {
            _ = try await ring.add(name)
            clock.advance(by: .seconds(1))
        }
        #expect(try await ring.list().map(\.name) == ["z", "a", "m"])
    }

    @Test func mistakesAreSentences() async throws {
        let ring = ring
        _ = try await ring.add("ci")
        let form = "The name of a key has 1 to 100 characters, and no control characters or blanks around it."
        for name in ["", " ci", "a\nb", String(repeating: "x", count: 101)] {
            await #expect(throws: ServiceError.invalid(form)) { try await ring.add(name) }
        }
        await #expect(throws: ServiceError.invalid("There is a key 'ci' already.")) { try await ring.add("ci") }
        await #expect(throws: ServiceError.invalid("There is no key 'cd'.")) { try await ring.remove("cd") }
        let past = "A key that expires at \(clock.now) would never work: it is \(clock.now) now."
        await #expect(throws: ServiceError.invalid(past)) { try await ring.add("cd", expiresAt: clock.now) }
    }

    @Test func aRecordOfSomebodyElseLetsNobodyInAndCanBeRemoved() async throws {
        let ring = ring
        let (presented, key) = try await ring.add("ci")
        var body = try #require(await store.record(key.id, in: "keys")).body.members
        body["expires_at"] = "soon"
        _ = try await store.put(.object(body), as: key.id, in: "keys", expecting: 1)
        let sentence =
            "Key '\(key.id)' cannot be read: the record is not what Sluice writes. Remove it, and add another."
        await #expect(throws: ServiceError.store(.unreadable(sentence))) { try await ring.find(presented) }
        try await ring.remove(key.id)
        #expect(try await ring.find(presented) == .unknown)
    }
}

/// Records in memory that count who asks.
private final class CountingStore: RecordStore {
    private let memory = MemoryStore()
    private let counts = Mutex((reads: 0, writes: 0))

    var reads: Int { counts.withLock(\.reads) }
    var writes: Int { counts.withLock(\.writes) }

    func put(
        _ body: JSONValue,
        as id: String,
        in collection: String,
        expecting version: Int?
    ) async throws(StoreError) -> Int {
        counts.withLock { $0.writes += 1 }
        return try await memory.put(body, as: id, in: collection, expecting: version)
    }

    func record(_ id: String, in collection: String) async throws(StoreError) -> StoredRecord? {
        counts.withLock { $0.reads += 1 }
        return await memory.record(id, in: collection)
    }

    func records(in collection: String, after id: String?, limit: Int) async throws(StoreError) -> [StoredRecord] {
        counts.withLock { $0.reads += 1 }
        return await memory.records(in: collection, after: id, limit: limit)
    }

    func remove(_ id: String, from collection: String, expecting version: Int?) async throws(StoreError) -> Bool {
        counts.withLock { $0.writes += 1 }
        return try await memory.remove(id, from: collection, expecting: version)
    }
}
