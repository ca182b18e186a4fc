import AnthropicProvider
import PipelineKit
import PipelineTesting
import ProviderKit
import Testing

struct AnthropicProviderTests {
    static let key = "sk-ant-abcdefgh"
    static let cut = "The answer of 'api.anthropic.com' was cut before its first word."

    private func exchange(
        _ request: ModelRequest = MessagesExamples.request,
        settings: JSONValue = [:],
        answer: RecordedTransport.Answer = MessagesExamples.streamed(MessagesExamples.events),
        environment: [String: String] = ["ANTHROPIC_API_KEY": key]
    ) async throws -> Exchange {
        try await Exchange(
            AnthropicProvider.self,
            request,
            settings: settings,
            answer: answer,
            environment: environment
        )
    }

    @Test func keepsTheProvidersPromises() async throws {
        let example = ProviderExample(
            secrets: ["ANTHROPIC_API_KEY": Self.key],
            request: MessagesExamples.request,
            answer: MessagesExamples.streamed(MessagesExamples.events),
            reply: MessagesExamples.reply
        )
        try await expectConformance(of: AnthropicProvider.self, in: example)
    }

    @Test func withoutSettingsItIsAnthropic() async throws {
        let sent = try await exchange().sent
        #expect(sent.url == "https://api.anthropic.com/v1/messages")
        #expect(sent.headers.contains(.init("x-api-key", Self.key)))
        #expect(sent.headers.contains(.init("anthropic-version", "2023-06-01")))
        #expect(!sent.headers.contains { $0.name == "Authorization" })
        let other = try await exchange(settings: ["base_url": "http://h/v1"]).sent
        #expect(other.url == "http://h/v1/messages" && !other.headers.contains { $0.name == "x-api-key" })
    }

    @Test func theStoredKeyIsForAnthropicItself() async throws {
        let stored = ["stored:anthropic": "sk-stored"]
        #expect(try await exchange(environment: stored).sent.headers.contains(.init("x-api-key", "sk-stored")))
        let elsewhere = stored.merging(["ANTHROPIC_BASE_URL": "http://h/v1"]) { $1 }
        #expect(try await !exchange(environment: elsewhere).sent.headers.contains { $0.name == "x-api-key" })
    }

    @Test func anAnswerThatIsNotStreamedIsTheSame() async throws {
        #expect(try await exchange(answer: MessagesExamples.whole).reply == MessagesExamples.reply)
    }

    /// The two sides in turns, results first, nothing empty, marks where the cache is to end.
    @Test func aConversationIsWrittenInTurns() async throws {
        let body = try await exchange(MessagesExamples.long).body
        let mark: JSONValue = ["type": "ephemeral"]
        let expected: JSONValue = [
            ["role": "user", "content": [["type": "text", "text": "Look."]]],
            [
                "role": "assistant",
                "content": [
                    MessagesExamples.thought, ["type": "text", "text": "Grüße, Ada."],
                    ["type": "tool_use", "id": "toolu_a", "name": "file_read", "input": ["path": "a"]],
                    ["type": "tool_use", "id": "toolu_b", "name": "bash_exec", "input": [:]],
                ],
            ],
            [
                "role": "user",
                "content": [
                    ["type": "tool_result", "tool_use_id": "toolu_a", "content": ""],
                    ["type": "tool_result", "tool_use_id": "toolu_b", "content": "no such file", "is_error": true],
                    ["type": "text", "text": "Go on.", "cache_control": mark],
                ],
            ],
            [
                "role": "assistant",
                "content": [
                    ["type": "text", "text": "Three."],
                    ["type": "tool_use", "id": "call_1_2", "name": "t", "input": ["not_an_object": "{oops"]],
                ],
            ],
            [
                "role": "user",
                "content": [
                    ["type": "tool_result", "tool_use_id": "call_1_2", "content": "ok", "cache_control": mark]
                ],
            ],
        ]
        #expect(body["messages"] == expected)
        #expect(body["system"] == [["type": "text", "text": "Be brief.", "cache_control": mark]])
        #expect(body["tools"]?.elements.first?["cache_control"] == nil)
    }

    @Test func withoutASystemPromptTheToolsAreMarked() async throws {
        var request = MessagesExamples.request
        request.system = ""
        request.messages = []
        let body = try await exchange(request).body
        #expect(body["system"] == nil)
        #expect(body["tools"]?.elements.last?["cache_control"] == ["type": "ephemeral"])
        #expect(body["messages"]?.elements.first?["content"]?.elements.first?["text"] == "Begin.")
    }

    /// Signed thoughts are refused by any other model than the one that had them.
    @Test(arguments: [
        ("claude-opus-5", 4), ("claude-opus-5-20260724", 4), ("claude-opus-5-5", 3), ("claude-sonnet-5", 3),
    ])
    func thoughtsGoBackOnlyToTheirModel(model: String, blocks: Int) async throws {
        var request = MessagesExamples.long
        request.model = model
        let said = try await exchange(request).body["messages"]?.elements[1]["content"]?.elements ?? []
        #expect(said.count == blocks)
        #expect(said.contains(MessagesExamples.thought) == (blocks == 4))
    }

