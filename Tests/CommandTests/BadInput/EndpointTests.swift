import Foundation
import PipelineEngine
import PipelineKit
import Testing

/// A model service that does not do what it should: the run tries again where that may help, and says what happened.
struct EndpointTests {
    struct Trouble: Sendable, CustomTestStringConvertible {
        /// The first part of the path at which the server behaves like this.
        var path: String
        var attempts: Int
        var message: String
        /// How long the run waits for an answer; where there is to be one, longer than any machine takes.
        var patience = "30s"
        var testDescription: String { path }
    }

    @Test(arguments: [
        Trouble(path: "hang", attempts: 5, message: "No answer from '127.0.0.1:PORT' within 0.5 s.", patience: "500ms"),
        Trouble(
            path: "cut/400",
            attempts: 5,
            message: """
                The connection to '127.0.0.1:PORT' broke: Transferred a partial file. The answer of '127.0.0.1:PORT' was \
                cut after 'Grüße, Ada.'.
                """
        ),
        Trouble(path: "garbage", attempts: 5, message: "'127.0.0.1:PORT' does not answer in HTTP."),
        Trouble(path: "limited", attempts: 5, message: "'127.0.0.1:PORT' asks to come back later (429): Slow down."),
        Trouble(
            path: "unauthorized",
            attempts: 1,
            message: """
                '127.0.0.1:PORT' does not accept the key in OPENAI_API_KEY (401): Incorrect API key provided: Bearer ….
                """
        ),
    ])
    func theLastFailureEndsTheRun(trouble: Trouble) async throws {
        try await withBench { bench in
            let server = try Running(
                ["python3", "\(Bench.package)/Tests/Fixtures/Servers/model_server.py"],
                bench.environment,
                in: bench.root,
                errors: "\(bench.root)/server"
            )
            defer { server.send(SIGKILL) }
            let port = try #require(await server.next()).trimmingCharacters(in: .newlines)
            let events = try await ask("http://127.0.0.1:\(port)/\(trouble.path)/v1", trouble.patience, bench)
            let message = trouble.message.replacing("PORT", with: port)
            #expect(events.failures.map(\.message) == Array(repeating: message, count: trouble.attempts))
            #expect(events.last?.payload == .runFinished(.failed, reason: message))
        }
    }

    @Test func aServiceThatIsNotThereIsAskedFiveTimes() async throws {
        try await withBench { bench in
            let events = try await ask("http://127.0.0.1:1/v1", "500ms", bench)
            let message = "No connection to '127.0.0.1:1': Connection refused."
            #expect(events.failures.map(\.message) == Array(repeating: message, count: 5))
            #expect(events.attempts == [1, 2, 3, 4, 5], "each attempt is made once")
            #expect(events.last?.payload == .runFinished(.failed, reason: message))
        }
    }

    @Test func aMissingKeyIsNamedBeforeAnythingIsRecorded() async throws {
        try await withBench { bench in
            try bench.write(Self.pipeline(patience: "500ms"), to: "asks.yaml")
            let ended = try await bench.sluice("run", "asks.yaml", "--cwd", "project")
            let message = """
                There is no key for 'api.openai.com': set the environment variable OPENAI_API_KEY, or run \
                'sluice key set openai'.
                """
            #expect(ended.errors == message + "\n")
            #expect(ended.status == 64)
            #expect(try await bench.sluice("runs").output == "There is no run yet.\n")

            let linted = try await bench.sluice("lint", "asks.yaml")
            #expect(linted.errors == "asks.yaml: warning: \(message)\n")
            #expect(linted.output == "asks.yaml: no mistakes.\n")
            #expect(linted.status == 0)
        }
    }

    private static func pipeline(patience: String) -> String {
        """
        name: asks
        model: openai/gpt
        goal: { gate: command, with: { command: "false" } }
        providers: { openai: { first_byte_timeout: \(patience), idle_timeout: \(patience) } }

        """
    }

    /// Runs until the model has failed for good, with the waits between attempts made short.
    private func ask(_ address: String, _ patience: String, _ bench: Bench) async throws -> [Event] {
        try bench.write(Self.pipeline(patience: patience), to: "asks.yaml")
        let more = ["SLUICE_TEST_HASTE": "100", "OPENAI_BASE_URL": address, "OPENAI_API_KEY": "secret-key"]
        let ended = try await bench.sluice("run", "asks.yaml", "--cwd", "project", adding: more)
        #expect(ended.status == 1, "\(ended)")
        #expect(!ended.output.contains("secret-key"))
        return try await bench.events()
    }
}

extension [Event] {
    fileprivate var failures: [Failure] {
        compactMap { if case .modelFailed(_, _, let failure, _) = $0.payload { failure } else { nil } }
    }

    fileprivate var attempts: [Int] {
        compactMap { if case .modelRequested(let intent) = $0.payload { intent.attempt } else { nil } }
    }
}
