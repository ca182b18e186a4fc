import Foundation
import Testing

/// The tests of the pipelines that come with Sluice; by themselves, as they keep all processors busy.
struct PlayedPipelinesTests {
    @Test func whatComesWithTheProductPasses() async throws {
        try await withBench { bench in
            let ended = try await bench.sluice("test", "\(Bench.package)/Pipelines/")
            #expect(ended.status == 0, "\(ended.output)\(ended.errors)")
            #expect(ended.lines.last?.wholeMatch(of: /\d+ tests in 18 files: \d+ passed \(\d+\.\ds\)\./) != nil)
            let isThere = FileManager.default.fileExists(atPath: bench.state)
            #expect(!isThere, "tests leave nothing in the person's own state")
        }
    }
}
