import PipelineEngine
import PipelineKit
import Testing

/// So many milliseconds after the samples' start.
private func time(_ milliseconds: Int) -> Instant {
    Instant(milliseconds: StoreSamples.start.milliseconds + milliseconds)
}

extension StorePromise {
    /// Claims run `r1`.
    private func claim(
        _ store: any EventStore,
        _ owner: String,
        until deadline: Int,
        now: Int,
        overriding dead: String? = nil
    ) async throws -> Claim? {
        try await store.claim("r1", for: owner, until: time(deadline), now: time(now), overriding: dead)
    }

    func claimHolds(_ store: any EventStore) async throws {
        try await store.append(StoreSamples.batch(1...1, of: "r1"))
        #expect(try await claim(store, "a", until: 100, now: 0) == Claim(owner: "a", until: time(100)))
        #expect(try await claim(store, "b", until: 200, now: 99) == Claim(owner: "a", until: time(100)))
        #expect(try await claim(store, "a", until: 300, now: 99) == Claim(owner: "a", until: time(300)))
        #expect(try await claim(store, "b", until: 400, now: 299) == Claim(owner: "a", until: time(300)))
        try await store.append(StoreSamples.batch(2...2, of: "r1"))  // an append changes no claim
        #expect(try await claim(store, "b", until: 400, now: 299) == Claim(owner: "a", until: time(300)))
        #expect(try await store.summary(of: "r1") == StoreSamples.summary(of: "r1", at: 2))
    }

    func claimExpires(_ store: any EventStore) async throws {
        try await store.append(StoreSamples.batch(1...1, of: "r1"))
        _ = try await claim(store, "a", until: 100, now: 0)
        #expect(try await claim(store, "b", until: 200, now: 100) == Claim(owner: "b", until: time(200)))
        #expect(try await claim(store, "a", until: 300, now: 101) == Claim(owner: "b", until: time(200)))
        #expect(try await claim(store, "b", until: 500, now: 450) == Claim(owner: "b", until: time(500)))
    }

    func claimOverridden(_ store: any EventStore) async throws {
        try await store.append(StoreSamples.batch(1...1, of: "r1"))
        _ = try await claim(store, "a", until: 100, now: 0)
        #expect(try await claim(store, "b", until: 200, now: 1, overriding: "c")?.owner == "a")
        #expect(try await claim(store, "b", until: 200, now: 1, overriding: "a") == Claim(owner: "b", until: time(200)))
        #expect(try await claim(store, "c", until: 300, now: 2, overriding: "a")?.owner == "b")
    }

    func claimReleased(_ store: any EventStore) async throws {
        try await store.append(StoreSamples.batch(1...1, of: "r1"))
        _ = try await claim(store, "a", until: 100, now: 0)
        try await store.release("r1", by: "b")
        #expect(try await claim(store, "b", until: 200, now: 1)?.owner == "a")
        try await store.release("r1", by: "a")
        #expect(try await claim(store, "b", until: 200, now: 1)?.owner == "b")
    }

    func claimants(_ store: any EventStore) async throws {
        try await store.append(StoreSamples.batch(1...1, of: "r1"))
        let winners = try await withThrowingTaskGroup { group in
            for owner in 0..<50 {
                group.addTask { try await claim(store, "\(owner)", until: 100, now: 0)?.owner == "\(owner)" }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
    }
}
