import HTTPKit
import HTTPServer
import PipelineEngine
import PipelineKit
import PipelineTesting
import ProviderKit
import Synchronization
import Testing

@testable import MContract

/// ntfy and webhooks: what is sent, and what answers mean.
@Suite(.timeLimit(.minutes(5)))
struct PushChannelTests {
    private static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    /// A server that takes everything, and keeps it.
    private final class Receiver: Sendable {
        private let kept = Mutex<[HTTPRequest]>([])
        private let status: HTTPStatus

        init(_ status: HTTPStatus) { self.status = status }

        var requests: [HTTPRequest] { kept.withLock(\.self) }

        var contract: APIContract {
            let take = { @Sendable (request: HTTPRequest) async throws(HTTPError) -> HTTPResponse in
                self.kept.withLock { $0.append(request) }
                return HTTPResponse(self.status)
            }
            return APIContract(
                name: "receiver",
                routes: [Route(.post, "/", handler: .response(take)), Route(.post, "/hook", handler: .response(take))],
                render: { HTTPResponse($0.status) }
            )
        }
    }

    private func withReceiver(
        _ status: HTTPStatus = .ok,
        _ body: (_ port: Int, _ receiver: Receiver) async throws -> Void
    ) async throws {
        let receiver = Receiver(status)
        let mounts = try Mounts([receiver.contract]) { _ in nil }
        let listener = try HTTPListener(ListenerSettings(), site: Site(mounts))
        async let run: Void = listener.run()
        defer { listener.shutDown(within: .zero) }
        try await body(listener.port, receiver)
        listener.shutDown(within: .zero)
        try await run
    }

    private func means(_ settings: JSONValue, _ transport: any HTTPTransport = CurlTransport()) throws -> M.PushMeans {
        M.PushMeans(
            try M.PushSettings(json: settings),
            transport: transport,
            secrets: { $0.variable == "HOOK_SECRET" ? Self.secret : $0.variable == "NTFY_TOKEN" ? "tk_abc" : nil },
            clock: ManualClock().clock
        )
    }

    private func message(level: Int = 0, form: Bool = false) -> PushMessage {
        let asked = Asked()
        asked.ask("r1", at: .start, form: form, question: "Run 'make deploy'?")
        return PushMessage(of: asked.all[0], level: level, badge: 3)
    }

    // ntfy

    @Test func aTopicIsToldInTheWordsOfNtfy() async throws {
        try await withReceiver { port, receiver in
            let means = try means([
                "ntfy": [
                    "url": .string("http://127.0.0.1:\(port)/"), "topic": "sluice-ada", "token": "env:NTFY_TOKEN",
                    "link": "https://sluice.example.org/",
                ]
            ])
            let channel = NtfyChannel(try #require(means.settings.ntfy), means)
            #expect(await channel.send(message()) == .sent)
            #expect(await channel.send(message(level: 2, form: true)) == .sent)
            let requests = receiver.requests
            #expect(requests.map { $0.headers["authorization"] } == ["Bearer tk_abc", "Bearer tk_abc"])
            let bodies = try requests.map { try JSONValue(parsing: $0.body) }
            #expect(
                bodies == [
                    [
                        "topic": "sluice-ada", "title": "fix-tests asks for approval", "message": "Run 'make deploy'?",
                        "priority": 3, "tags": ["raised_hand"], "click": "https://sluice.example.org/runs/r1",
                    ],
                    [
                        "topic": "sluice-ada", "title": "fix-tests still waits for an answer",
                        "message": "Run 'make deploy'?", "priority": 5, "tags": ["question"],
                        "click": "https://sluice.example.org/runs/r1",
                    ],
                ]
            )
        }
    }

    @Test func whereNoTokenIsSaidNoneIsSent() async throws {
        let transport = RecordedTransport(.init(""))
        let means = try means(["ntfy": ["url": "https://ntfy.sh", "topic": "t"]], transport)
        #expect(await NtfyChannel(try #require(means.settings.ntfy), means).send(message()) == .sent)
        let sent = try #require(transport.requests.first)
        #expect(sent.headers.map(\.name) == ["content-type"])
        #expect(try JSONValue(parsing: sent.body)["click"] == nil)
    }

    // Webhooks

