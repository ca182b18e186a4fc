import Foundation
import PipelineKit
import Testing

/// `sluice bench provider`: what it prints, not how fast anything is.
struct ProviderBenchTests {
    private func lines(of part: String, _ figure: String) async throws -> [JSONValue] {
        try await withBench { bench in
            let ended = try await bench.sluice("bench", "provider", part, "--n", "20")
            #expect(ended.status == 0, "\(ended)")
            let lines = try ended.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
            #expect(lines.first?["ev"] == "ready" && lines.first?["part"] == .string(part))
            #expect(lines.last?["ev"] == "end")
            let figures = lines.filter { $0["ev"] == .string(part) }
            #expect(figures.allSatisfy { $0[figure]?.number ?? 0 > 0 }, "\(figures)")
            return figures
        }
    }

    @Test func requestsAreComparedWithThoseOfBareCurl() async throws {
        let lines = try await lines(of: "overhead", "ratio")
        #expect(lines.map { $0["service"] } == ["pieces", "spoken"])
        #expect(lines.map { $0["pieces"] } == [50, 50])
        #expect(lines.allSatisfy { $0["request_bytes"]?.integer ?? 0 > 30_000 })
        #expect(lines.map { $0["requests"] } == [20, 20])
    }

    @Test func aStreamIsReadToItsEnd() async throws {
        let line = try #require(try await lines(of: "stream", "megabytes_per_second").first)
        #expect(line["megabytes"]?.integer ?? 0 > 60)
        #expect(line["peak_bytes"]?.integer ?? 0 > 1 << 20)
    }

    @Test func whoFollowsHearsEveryPiece() async throws {
        #expect(try await lines(of: "first", "p50_us").map { $0["pieces"] } == [1_000])
    }

    @Test func aPartThatIsNotThereIsNamed() async throws {
        try await withBench { bench in
            let ended = try await bench.sluice("bench", "provider", "frist")
            #expect(ended.status == 64)
            let message =
                "There is no part 'frist' of a provider. Did you mean 'first'? There are: overhead, stream, first.\n"
            #expect(ended.errors == message)
        }
    }
}
