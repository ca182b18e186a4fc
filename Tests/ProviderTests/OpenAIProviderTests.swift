import Foundation
import OpenAIProvider
import PipelineKit
import PipelineTesting
import ProviderKit
import Testing

struct OpenAIProviderTests {
    static let key = "sk-abcdefgh"

    private func send(
        _ settings: JSONValue,
        environment: [String: String] = ["OPENAI_API_KEY": key]
    ) async throws -> TransportRequest {
        let provider = try OpenAIProvider(settings: OpenAISettings(json: chat(settings)))
        let transport = RecordedTransport(ChatExamples.answer)
        let context = ProviderContext(
            transport: transport,
            secrets: { environment[$0.description] ?? environment[$0.name] }
        )
        #expect(try await provider.reply(to: ChatExamples.request, in: context) == ChatExamples.reply)
        return try #require(transport.requests.first)
    }

    private func chat(_ settings: JSONValue) -> JSONValue {
        guard case .object(var members) = settings else { return settings }
        members["interface"] = "chat"
        return .object(members)
    }

    private func authorization(_ request: TransportRequest) -> String? {
        request.headers.first { $0.name == "Authorization" }?.value
    }

    @Test func keepsTheProvidersPromises() async throws {
        let example = ProviderExample(
            settings: ["interface": "chat"],
            secrets: ["OPENAI_API_KEY": Self.key],
            request: ChatExamples.request,
            answer: ChatExamples.answer,
            reply: ChatExamples.reply
        )
        try await expectConformance(of: OpenAIProvider.self, in: example)
    }

    @Test func withoutSettingsItIsOpenAI() async throws {
        let request = try await send([:])
        #expect(request.url == "https://api.openai.com/v1/chat/completions")
        #expect(authorization(request) == "Bearer \(Self.key)")
        #expect(try JSONValue(parsing: request.body)["max_completion_tokens"] == 100)
        #expect(request.timeouts == TransportRequest.Timeouts())
    }

    @Test func theEnvironmentMayNameAnotherService() async throws {
        let environment = ["OPENAI_BASE_URL": "http://localhost:11434/v1/", "OPENAI_API_KEY": Self.key]
        let request = try await send([:], environment: environment)
        #expect(request.url == "http://localhost:11434/v1/chat/completions")
        #expect(authorization(request) == "Bearer \(Self.key)")
        #expect(try JSONValue(parsing: request.body)["max_tokens"] == 100)
        #expect(try await authorization(send([:], environment: ["OPENAI_BASE_URL": "http://localhost/v1"])) == nil)
    }

    @Test func aServiceOfThePipelineGetsOnlyAKeyOfThePipeline() async throws {
        #expect(try await authorization(send(["base_url": "https://elsewhere/v1"])) == nil)
        let named: JSONValue = ["base_url": "https://elsewhere/v1", "key": "env:OTHER_KEY"]
        #expect(try await authorization(send(named, environment: ["OTHER_KEY": "other"])) == "Bearer other")
        #expect(try await authorization(send(["base_url": "https://api.openai.com/v2"])) == "Bearer \(Self.key)")
    }

    @Test func theStoredKeyIsForOpenAIWhenTheVariableIsNotSet() async throws {
        let stored = ["stored:openai": "sk-stored"]
        #expect(try await authorization(send([:], environment: stored)) == "Bearer sk-stored")
        let both = stored.merging(["OPENAI_API_KEY": Self.key]) { $1 }
        #expect(try await authorization(send([:], environment: both)) == "Bearer \(Self.key)")
        let elsewhere = stored.merging(["OPENAI_BASE_URL": "http://localhost/v1"]) { $1 }
        #expect(try await authorization(send([:], environment: elsewhere)) == nil)
        #expect(try await authorization(send(["base_url": "https://elsewhere/v1"], environment: stored)) == nil)
    }

    @Test(arguments: ["stored:openai/work", "file:/run/secrets/openai"])
    func profilesOfOneServiceHaveTheirOwnKeys(reference: String) async throws {
        let settings: JSONValue = [
            "base_url": "https://elsewhere/v1", "key": .string(reference), "headers": ["X-Key": .string(reference)],
        ]
        let request = try await send(settings, environment: [reference: "sk-work", "OPENAI_API_KEY": Self.key])
        #expect(authorization(request) == "Bearer sk-work")
        #expect(request.headers.last == .init("X-Key", "sk-work"))
    }

    @Test func settingsAreObeyed() async throws {
        let settings: JSONValue = [
            "base_url": "http://h/v1", "headers": ["X-B": "env:ORG", "X-A": "a"], "connect_timeout": "1s",
            "first_byte_timeout": "4s", "idle_timeout": "2s", "total_timeout": "3s",
            "limit_field": "max_completion_tokens",
        ]
        let request = try await send(settings, environment: ["ORG": "org-1"])
        #expect(request.headers.suffix(2) == [.init("X-A", "a"), .init("X-B", "org-1")])
        let times = [
            request.timeouts.connect, request.timeouts.idle, request.timeouts.total, request.timeouts.firstByte,
        ]
        #expect(times == [.seconds(1), .seconds(2), .seconds(3), .seconds(4)])
        #expect(try JSONValue(parsing: request.body)["max_completion_tokens"] == 100)
    }

