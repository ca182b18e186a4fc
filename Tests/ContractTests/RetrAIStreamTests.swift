import HTTPKit
import PipelineEngine
import PipelineKit
import PipelineTesting
import Testing

/// Streams tell a run from its first event on, to whoever comes whenever.
@Suite(.timeLimit(.minutes(5)))
struct RetrAIStreamTests {
    @Test func whoComesLateIsToldAllOfIt() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.start()
            let live = try await bench.end(of: run)
            let replayed = try await bench.end(of: run)
            #expect(live == replayed)
            #expect(Set(live.compactMap { $0["run_id"] }) == [.string(run)])
        }
    }

    @Test func whoComesBackIsToldWhatIsNew() async throws {
        try await ContractBench.serving { bench in
            let run = try await bench.start()
            let all = try await bench.end(of: run)
            let since = try #require(all[all.count / 2]["sequence"]?.integer)
            let (rest, code) = try await bench.client.listen("/api/ws/\(run)?since=\(since)")
            #expect(rest == all.filter { ($0["sequence"]?.integer ?? 0) > since })
            #expect(code == 1000)
        }
    }

    @Test func anUnknownRunIsToldInTheStream() async throws {
        try await ContractBench.serving { bench in
            let (texts, code) = try await bench.client.listen("/api/ws/nobody")
            #expect(texts == [["error": "Run not found: nobody"]])
            #expect(code == 1000)
        }
    }

    @Test func aWrongPlaceToBeginIsRefused() async throws {
        try await ContractBench.serving { bench in
            let sentence = "Parameter 'since' must be a whole number from 0 to \(Int.max), but is 'soon'."
            let answer = #"422: {"detail":"\#(sentence)"}"#
            await #expect(throws: Failure(.invalidInput, "'/api/ws/nobody?since=soon' is no stream, but \(answer)")) {
                try await bench.client.open("/api/ws/nobody?since=soon")
            }
        }
    }
}
