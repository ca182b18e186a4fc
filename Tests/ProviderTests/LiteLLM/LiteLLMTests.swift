import Foundation
import PipelineEngine
import PipelineKit
import PipelineTesting
import ProviderKit
import Testing

/// A proxy that others have made, asked in the three ways it offers; what stands behind it is read through its eyes.
@Suite(.liteLLM, .timeLimit(.minutes(5)))
struct LiteLLMTests {
    static let ways: [Spoken] = [.chat, .responses, .messages]
    let proxy: LiteLLMProxy

    init() throws { proxy = try #require(LiteLLMProxy.current) }

    private var host: String { "127.0.0.1:\(proxy.server.port)" }
    private var settings: JSONValue { ["base_url": .string(proxy.server.url("/v1")), "key": "env:PROXY_KEY"] }

    private func ask(_ model: String, _ way: Spoken, key: String? = nil, _ pieces: PieceList = PieceList())
        async throws(Failure) -> ModelReply
    {
        var request = Spoken.request
        request.model = model
        let context = ProviderContext(
            transport: CurlTransport(),
            secrets: { _ in key ?? proxy.key },
            emit: pieces.add
        )
        return try await way.provider(settings).reply(to: request, in: context)
    }

    private func failure(_ model: String, _ way: Spoken, key: String? = nil) async -> Failure? {
        do throws(Failure) {
            let reply = try await ask(model, way, key: key)
            Issue.record("\(way) was answered: \(reply)")
            return nil
        } catch {
            return error
        }
    }

    // Answers

    @Test(arguments: ways) func aReplyIsStreamedAndCounted(way: Spoken) async throws {
        let pieces = PieceList()
        let reply = try await ask("plain", way, pieces)
        #expect(reply.text == "Grüße, Ada." && reply.stop == .finished)
        #expect(pieces.all == [.text("Grüße, "), .text("Ada.")])
        #expect(reply.usage == Usage(input: 20, output: 7))
    }

    @Test(arguments: ways) func callsComeThroughWithTheirArguments(way: Spoken) async throws {
        let reply = try await ask("calls", way)
        let expected = (0...2).map {
            ToolCall(id: CallID("call_\($0)"), tool: "bash_exec", arguments: #"{"command": "echo \#($0)"}"#)
        }
        #expect(reply.calls == expected)
        #expect(reply.text == "Grüße, Ada.")
    }

    @Test(arguments: [Spoken.chat, .messages]) func theProxysOwnMockIsAReply(way: Spoken) async throws {
        let reply = try await ask("mock", way)
        #expect(reply.text == "Grüße, Ada. All is well.")
        #expect(reply.usage.input > 0 && reply.usage.output > 0)
    }

    @Test(arguments: ways) func aRunReachesItsGoalThroughIt(way: Spoken) async throws {
        let key = proxy.key
        let engine = RealEngine(secrets: { _ in key })
        defer { engine.remove() }
        let interface: JSONValue = way == .messages ? [:] : ["interface": .string(way.rawValue)]
        let model = way == .messages ? "anthropic/works" : "openai/works"
        try await engine.start("r1", model, at: proxy.server.url("/v1"), with: interface.with("key", "env:PROXY_KEY"))
        #expect(try await engine.services.runs.carryOn("r1").status == .achieved)
        let replies = try await engine.services.runs.events(of: "r1").compactMap {
            if case .modelReplied(let reply) = $0.payload { reply } else { nil }
        }
        #expect(replies.map(\.usage) == [Usage(input: 20, output: 7), Usage(input: 20, output: 7)])
    }

    // Refusals, in the words of the proxy and of what is behind it.

    @Test(arguments: [
        (
            "mock-limited", Failure.Kind.rateLimited,
            "'{host}' asks to come back later (429): litellm.RateLimitError: this is a mock rate limit error LiteLLM: model group 'mock-limited' failed with the error above. No fallback was attempted."
        ),
        (
            "mock-context", .invalidInput,
            "'{host}' refuses the request (400): litellm.ContextWindowExceededError: litellm.BadRequestError: this is a mock context window exceeded error model=mock-context. context_window_fallbacks=None. fallbacks=None. Set 'context_window_fallback' - https://docs.litellm.ai/docs/routing#fallbacks LiteLLM: model group 'mock-context' failed with the error above. No fallback was attempted."
        ),
        (
            "mock-broken", .unavailable,
            "'{host}' is out of order (500): litellm.InternalServerError: this is a mock internal server error LiteLLM: model group 'mock-broken' failed with the error above. No fallback was attempted."
        ),
    ])
    func aRefusalIsToldInItsWords(model: String, kind: Failure.Kind, message: String) async {
        let expected = message.replacing("{host}", with: host)
        for way in [Spoken.chat, .messages] {
            let told = await failure(model, way)
            #expect(told?.kind == kind && told?.message == expected, "\(way): \(told?.message ?? "")")
        }
    }

    @Test(arguments: ways) func aLimitBehindItIsALimit(way: Spoken) async {
        let told = await failure("limited", way)
        let start =
            "'\(host)' asks to come back later (429): litellm.RateLimitError: RateLimitError: OpenAIException - "
        #expect(told?.kind == .rateLimited && told?.message.hasPrefix(start) == true, "\(told?.message ?? "")")
        #expect(told?.message.contains("Slow down") == true)
    }

    @Test(arguments: ways) func aServiceThatGivesUpBehindItIsTold(way: Spoken) async {
        let told = await failure("gives-up", way)
        #expect(told?.kind == .unavailable && told?.mayHaveCost == true)
        let end = "The answer of '\(host)' was cut after 'Grüße,'."
        #expect(told?.message.hasSuffix(end) == true, "\(told?.message ?? "")")
    }

    @Test(arguments: ways) func aModelThatItDoesNotHaveIsNamed(way: Spoken) async {
        let told = await failure("nobody", way)
        #expect(told?.kind == .invalidInput)
        #expect(told?.message.contains("nobody") == true, "\(told?.message ?? "")")
    }

    @Test(arguments: ways) func aWrongKeyOpensNothingAndIsNotRepeated(way: Spoken) async {
        let told = await failure("plain", way, key: "sk-of-somebody-else")
        #expect(told?.kind == .missing || told?.kind == .invalidInput || told?.kind == .denied)
        #expect(told?.message.contains("sk-of-somebody-else") == false, "\(told?.message ?? "")")
    }
}
