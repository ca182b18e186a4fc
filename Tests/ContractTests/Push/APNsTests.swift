import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import ProviderKit
import Testing

@testable import MContract

/// Apple's service, as a server of another maker speaks its protocol: HTTP/2 over TLS.
@Suite(.timeLimit(.minutes(5)))
struct APNsTests {
    private struct Stage {
        let means: M.PushMeans
        let service: APNsService
        let transport: CurlTransport
        let port: Int

        func channel(_ token: String) -> APNsChannel { APNsChannel(service: service, token: token) }

        /// What the service was sent.
        func seen() async throws -> [JSONValue] {
            let request = TransportRequest(method: "GET", url: "https://127.0.0.1:\(port)/", headers: [], body: [])
            let response = try await transport.send(request)
            var bytes: [UInt8] = []
            while let piece = try await response.body.next() { bytes += piece }
            return try JSONValue(parsing: bytes).elements
        }
    }

    private func withService(
        key: String = "key.p8",
        clock: EngineClock = ManualClock().clock,
        _ body: (Stage) async throws -> Void
    ) async throws {
        try await PushServer.withKeys { directory in
            let certificate = "\(directory)/tls.pem"
            let pem = try String(contentsOfFile: "\(directory)/\(key)", encoding: .utf8)
            try await PushServer.run("apns_server.py", [certificate, "\(directory)/public.pem"]) { port in
                let settings = try M.PushSettings(
                    json: [
                        "apns": [
                            "key": "env:APNS_KEY", "key_id": "ABC123DEFG", "team_id": "DEF123GHIJ",
                            "topic": "org.example.m", "server_id": "home", "url": .string("https://127.0.0.1:\(port)"),
                        ]
                    ]
                )
                let transport = CurlTransport(trusting: certificate)
                let means = M.PushMeans(settings, transport: transport, secrets: { _ in pem }, clock: clock)
                let service = APNsService(try #require(settings.apns), means)
                try await body(Stage(means: means, service: service, transport: transport, port: port))
            }
        }
    }

    private func message(_ run: String = "r1", level: Int = 0, form: Bool = false) -> PushMessage {
        let asked = Asked()
        asked.ask(run, at: .start, form: form, question: "Run 'make deploy'?")
        return PushMessage(of: asked.all[0], level: level, badge: 3)
    }

    @Test func aNotificationIsAsAppleAndTheAppWantIt() async throws {
        try await withService { stage in
            #expect(await stage.channel("0123abcd").send(message()) == .sent)
            let seen = try #require(try await stage.seen().first)
            let headers = try #require(seen["headers"])
            #expect(headers[":method"] == "POST" && headers[":path"] == "/3/device/0123abcd")
            #expect(headers["apns-topic"] == "org.example.m" && headers["apns-push-type"] == "alert")
            #expect(headers["apns-priority"] == "10" && headers["apns-collapse-id"] == "r1.a1")
            #expect(headers["apns-expiration"] == .string("\(Instant.start.seconds + 86_400)"))
            #expect(headers["content-type"] == "application/json")
            let claims: JSONValue = [
                "alg": "ES256", "kid": "ABC123DEFG", "iss": "DEF123GHIJ", "iat": .int(Instant.start.seconds),
            ]
            #expect(seen["claims"] == claims)
            #expect(
                seen["payload"] == [
                    "aps": [
                        "alert": ["title": "fix-tests asks for approval", "body": "Run 'make deploy'?"], "badge": 3,
                        "sound": "default",
                    ],
                    "type": "approval", "approval_id": "r1.a1", "run_id": "r1", "server_id": "home",
                ]
            )
        }
    }

