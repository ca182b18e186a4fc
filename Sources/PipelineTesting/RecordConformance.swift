public import PipelineEngine
import PipelineKit
import Testing

/// Checks that a store keeps a promise of ``RecordStore``, as ``expectConformance(to:of:)`` does for histories.
///
/// - Parameter store: without records; it is left with some.
public func expectConformance(to promise: RecordPromise, of store: any RecordStore) async throws {
    try await promise.check(store)
}

/// One promise of ``RecordStore``, so that a test names the one that is broken.
public enum RecordPromise: String, Sendable, CaseIterable {
    case recordsAreReadAsTheyWerePut, versionsCountUp, aStaleVersionChangesNothing, collectionsAreSeparate
    case recordsAreListedInPages, aRemovedRecordIsGone, oneOfManyWritersWinsEachVersion

    fileprivate func check(_ store: any RecordStore) async throws {
        switch self {
        case .recordsAreReadAsTheyWerePut: try await readAsPut(store)
        case .versionsCountUp: try await versions(store)
        case .aStaleVersionChangesNothing: try await stale(store)
        case .collectionsAreSeparate: try await collections(store)
        case .recordsAreListedInPages: try await pages(store)
        case .aRemovedRecordIsGone: try await removal(store)
        case .oneOfManyWritersWinsEachVersion: try await contended(store)
        }
    }
}

extension RecordPromise {
    private func readAsPut(_ store: any RecordStore) async throws {
        let body: JSONValue = ["text": "ü 🙂 \"quoted\" \\ \n\u{0}", "list": [1, true, nil, 0.25], "empty": [:]]
        for id in ["a", "", "ü/ \u{0}'", String(repeating: "x", count: 1_000)] {
            #expect(try await store.put(body, as: id, in: "notes", expecting: nil) == 1)
            #expect(try await store.record(id, in: "notes") == StoredRecord(id: id, version: 1, body: body))
        }
        #expect(try await store.record("nobody", in: "notes") == nil)
        #expect(try await store.record("a", in: "nothing") == nil)
    }

    private func versions(_ store: any RecordStore) async throws {
        #expect(try await store.put(1, as: "a", in: "c", expecting: 0) == 1)
        #expect(try await store.put(2, as: "a", in: "c", expecting: 1) == 2)
        #expect(try await store.put(3, as: "a", in: "c", expecting: nil) == 3)
        #expect(try await store.record("a", in: "c") == StoredRecord(id: "a", version: 3, body: 3))
    }

    private func stale(_ store: any RecordStore) async throws {
        await #expect(throws: StoreError.stale("Record 'a' of 'c'", expected: 1, found: 0)) {
            try await store.put("new", as: "a", in: "c", expecting: 1)
        }
        for _ in 1...2 { _ = try await store.put("old", as: "a", in: "c", expecting: nil) }
        for version in [0, 1, 3, -1] {
            let error = StoreError.stale("Record 'a' of 'c'", expected: version, found: 2)
            await #expect(throws: error) { try await store.put("new", as: "a", in: "c", expecting: version) }
            await #expect(throws: error) { try await store.remove("a", from: "c", expecting: version) }
        }
        #expect(try await store.record("a", in: "c") == StoredRecord(id: "a", version: 2, body: "old"))
    }

    private func collections(_ store: any RecordStore) async throws {
        for collection in ["c", "d"] {
            _ = try await store.put(.string(collection), as: "a", in: collection, expecting: 0)
        }
        #expect(try await store.records(in: "c", after: nil, limit: 9).map(\.body) == ["c"])
        #expect(try await store.remove("a", from: "c", expecting: 1))
        #expect(try await store.record("a", in: "d")?.body == "d")
    }

    private func pages(_ store: any RecordStore) async throws {
        for id in ["b", "é", "a", "B", "aa"] { _ = try await store.put([:], as: id, in: "c", expecting: 0) }
        let pages: [(String?, Int, [String])] = [
            (nil, 9, ["B", "a", "aa", "b", "é"]), (nil, 2, ["B", "a"]), ("a", 2, ["aa", "b"]), ("ab", 9, ["b", "é"]),
            ("é", 9, []), (nil, 0, []), (nil, -1, []), ("", .max, ["B", "a", "aa", "b", "é"]),
        ]
        for (after, limit, ids) in pages {
            #expect(try await store.records(in: "c", after: after, limit: limit).map(\.id) == ids)
        }
    }

    private func removal(_ store: any RecordStore) async throws {
        #expect(try await !store.remove("a", from: "c", expecting: nil))
        _ = try await store.put(1, as: "a", in: "c", expecting: 0)
        #expect(try await store.remove("a", from: "c", expecting: nil))
        #expect(try await store.record("a", in: "c") == nil)
        #expect(try await store.records(in: "c", after: nil, limit: 9).isEmpty)
        #expect(try await store.put(2, as: "a", in: "c", expecting: 0) == 1)
    }

    /// A hundred writers count one record up, each by one, and begin again where they learn that they were too late.
    private func contended(_ store: any RecordStore) async throws {
        try await withThrowingTaskGroup { group in
            for _ in 0..<100 { group.addTask { try await countUp(store) } }
            try await group.waitForAll()
        }
        #expect(try await store.record("n", in: "c") == StoredRecord(id: "n", version: 100, body: 100))
    }

    private func countUp(_ store: any RecordStore) async throws(StoreError) {
        while true {
            let version = try await store.record("n", in: "c")?.version ?? 0
            do throws(StoreError) {
                _ = try await store.put(.int(version + 1), as: "n", in: "c", expecting: version)
                return
            } catch .stale {
                continue
            }
        }
    }
}
