import PipelineEngine
import PipelineKit
import Testing

extension StorePromise {
    func artifactsOnce(_ store: any EventStore) async throws {
        let large = Artifact((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let empty = Artifact([])
        try await store.append(StoreSamples.batch(1...1, of: "r1", artifacts: [large, empty, large]))
        try await store.append(StoreSamples.batch(2...2, of: "r1", artifacts: [large]))
        try await store.append(StoreSamples.batch(1...1, of: "r2", artifacts: [large]))
        #expect(try await store.artifact(large.digest) == large.bytes)
        #expect(try await store.artifact(empty.digest) == [])
        #expect(try await store.remove(["r1", "r2"]) == 300_000)  // and not a multiple
    }

    func artifactsCollected(_ store: any EventStore) async throws {
        let (own, shared) = (Artifact(Array("own".utf8)), Artifact(Array("shared".utf8)))
        try await store.append(StoreSamples.batch(1...1, of: "r1", artifacts: [own, shared]))
        try await store.append(StoreSamples.batch(1...1, of: "r2", artifacts: [shared]))
        var fork = StoreSamples.batch(1...1, of: "r3")
        fork.references = [shared.digest, shared.digest, Artifact(Array("nowhere".utf8)).digest]
        try await store.append(fork)
        #expect(try await store.remove(["r1"]) == 3)
        #expect(try await store.artifact(own.digest) == nil)
        #expect(try await store.artifact(shared.digest) == shared.bytes)
        #expect(try await store.remove(["r2"]) == 0)
        #expect(try await store.artifact(shared.digest) == shared.bytes)
        #expect(try await store.remove(["r3"]) == 6)
        #expect(try await store.artifact(shared.digest) == nil)
    }
}
