import PipelineKit
import ProviderKit
import Synchronization
import Testing

/// Many requests at once, over real sockets.
@Suite(.faultyServer, .serialized, .timeLimit(.minutes(5)))
struct CrowdTests {
    let server: ModelServer
    let transport = CurlTransport()

    init() throws { server = try #require(ModelServer.current) }

    private func connections() async throws -> (open: Int, most: Int) {
        let request = TransportRequest(method: "GET", url: server.url("/open/-/v1"), headers: [], body: [])
        let told = try JSONValue(parsing: await CurlTransport().send(request).body.everything())
        return (try #require(told["open"]?.integer), try #require(told["most"]?.integer))
    }

    /// Asks `count` times at once.
    private func ask(_ count: Int, _ fault: String) async throws -> [ModelReply] {
        try await withThrowingTaskGroup(of: ModelReply.self) { group in
            for number in 0..<count {
                let speech = Spoken.allCases[number % Spoken.allCases.count]
                group.addTask { try await speech.ask(fault, at: server.port, by: transport) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func aThousandAtOnceAreAllAnsweredOverABoundedNumberOfConnections() async throws {
        let replies = try await ask(1_000, "slow_answer/50")
        #expect(replies.count == 1_000)
        #expect(replies.allSatisfy { $0.text == "Grüße, Ada." })
        let connections = try await connections()
        #expect(connections.most <= CurlTransport.placesOfHost + 1)
        #expect(connections.open <= CurlTransport.placesOfHost)
    }

    @Test func whoIsCancelledLeavesAtOnceAlsoFromTheQueue() async throws {
        let count = CurlTransport.placesOfHost + 300
        let host = "127.0.0.1:\(server.port)"
        let tasks = (0..<count).map { _ in
            Task { () async throws(Failure) in try await Spoken.chat.ask("silent/head", at: server.port, by: transport)
            }
        }
        while try await connections().open < CurlTransport.placesOfHost {}  // all places are taken
        for task in tasks { task.cancel() }
        for task in tasks {
            let failure = Failure(.cancelled, "The request to '\(host)' was cancelled.")
            await #expect(throws: failure) { try await task.value }
        }
        // The places are free again.
        #expect(try await ask(10, "plain").count == 10)
    }

    @Test func whoFindsNoPlaceInTimeIsTold() async throws {
        let tasks = (0..<CurlTransport.placesOfHost).map { _ in
            Task { try await Spoken.chat.ask("silent/head", at: server.port, by: transport) }
        }
        defer { for task in tasks { task.cancel() } }
        while try await connections().open < CurlTransport.placesOfHost {}
        let message =
            "The request to '127.0.0.1:\(server.port)' was not sent within 0.3 s: 256 others are under way."
        await #expect(throws: Failure(.timedOut, message)) {
            try await Spoken.chat.ask("plain", at: server.port, by: transport, total: .milliseconds(300))
        }
    }
}