    @Test(
        arguments: [
            (
                [:], [:],
                "There is no key for 'api.openai.com': set the environment variable OPENAI_API_KEY, or run 'sluice key set openai'."
            ),
            (["key": "env:MY_KEY"], [:], "There is no key for 'api.openai.com': set the environment variable MY_KEY."),
            (
                ["key": "stored:openai/work"], ["OPENAI_API_KEY": key],
                "There is no key for 'api.openai.com': run 'sluice key set openai/work'."
            ),
            (
                ["key": "file:/run/key"], ["OPENAI_API_KEY": key],
                """
                There is no key for 'api.openai.com': write it into the file '/run/key', which nobody but its owner may \
                read (chmod 600).
                """
            ),
            (
                [:], ["OPENAI_API_KEY": " \n"],
                "There is no key for 'api.openai.com': set the environment variable OPENAI_API_KEY, or run 'sluice key set openai'."
            ),
            (
                ["base_url": "http://h/v1", "key": "env:MY_KEY"], [:],
                "There is no key for 'h': set the environment variable MY_KEY."
            ),
            (
                ["base_url": "http://h/v1", "headers": ["X-Org": "env:ORG"]], [:],
                "The header 'X-Org' needs a value: set the environment variable ORG."
            ),
        ] as [(JSONValue, [String: String], String)]
    )
    func whatIsMissingIsNamed(settings: JSONValue, environment: [String: String], message: String) async {
        await #expect(throws: Failure(.missing, message)) { try await send(settings, environment: environment) }
    }

    @Test func aWrongVariableIsNamed() async {
        let message =
            "The variable OPENAI_BASE_URL is wrong. The base URL 'localhost' is not of the form 'https://host/path'."
        await #expect(throws: Failure(.invalidInput, message)) {
            try await send([:], environment: ["OPENAI_BASE_URL": "localhost"])
        }
    }

    @Test(
        arguments: [
            (["base_url": "localhost:8080"], "The base URL 'localhost:8080' is not of the form 'https://host/path'."),
            (["base_url": "https://h/v1?api-version=1"], "The base URL is not of the form 'https://host/path'."),
            (["base_url": "https://a:b@h/v1"], "The base URL of 'h' must not hold a user name or a password."),
            (["idle_timeout": "0s"], "Field 'idle_timeout' must be longer than nothing, but is '0s'."),
            (["input_price": "1.00 USD"], "A price needs both 'input_price' and 'output_price'."),
            (["cached_price": "1.00 USD"], "A price needs both 'input_price' and 'output_price'."),
        ] as [(JSONValue, String)]
    )
    func aWrongSettingIsNamed(settings: JSONValue, message: String) {
        #expect(throws: Failure(.invalidInput, message)) {
            try OpenAIProvider(settings: OpenAISettings(json: settings))
        }
    }

    @Test func aPriceIsKnownWhenItIsGiven() throws {
        let settings: JSONValue = ["input_price": "2.50 USD", "cached_price": "0.25 USD", "output_price": "10.00 USD"]
        let provider = try OpenAIProvider(settings: OpenAISettings(json: settings))
        #expect(provider.price(of: "m") == Price(input: .usd(2.5), cached: .usd(0.25), output: .usd(10)))
        #expect(try OpenAIProvider(settings: OpenAISettings()).price(of: "m") == nil)
    }
}

/// The provider and the real client, against a real server.
@Suite(.modelServer, .timeLimit(.minutes(5)))
struct OpenAIProviderOverHTTPTests {
    let server: ModelServer

    init() throws { server = try #require(ModelServer.current) }

    private func reply(_ path: String, key: String = "sk-abcdefgh") async throws -> ModelReply {
        let settings: JSONValue = ["base_url": .string(server.url(path)), "key": "env:KEY", "idle_timeout": "1s"]
        let provider = try OpenAIProvider(settings: OpenAISettings(json: settings))
        let context = ProviderContext(transport: CurlTransport(), secrets: { _ in key })
        return try await provider.reply(to: ChatExamples.request, in: context)
    }

    @Test func aStreamedReplyIsRead() async throws {
        let call = ToolCall(id: "call_a", tool: "bash_exec", arguments: #"{"command":"ls"}"#)
        let usage = Usage(input: 20, cached: 16, output: 7)
        #expect(try await reply("/stream") == ModelReply(text: "Grüße, Ada.", calls: [call], usage: usage))
    }

    @Test func aRefusalIsTold() async throws {
        let limited = Failure(
            .rateLimited,
            "'127.0.0.1:\(server.port)' asks to come back later (429): Slow down.",
            retryAfter: 7
        )
        await #expect(throws: limited) { try await reply("/limited") }
        let unauthorized = Failure(
            .missing,
            "'127.0.0.1:\(server.port)' does not accept the key in KEY (401): Incorrect API key provided: Bearer …."
        )
        await #expect(throws: unauthorized) { try await reply("/unauthorized") }
    }

    @Test func aStalledReplyIsTold() async throws {
        let message = "The answer of '127.0.0.1:\(server.port)' stalled: nothing came for 1 s."
        await #expect(throws: Failure(.timedOut, message, mayHaveCost: true)) { try await reply("/stall") }
    }

    @Test(arguments: [100, 300, 500, 700, 850]) func aCutReplyIsAFailure(count: Int) async {
        await #expect {
            try await reply("/cut/\(count)")
        } throws: {
            ($0 as? Failure)?.kind == .unavailable
        }
    }
}
