import PipelineEngine
import PipelineKit
import Testing

extension StorePromise {
    private static let day = Account.day("2026-11-22")
    private static let key = Account.key("ci")

    private func charged(_ sequence: Int, _ charges: [Charge], of run: RunID = "r1") -> Batch {
        var batch = StoreSamples.batch(sequence...sequence, of: run)
        batch.charges = charges
        return batch
    }

    func chargesAccounts(_ store: any EventStore) async throws {
        #expect(try await store.balance(of: Self.day) == Balance())
        let reserved = Balance(reserved: .usd(2))
        try await store.append(charged(1, [Charge(Self.day, reserved, limit: .usd(2)), Charge(Self.key, reserved)]))
        let settled = Balance(spent: .usd(0.5), reserved: .zero - .usd(2))
        try await store.append(charged(2, [Charge(Self.day, settled)]))
        #expect(try await store.balance(of: Self.day) == Balance(spent: .usd(0.5)))
        #expect(try await store.balance(of: Self.key) == reserved)
        #expect(try await store.balance(of: .keyOfDay("ci", day: "2026-11-22")) == Balance())
    }

    func refusesOverdrafts(_ store: any EventStore) async throws {
        let all = Balance(spent: .usd(1), reserved: .usd(1))
        try await store.append(charged(1, [Charge(Self.key, all)]))
        let more = Charge(Self.key, Balance(reserved: Money(nanodollars: 1)), limit: .usd(2))
        let overdraft = try #require(Overdraft(more, on: all))
        await #expect(throws: StoreError.overdrawn(overdraft)) {
            try await store.append(charged(2, [Charge(Self.day, all), more]))
        }
        #expect(try await store.events(of: "r1", after: 0, limit: 10).count == 1)
        #expect(try await store.balance(of: Self.day) == Balance())
        #expect(try await store.balance(of: Self.key) == all)
    }

    func chargesOnceForWhoeverWasFirst(_ store: any EventStore) async throws {
        let charge = Charge(Self.day, Balance(spent: .usd(1)))
        try await store.append(charged(1, [charge]))
        await #expect(throws: StoreError.conflict(expected: 0, found: 1)) {
            try await store.append(charged(1, [charge]))
        }
        #expect(try await store.balance(of: Self.day) == Balance(spent: .usd(1)))
    }

    func keepsTheLimitAmongManyWriters(_ store: any EventStore) async throws {
        let charge = Charge(Self.day, Balance(reserved: .usd(1)), limit: .usd(7))
        let kept = await withTaskGroup(of: Bool.self) { group in
            for index in 1...20 {
                group.addTask { (try? await store.append(charged(1, [charge], of: RunID("r\(index)")))) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(kept == 7)
        #expect(try await store.balance(of: Self.day) == Balance(reserved: .usd(7)))
    }
}
