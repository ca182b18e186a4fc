import Foundation
import PipelineKit
import Testing

/// People are told by the program as it is shipped, and an operator is told what is wrong beforehand.
@Suite(.timeLimit(.minutes(5)))
struct PushCommandTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    private func prepare(_ bench: Bench) throws {
        try bench.write(
            """
            name: asking
            model: scripted/script.json
            goal: { gate: command, with: { command: "test -e two.txt" } }
            """,
            to: "asking.yaml"
        )
        let script: JSONValue = [
            ["calls": [["tool": "file_write", "arguments": ["path": "one.txt", "content": "1\n"]]]],
            ["text": "Wrote the first."],
        ]
        try bench.write(script.jsonText, to: "script.json")
    }

    private func settings(_ port: Int) -> String {
        """
        push:
          ntfy:
            url: http://127.0.0.1:\(port)
            topic: sluice-ada
            token: env:NTFY_TOKEN
          webhook:
            url: http://127.0.0.1:\(port)/hook
            secret: file:/SECRET
        """
    }

    /// Writes a file that only its owner may read.
    private func keep(_ text: String, in path: String) throws {
        #expect(
            FileManager.default.createFile(
                atPath: path,
                contents: Data(text.utf8),
                attributes: [.posixPermissions: 0o600]
            )
        )
    }

    /// What takes messages for a test, and where a server that sends them there has its settings.
    private final class Receiver {
        private let running: Running
        let words: [String]

        init(_ running: Running, _ words: [String]) {
            self.running = running
            self.words = words
        }

        /// The next messages, by the path they came to.
        func next(_ count: Int) async throws -> [String: JSONValue] {
            var told: [String: JSONValue] = [:]
            while told.count < count {
                let line = try JSONValue(parsing: Array(try #require(await running.next()).utf8))
                told[line["path"]?.text ?? ""] = line
            }
            return told
        }
    }

    private func withReceiver(_ body: (Bench, Receiver) async throws -> Void) async throws {
        try await withBench { bench in
            try prepare(bench)
            let running = try Running(
                ["python3", "\(Bench.package)/Tests/Fixtures/Servers/hook_server.py", Self.secret],
                bench.environment,
                in: bench.root,
                errors: "\(bench.root)/receiver.stderr"
            )
            defer { running.send(SIGKILL) }
            let port = try #require(Int((await running.next() ?? "").trimmed))
            try keep(Self.secret + "\n", in: "\(bench.root)/hook-secret")
            let settings = settings(port).replacing("/SECRET", with: "\(bench.root)/hook-secret")
            try bench.write(settings, to: "serve.yaml")
            try await body(bench, Receiver(running, ["--config", "\(bench.root)/serve.yaml"]))
        }
    }

    private static let token = ["NTFY_TOKEN": "tk_abc"]

    private func start(_ client: Client) async throws -> String {
        let order: JSONValue = ["goal": "asking.yaml", "cwd": "project", "hitl_enabled": true]
        let answer = try await client.post("/api/runs", order)
        return try #require(answer.json["run_id"]?.text, "\(answer.text)")
    }

    @Test func aQuestionOfARunArrives() async throws {
        try await withReceiver { bench, receiver in
            try await withServer(bench, log: "\(bench.root)/log", receiver.words, adding: Self.token) { server in
                let run = try await start(server.client)
                let told = try await receiver.next(2)
                let ntfy = try #require(told["/"])
                #expect(ntfy["authorization"] == "Bearer tk_abc")
                #expect(ntfy["body"]?["topic"] == "sluice-ada")
                #expect(ntfy["body"]?["title"] == "asking asks for approval")
                let hook = try #require(told["/hook"])
                #expect(hook["signed"] == true)
                #expect(hook["body"]?["run_id"] == .string(run))
                #expect(hook["body"]?["approval_id"] == .string("\(run).a1"))
                #expect(hook["body"]?["level"] == 0 && hook["body"]?["type"] == "approval")
                #expect(hook["body"]?["body"] == ntfy["body"]?["message"])
                #expect((await server.stop()).status == 0)
            }
            let log = try #require(bench.read("log"))
            #expect(!log.contains("failed") && !log.contains("tk_abc") && !log.contains(Self.secret))
        }
    }

    /// Each server is killed as soon as it has told; the next one comes later by its clock.
    @Test func aServerThatIsKilledGoesOnWhereItWas() async throws {
        try await withReceiver { bench, receiver in
            var levels: [JSONValue?] = []
            for minutes in [0, 20, 70] {
                let clock = ["SLUICE_TEST_CLOCK": "\(Instant(Date()) + .seconds(60 * minutes))"]
                let environment = minutes == 0 ? Self.token : Self.token.merging(clock) { $1 }
                try await withServer(bench, receiver.words, adding: environment) { server in
                    if minutes == 0 { _ = try await start(server.client) }
                    levels.append(try await receiver.next(2)["/hook"]?["body"]?["level"])
                    await server.kill()
                }
            }
            #expect(levels == [0, 1, 2])
        }
    }

    @Test func secretsThatAreNotThereAreToldBeforeAnythingIsServed() async throws {
        try await withBench { bench in
            try bench.write(settings(1).replacing("/SECRET", with: "\(bench.root)/none"), to: "serve.yaml")
            let refused = try await bench.sluice("serve", "--config", "serve.yaml", "--root", bench.root, "--port", "0")
            #expect(
                refused.errors == """
                    Setting 'push' of serve.yaml: There is no token for ntfy: set the environment variable NTFY_TOKEN.
                    Setting 'push' of serve.yaml: There is no secret for the webhook: write it into the file \
                    '\(bench.root)/none', which nobody but its owner may read (chmod 600).

                    """
            )
            #expect(refused.status == 64)
        }
    }

    @Test func mistakesAreToldWithTheirLines() async throws {
        try await withBench { bench in
            try bench.write(
                "push:\n  ntfy: { url: ntfy.sh, topic: a b }\n  webhook: { url: 'https://a.org', secret: whsec_abc }\n",
                to: "serve.yaml"
            )
            let refused = try await bench.sluice("serve", "--config", "serve.yaml")
            #expect(
                refused.errors == """
                    serve.yaml:2:16: error: Field 'push.ntfy.url' must be an address such as 'https://push.example.org', but \
                    is "ntfy.sh".
                      2 | ntfy: { url: ntfy.sh, topic: a b }
                        |              ^~~~~~~
                    serve.yaml:3:44: error: Field 'push.webhook.secret' must be a reference to a secret such as \
                    'env:OPENAI_API_KEY', not the secret itself.
                      3 | webhook: { url: 'https://a.org', secret: whsec_abc }
                        |                                          ^~~~~~~~~

                    """
            )
            #expect(refused.status == 64)
        }
    }

    @Test func theInterfaceThatTellsMustBeServed() async throws {
        try await withBench { bench in
            let push = #"{"ntfy":{"url":"https://ntfy.sh","topic":"t"}}"#
            let refused = try await bench.sluice("serve", "--contract", "sluice", adding: ["SLUICE_PUSH": push])
            let sentence = "Variable 'SLUICE_PUSH' needs the interface 'm': serve it too, with --contract m.\n"
            #expect(refused.errors == sentence)
            #expect(refused.status == 64)
        }
    }
}