    @Test(
        arguments: [
            ("claude-3-5-haiku-latest", true, nil, nil),
            ("claude-3-7-sonnet-20250219", true, ["type": "enabled", "budget_tokens": 4096], nil),
            ("claude-haiku-4-5", true, ["type": "enabled", "budget_tokens": 4096], nil),
            ("claude-haiku-4-5", false, nil, nil),
            ("claude-opus-4-5-20251101", true, ["type": "enabled", "budget_tokens": 4096], "low"),
            ("claude-sonnet-4-6", true, ["type": "adaptive", "display": "summarized"], "low"),
            ("claude-sonnet-5", false, ["type": "disabled"], "low"),
            ("anthropic.claude-opus-5-20260724-v1:0", true, ["type": "adaptive", "display": "summarized"], "low"),
            ("claude-opus-5-5", false, nil, "low"),
            ("claude-fable-5-1", true, ["type": "adaptive", "display": "summarized"], "low"),
            ("somebody-elses", true, nil, nil),
        ] as [(String, Bool, JSONValue?, JSONValue?)]
    )
    func aModelIsToldOnlyWhatItKnows(model: String, thinks: Bool, thinking: JSONValue?, effort: JSONValue?) async throws
    {
        var request = MessagesExamples.request
        (request.model, request.maximumOutput) = (model, 16_000)
        let body = try await exchange(request, settings: ["thinking": .bool(thinks), "effort": "low"]).body
        #expect(body["thinking"] == thinking)
        #expect(body["output_config"]?["effort"] == effort)
        let silent = try await exchange(request).body
        #expect(silent["thinking"] == nil && silent["output_config"] == nil)
    }

    @Test(arguments: [(2_047, nil), (2_048, 1_024), (6_000, 4_096)] as [(Int, Int?)])
    func aShortReplyGoesWithoutABudget(output: Int, tokens: Int?) async throws {
        var request = MessagesExamples.request
        (request.model, request.maximumOutput) = ("claude-haiku-4-5", output)
        let thinking = try await exchange(request, settings: ["thinking": true]).body["thinking"]
        #expect(thinking?["budget_tokens"]?.integer == tokens)
    }

    @Test(
        arguments: [
            (
                #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
                Failure.Kind.unavailable,
                "'api.anthropic.com' gave up in the middle of its answer: Overloaded. \(Self.cut)"
            ),
            (
                #"{"type":"error","error":{"type":"rate_limit_error","message":"Slow down"}}"#, .rateLimited,
                "'api.anthropic.com' asks to come back later (429): Slow down. \(Self.cut)"
            ),
        ]
    )
    func anErrorInTheStreamIsToldInTheVendorsWords(error: String, kind: Failure.Kind, message: String) async throws {
        var failure = Failure(kind, message)
        failure.mayHaveCost = true
        await #expect(throws: failure) {
            try await exchange(answer: MessagesExamples.streamed([MessagesExamples.events[0], error]))
        }
    }

    @Test func anOverloadedServiceIsAskedAgain() async throws {
        let body = #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#
        let answer = RecordedTransport.Answer(status: 529, headers: ["retry-after": "3"], body)
        let message = "'api.anthropic.com' is out of order (529): Overloaded."
        await #expect(throws: Failure(.unavailable, message, retryAfter: 3)) { try await exchange(answer: answer) }
    }

    @Test(arguments: [("end_turn", ModelReply.Stop.finished), ("max_tokens", .length), ("refusal", .filtered)])
    func whyItStoppedIsKept(word: String, stop: ModelReply.Stop) async throws {
        let events = MessagesExamples.events.map {
            $0.replacing(#""stop_reason":"tool_use""#, with: #""stop_reason":"\#(word)""#)
        }
        #expect(try await exchange(answer: MessagesExamples.streamed(events)).reply.stop == stop)
    }

    @Test func aPriceTellsTheCacheApart() throws {
        let settings: JSONValue = [
            "input_price": "5.00 USD", "cached_price": "0.50 USD", "cache_write_price": "6.25 USD",
            "output_price": "25.00 USD",
        ]
        let price = try #require(try AnthropicProvider(settings: AnthropicSettings(json: settings)).price(of: "m"))
        // 12 read anew, 2,000 from the cache, 100 into it, 70 written
        #expect(price.cost(of: MessagesExamples.reply.usage) == .usd(0.000060 + 0.001 + 0.000625 + 0.00175))
        #expect(price.most(of: MessagesExamples.reply.usage) == .usd(2112 * 0.00000625 + 0.00175))
    }

    @Test func everyRequestIsOneThatTheLibraryCouldSend() async throws {
        for request in [MessagesExamples.request, MessagesExamples.long] {
            for settings in [[:], ["thinking": true, "effort": "max"]] as [JSONValue] {
                let sent = try await exchange(request, settings: settings).sent
                let verdict = try await VendorTypes.verdict(of: "check_messages_request.py", on: sent.body)
                #expect(verdict == "ok")
            }
        }
        let wrong = Array(#"{"model":"m","max_tokens":1,"messages":[],"stream":true,"maximum":1}"#.utf8)
        #expect(try await VendorTypes.verdict(of: "check_messages_request.py", on: wrong) != "ok")
    }
}
