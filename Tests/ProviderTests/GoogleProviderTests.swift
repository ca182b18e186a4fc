import GoogleProvider
import PipelineKit
import PipelineTesting
import ProviderKit
import Testing

struct GoogleProviderTests {
    static let key = "AIza-abcdefgh"

    private func exchange(
        _ request: ModelRequest = GeminiExamples.request,
        settings: JSONValue = [:],
        answer: RecordedTransport.Answer = GeminiExamples.streamed(GeminiExamples.pieces),
        environment: [String: String] = ["GEMINI_API_KEY": key]
    ) async throws -> Exchange {
        try await Exchange(GoogleProvider.self, request, settings: settings, answer: answer, environment: environment)
    }

    @Test func keepsTheProvidersPromises() async throws {
        let example = ProviderExample(
            secrets: ["GEMINI_API_KEY": Self.key],
            request: GeminiExamples.request,
            answer: GeminiExamples.streamed(GeminiExamples.pieces),
            reply: GeminiExamples.reply
        )
        try await expectConformance(of: GoogleProvider.self, in: example)
    }

    @Test func withoutSettingsItIsGoogle() async throws {
        let sent = try await exchange().sent
        let base = "https://generativelanguage.googleapis.com/v1beta"
        #expect(sent.url == "\(base)/models/gemini-3-pro-preview:streamGenerateContent?alt=sse")
        #expect(sent.headers.contains(.init("x-goog-api-key", Self.key)))
        var tuned = GeminiExamples.request
        tuned.model = "tunedModels/mine"
        let other = try await exchange(tuned, settings: ["base_url": "http://h/v1"]).sent
        #expect(other.url == "http://h/v1/tunedModels/mine:streamGenerateContent?alt=sse")
        #expect(!other.headers.contains { $0.name == "x-goog-api-key" })
    }

    /// A signature and an id go back where they came from; what another model said is marked as such.
    @Test func aConversationIsWrittenInTurns() async throws {
        let expected: JSONValue = [
            ["role": "user", "parts": [["text": "Look."]]],
            [
                "role": "model",
                "parts": [
                    ["text": "Grüße, Ada."],
                    [
                        "functionCall": ["name": "file_read", "args": ["path": "a"], "id": "f1"],
                        "thoughtSignature": "EqQB",
                    ],
                    ["functionCall": ["name": "bash_exec", "args": [:]]],
                ],
            ],
            [
                "role": "user",
                "parts": [
                    ["functionResponse": ["name": "file_read", "response": ["output": ""], "id": "f1"]],
                    ["functionResponse": ["name": "bash_exec", "response": ["error": "no such file"]]],
                    ["text": "Go on."],
                ],
            ],
            [
                "role": "model",
                "parts": [
                    ["text": "Three."],
                    [
                        "functionCall": ["name": "t", "args": ["not_an_object": "{oops"]],
                        "thoughtSignature": "skip_thought_signature_validator",
                    ],
                ],
            ],
            ["role": "user", "parts": [["functionResponse": ["name": "t", "response": ["output": "ok"]]]]],
        ]
        #expect(try await exchange(GeminiExamples.long).body["contents"] == expected)
    }

    @Test func anOlderModelIsToldOfNoSignature() async throws {
        var request = GeminiExamples.long
        request.model = "gemini-2.0-flash"
        #expect(try await !exchange(request).body.jsonText.contains("thoughtSignature"))
    }

    @Test(
        arguments: [
            ("gemini-3-pro-preview", ["thinkingLevel": "LOW", "includeThoughts": true]),
            ("gemini-3.1-flash", ["thinkingLevel": "LOW", "includeThoughts": true]),
            ("gemini-2.5-pro", ["thinkingBudget": 100, "includeThoughts": true]),
            ("gemini-2.0-flash", nil), ("somebody-elses", nil),
        ] as [(String, JSONValue?)]
    )
    func aModelIsToldOnlyWhatItKnows(model: String, thinking: JSONValue?) async throws {
        var request = GeminiExamples.request
        request.model = model
        let settings: JSONValue = ["thinking_level": "low", "thinking_tokens": "8k"]
        #expect(try await exchange(request, settings: settings).body["generationConfig"]?["thinkingConfig"] == thinking)
        #expect(try await exchange(request).body["generationConfig"] == ["maxOutputTokens": 100])
    }

    @Test(
        arguments: [
            (
                429,
                #"{"error":{"code":429,"message":"Quota","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"17.5s"}]}}"#,
                Failure(
                    .rateLimited,
                    "'generativelanguage.googleapis.com' asks to come back later (429): Quota.",
                    retryAfter: 17.5
                )
            ),
            (
                400, #"[{"error":{"code":400,"message":"Key not valid","details":[{"reason":"API_KEY_INVALID"}]}}]"#,
                Failure(
                    .missing,
                    "'generativelanguage.googleapis.com' does not accept the key in GEMINI_API_KEY (401): Key not valid."
                )
            ),
        ]
    )
    func aRefusalIsToldInTheVendorsWords(status: Int, body: String, failure: Failure) async {
        await #expect(throws: failure) { try await exchange(answer: .init(status: status, headers: [:], body)) }
    }

    @Test(arguments: [
        ("MAX_TOKENS", ModelReply.Stop.length), ("SAFETY", .filtered), ("STOP", .finished), ("NEW_WORD", .finished),
    ])
    func whyItStoppedIsKept(word: String, stop: ModelReply.Stop) async throws {
        let pieces = GeminiExamples.pieces.map { $0.replacing(#""STOP""#, with: #""\#(word)""#) }
        #expect(try await exchange(answer: GeminiExamples.streamed(pieces)).reply.stop == stop)
    }

    @Test func aPromptThatIsBlockedIsFiltered() async throws {
        let piece = #"{"promptFeedback":{"blockReason":"SAFETY"},"usageMetadata":{"promptTokenCount":20}}"#
        let reply = try await exchange(answer: GeminiExamples.streamed([piece])).reply
        #expect(reply == ModelReply(text: "", usage: Usage(input: 20), stop: .filtered))
    }

    @Test func aCallThatTheServiceCannotReadIsAskedForAgain() async {
        let piece = #"{"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL","finishMessage":"print(1"}]}"#
        var failure = Failure(
            .unavailable,
            "'generativelanguage.googleapis.com' could not use what the model wrote: 'MALFORMED_FUNCTION_CALL: print(1'."
        )
        failure.mayHaveCost = true
        await #expect(throws: failure) { try await exchange(answer: GeminiExamples.streamed([piece])) }
    }

    @Test func everyRequestIsOneThatTheLibraryCouldSend() async throws {
        for request in [GeminiExamples.request, GeminiExamples.long] {
            let sent = try await exchange(request, settings: ["thinking_level": "high"]).sent
            let verdict = try await VendorTypes.verdict(of: "check_gemini_request.py", on: sent.body)
            #expect(verdict == "ok")
        }
        let wrong = Array(#"{"contents":[{"role":"user","parts":[{"words":"x"}]}]}"#.utf8)
        #expect(try await VendorTypes.verdict(of: "check_gemini_request.py", on: wrong) != "ok")
    }
}