    @Test func theLibraryOfWebhooksTakesOurSignature() async throws {
        try await withReceiver { port, receiver in
            let means = try means([
                "webhook": ["url": .string("http://127.0.0.1:\(port)/hook"), "secret": "env:HOOK_SECRET"]
            ])
            let channel = WebhookChannel(try #require(means.settings.webhook), means)
            #expect(await channel.send(message(level: 1)) == .sent)
            let request = try #require(receiver.requests.first)
            let body: JSONValue = [
                "type": "approval", "approval_id": "r1.a1", "run_id": "r1",
                "title": "fix-tests still waits for approval",
                "body": "Run 'make deploy'?", "level": 1, "sent_at": "2026-01-01T00:00:00.000Z",
            ]
            #expect(try JSONValue(parsing: request.body) == body)
            // The library wants a moment of now, so it is told that it is then.
            let program = """
                import datetime, json, sys
                import standardwebhooks.webhooks as library
                class Then(datetime.datetime):
                    @classmethod
                    def now(cls, tz=None): return cls.fromtimestamp(int(sys.argv[3]), tz)
                library.datetime = Then
                secret, headers = sys.argv[1], json.loads(sys.argv[2])
                body = sys.stdin.read()
                print(library.Webhook(secret).verify(body, headers)["approval_id"])
                try: library.Webhook(secret).verify(body + " ", headers)
                except library.WebhookVerificationError: print("refused")
                """
            let names = ["webhook-id", "webhook-timestamp", "webhook-signature"]
            let headers = Dictionary(
                uniqueKeysWithValues: names.map { ($0, JSONValue.string(request.headers[$0] ?? "")) }
            )
            let said = try await PushServer.python(
                program,
                [Self.secret, JSONValue.object(headers).jsonText, "\(Instant.start.seconds)"],
                input: request.body
            )
            #expect(said == "r1.a1\nrefused")
        }
    }

    @Test func allAttemptsHaveOneName() async throws {
        let transport = RecordedTransport(.init(""))
        let means = try means(["webhook": ["url": "https://example.org/hook", "secret": "env:HOOK_SECRET"]], transport)
        let channel = WebhookChannel(try #require(means.settings.webhook), means)
        for level in [0, 0, 1] { _ = await channel.send(message(level: level)) }
        let ids = transport.requests.map { $0.headers.first { $0.name == "webhook-id" }?.value }
        #expect(ids[0] == ids[1] && ids[1] != ids[2] && ids[0]?.hasPrefix("msg_") == true)
    }

    @Test(arguments: ["", "abc", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!!", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])
    func aSecretThatIsNoneIsToldWithoutIt(text: String) async throws {
        var means = try means(
            ["webhook": ["url": "https://example.org/hook", "secret": "env:HOOK_SECRET"]],
            NoTransport()
        )
        means.secrets = { _ in text }
        let outcome = await WebhookChannel(try #require(means.settings.webhook), means).send(message())
        let sentence =
            "What is in HOOK_SECRET must be 'whsec_' and 24 to 64 bytes in base64, as of: openssl rand -base64 32"
        #expect(outcome == .failed(Failure(.missing, sentence), mayRetry: false))
    }

    // Answers

    @Test(arguments: [(429, true), (500, true), (503, true), (301, false), (400, false), (403, false), (404, false)])
    func anAnswerSaysWhetherToComeAgain(status: Int, mayRetry: Bool) async throws {
        for settings: JSONValue in [
            ["ntfy": ["url": "https://push.test/secret-path", "topic": "t"]],
            ["webhook": ["url": "https://push.test/secret-path", "secret": "env:HOOK_SECRET"]],
        ] {
            let answer = RecordedTransport.Answer(
                status: status,
                headers: ["retry-after": "7"],
                "{\"error\":\"tk_abc\"}"
            )
            let means = try means(settings, RecordedTransport(answer))
            let channel: any PushChannel =
                if let ntfy = means.settings.ntfy { NtfyChannel(ntfy, means) } else {
                    WebhookChannel(try #require(means.settings.webhook), means)
                }
            guard case .failed(let failure, let again) = await channel.send(message()) else {
                Issue.record("\(status) is no yes.")
                continue
            }
            #expect(again == mayRetry)
            #expect(failure.message == "'push.test' answered with \(status)." && failure.retryAfter == 7)
        }
    }

    @Test(arguments: [
        (Failure(.unavailable, "No connection."), true), (Failure(.timedOut, "No answer."), true),
        (Failure(.missing, "The certificate is not trusted."), false), (Failure(.invalidInput, "No URL."), false),
    ])
    func whatNeverCameToAnAnswerIsTriedAgainWhereThatHelps(failure: Failure, mayRetry: Bool) async throws {
        let means = try means(
            ["ntfy": ["url": "https://push.test", "topic": "t"]],
            RecordedTransport(failing: failure)
        )
        let outcome = await NtfyChannel(try #require(means.settings.ntfy), means).send(message())
        #expect(outcome == .failed(failure, mayRetry: mayRetry))
    }
}