    @Test func oneTokenAndOneNameAreUsedForAllAttempts() async throws {
        try await withService { stage in
            let channel = stage.channel("busy1")
            guard case .failed(let failure, mayRetry: true) = await channel.send(message()) else {
                Issue.record("It was to be refused once.")
                return
            }
            #expect(failure == Failure(.rateLimited, "'127.0.0.1:\(stage.port)' answered with 429 (TooManyRequests)."))
            #expect(await channel.send(message()) == .sent)
            #expect(await channel.send(message(level: 1)) == .sent)
            let headers = try await stage.seen().compactMap { $0["headers"] }
            #expect(Set(headers.map { $0["authorization"] }).count == 1)
            #expect(headers[0]["apns-id"] == headers[1]["apns-id"] && headers[1]["apns-id"] != headers[2]["apns-id"])
        }
    }

    @Test(arguments: ["gone1", "bad1"]) func aDeviceThatIsGoneIsSaidToBe(token: String) async throws {
        try await withService { stage in
            #expect(await stage.channel(token).send(message()) == .gone)
        }
    }

    @Test func aDeviceThatIsGoneIsTakenOutOfTheRecords() async throws {
        try await withService { stage in
            let trial = PushTrial()
            for token in ["gone1", "0123abcd"] {
                _ = try await trial.documents.put(
                    ["platform": "ios", "created_at": 1],
                    as: token,
                    in: Device.collection
                )
            }
            trial.asked.ask("r1", at: trial.clock.now)
            try await trial.desk([stage.channel("gone1"), stage.channel("0123abcd")]).look()
            #expect(try await trial.documents.all(in: Device.collection, most: 10).map(\.id) == ["0123abcd"])
            #expect(try await stage.seen().count == 2)
        }
    }

    @Test func aServiceThatIsBrokenIsAskedFourTimes() async throws {
        try await withService { stage in
            let trial = PushTrial()
            trial.asked.ask("r1", at: trial.clock.now)
            try await trial.desk([stage.channel("broken1")]).look()
            #expect(try await stage.seen().count == 4)
            let sentence = JSONValue.string("'127.0.0.1:\(stage.port)' answered with 503 (ServiceUnavailable).")
            #expect(trial.log.all.map { $0["failed"] } == [sentence])
            #expect(trial.log.all.map { $0["device"] } == ["broken1"])
        }
    }

    @Test func aTokenThatIsTooOldForAppleIsMadeAnew() async throws {
        let clock = ManualClock()
        try await withService(clock: clock.clock) { stage in
            #expect(await stage.channel("0123abcd").send(message()) == .sent)
            clock.advance(by: .seconds(1_500))
            guard case .failed(_, mayRetry: true) = await stage.channel("expired1").send(message()) else {
                Issue.record("It was to be refused, and to be tried again.")
                return
            }
            #expect(await stage.channel("expired1").send(message()) == .sent)
            let issued = try await stage.seen().map { $0["claims"]?["iat"] }
            let start = Instant.start.seconds
            #expect(issued == [.int(start), .int(start), .int(start + 1_500)])
        }
    }

    @Test func aKeyThatAppleDoesNotKnowIsToldAndNotTriedAgain() async throws {
        try await PushServer.withKeys { others in
            let pem = try String(contentsOfFile: "\(others)/key.p8", encoding: .utf8)
            try await withService { stage in
                var means = stage.means
                means.secrets = { _ in pem }
                let service = APNsService(stage.service.settings, means)
                let outcome = await APNsChannel(service: service, token: "0123abcd").send(message())
                let sentence = "'127.0.0.1:\(stage.port)' answered with 403 (InvalidProviderToken)."
                #expect(outcome == .failed(Failure(.invalidInput, sentence), mayRetry: false))
            }
        }
    }

    @Test func noConnectionIsTriedAgain() async throws {
        var stopped: Stage?
        try await withService { stopped = $0 }
        let stage = try #require(stopped)
        guard case .failed(let failure, mayRetry: true) = await stage.channel("0123abcd").send(message()) else {
            Issue.record("Nobody was there.")
            return
        }
        #expect(failure.kind == .unavailable)
    }
}
