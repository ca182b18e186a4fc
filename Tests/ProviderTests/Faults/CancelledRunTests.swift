import PipelineEngine
import PipelineKit
import PipelineTesting
import ProviderKit
import Testing

/// A run that is cancelled leaves nothing under way.
@Suite(.faultyServer, .timeLimit(.minutes(5)))
struct CancelledRunTests {
    @Test func theRequestOfACancelledRunIsCutWhileItsModelSpeaks() async throws {
        let server = try #require(ModelServer.current)
        let engine = RealEngine()
        defer { engine.remove() }
        try await engine.start("r1", at: server.url("/streams/r1/v1"))
        let services = engine.services
        let (words, word) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        services.feed.observe { if case .piece(_, .model(_, .text)) = $0 { word.yield() } }
        let work = Task { try await services.runs.carryOn("r1") }
        for await _ in words { break }
        try await services.runs.cancel("r1", by: "ada", reason: "Too long.")
        let request = TransportRequest(method: "GET", url: server.url("/cut/r1/v1"), headers: [], body: [])
        let seen = try JSONValue(parsing: await CurlTransport().send(request).body.everything())
        #expect(seen == ["cut": true], "The service sees its connection closed.")
        let state = try await work.value
        #expect(state.phase == .finished(.aborted, reason: "Too long."))
        let events = try await services.runs.events(of: "r1").map(\.payload)
        #expect(events.last == .runFinished(.aborted, reason: "Too long."))
        #expect(!events.contains { if case .modelReplied = $0 { true } else { false } })
        #expect(events.contains { if case .modelRequested = $0 { true } else { false } })
    }
}
