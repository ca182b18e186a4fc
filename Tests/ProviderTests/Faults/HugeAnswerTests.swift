import PipelineKit
import PipelineTesting
import ProviderKit
import Testing

/// Answers that are far larger than any model gives; one at a time, because each is held in memory.
@Suite(.faultyServer, .serialized, .timeLimit(.minutes(5)))
struct HugeAnswerTests {
    let server: ModelServer
    var host: String { "127.0.0.1:\(server.port)" }

    init() throws { server = try #require(ModelServer.current) }

    @Test(arguments: Spoken.allCases, ["line", "event"])
    func anEventHasALimit(speech: Spoken, name: String) async {
        let failure = Failure(.unavailable, "'\(host)' sent more than 16 MiB in one event.", mayHaveCost: true)
        await #expect(throws: failure) { try await speech.ask(name, at: server.port) }
    }

    @Test func anEventOfTwoMillionLinesIsReadOnce() async {
        let start = "'\(host)' did not answer as a model: 'data: {\(String(repeating: " data:", count: 32)) …'."
        await #expect(throws: Failure(.unavailable, start, mayHaveCost: true)) {
            try await Spoken.chat.ask("lines", at: server.port)
        }
    }

    @Test(arguments: Spoken.allCases) func tenThousandCallsAreAllHeard(speech: Spoken) async throws {
        let calls = try await speech.ask("calls/10000", at: server.port).calls
        #expect(calls.count == 10_000 && Set(calls.map(\.id)).count == 10_000)
        for (number, call) in calls.enumerated() {
            guard let arguments = try? JSONValue(parsing: call.arguments) else { continue }
            #expect(arguments == ["command": .string("echo \(number)")])
        }
    }

    @Test(arguments: [Spoken.chat, .responses, .messages])
    func argumentsMayHaveMegabytesPieceByPiece(speech: Spoken) async throws {
        let calls = try await speech.ask("pieces/20000000", at: server.port).calls
        #expect(calls.map(\.arguments.utf8.count) == [20_000_015])
    }

    @Test func argumentsThatComeWholeMayHaveMegabytes() async throws {
        let calls = try await Spoken.gemini.ask("arguments/15000000", at: server.port).calls
        #expect(calls.map(\.arguments.utf8.count) == [15_000_014])
    }

    @Test(arguments: Spoken.allCases) func argumentsOfOneEventMayNotHaveMore(speech: Spoken) async {
        let failure = Failure(.unavailable, "'\(host)' sent more than 16 MiB in one event.", mayHaveCost: true)
        await #expect {
            try await speech.ask("arguments/20000000", at: server.port)
        } throws: { error in
            let told = error as? Failure
            return told?.kind == failure.kind && told?.message.hasPrefix(failure.message) == true
        }
    }
}
