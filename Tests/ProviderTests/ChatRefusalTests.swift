import PipelineKit
import PipelineTesting
import ProviderKit
import Testing

/// What a refusal of a service becomes.
struct ChatRefusalTests {
    private func refusal(
        _ status: Int,
        _ body: String,
        headers: [String: String] = [:],
        key: Bool = true
    ) async -> Failure? {
        let service = ModelService(
            baseURL: "http://model:8/v1",
            key: key ? ServiceKey(variable: "THE_KEY", value: "sk-123456") : nil,
            headers: [.init("X-Org", "org-secret")],
            speaking: ChatDialect()
        )
        let transport = RecordedTransport(.init(status: status, headers: headers, body))
        do throws(Failure) {
            _ = try await service.reply(
                to: ChatExamples.request,
                in: ProviderContext(transport: transport, secrets: { _ in nil })
            )
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        (400, #"{"error":{"message":"Too many tokens.","code":"context_length_exceeded"}}"#, true),
        (400, #"{"error":{"message":"prompt is too long: 215000 tokens > 200000 maximum"}}"#, true),
        (
            400,
            #"{"error":{"message":"input length and `max_tokens` exceed context limit: 190000 + 16000 > 200000"}}"#,
            true
        ),
        (400, #"{"error":{"message":"The input token count (1200000) exceeds the maximum number allowed."}}"#, true),
        (400, #"{"error":{"message":"This model's maximum context length is 4096 tokens."}}"#, true),
        (
            400, #"{"error":{"message":"the request exceeds the available size","type":"exceed_context_size_error"}}"#,
            true
        ),
        (413, "", true),
        (400, #"{"error":{"message":"Bad 'x'"}}"#, false),
        (500, #"{"error":{"message":"maximum context length"}}"#, false),
    ])
    func aRequestThatIsTooLongIsKnownAsSuch(status: Int, body: String, isTooLong: Bool) async {
        #expect(await refusal(status, body)?.isTooLong == isTooLong)
    }

    @Test(arguments: [
        (
            400, #"{"error":{"message":"Bad 'x'"}}"#, Failure.Kind.invalidInput,
            "'model:8' refuses the request (400): Bad 'x'."
        ),
        (422, #"{"detail":"Bad"}"#, .invalidInput, "'model:8' refuses the request (422): Bad."),
        (413, "", .invalidInput, "'model:8' refuses the request (413)."),
        (
            401, #"{"error":{"message":"Incorrect API key: sk-123456."}}"#, .missing,
            "'model:8' does not accept the key in THE_KEY (401): Incorrect API key: …."
        ),
        (402, #"{"error":{"message":"Pay!"}}"#, .missing, "The account at 'model:8' has no credit (402): Pay!"),
        (
            403, #"{"error":"Not for org-secret"}"#, .denied,
            "'model:8' denies access with the key in THE_KEY (403): Not for …."
        ),
        (
            404, #"{"error":{"message":"The model does not exist"}}"#, .invalidInput,
            "'model:8' does not know the model 'm-1' or '/v1/chat/completions' (404): The model does not exist."
        ),
        (408, "", .rateLimited, "'model:8' asks to come back later (408)."),
        (409, "", .rateLimited, "'model:8' asks to come back later (409)."),
        (429, #"[{"error":{"message":"Quota"}}]"#, .rateLimited, "'model:8' asks to come back later (429): Quota."),
        (
            429, #"{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}"#, .missing,
            "The account at 'model:8' has no credit (429): You exceeded your current quota."
        ),
        (500, "<h1>Oops</h1>", .unavailable, "'model:8' is out of order (500): '<h1>Oops</h1>'."),
        (502, "\u{0}\u{1B}[31m", .unavailable, "'model:8' is out of order (502): '[31m'."),
        (529, #"{"message":"Overloaded"}"#, .unavailable, "'model:8' is out of order (529): Overloaded."),
        (302, "", .invalidInput, "'model:8' sends requests elsewhere (302); set that as the base URL."),
    ])
    func aRefusalIsToldInTheServicesWords(status: Int, body: String, kind: Failure.Kind, message: String) async {
        #expect(await refusal(status, body) == Failure(kind, message, isTooLong: status == 413))
    }

    @Test func aServiceThatWantsAKeySaysSo() async {
        let failure = Failure(.missing, "'model:8' asks for a key, and the settings name none (401): Who?")
        #expect(await refusal(401, #"{"error":{"message":"Who?"}}"#, key: false) == failure)
    }

    @Test func aRedirectNamesItsTarget() async {
        let message = "'model:8' sends requests elsewhere (308) to 'https://model/v1'; set that as the base URL."
        #expect(await refusal(308, "", headers: ["location": "https://model/v1"]) == Failure(.invalidInput, message))
    }

    @Test func aLongBodyIsCut() async {
        let failure = await refusal(500, String(repeating: "x", count: 1_000_000))
        #expect(failure?.message == "'model:8' is out of order (500): '\(String(repeating: "x", count: 200))…'.")
    }

    @Test(
        arguments: [
            (["retry-after": "7"], 7.0), (["retry-after": "0.5"], 0.5),
            (["retry-after-ms": "250", "retry-after": "7"], 0.25),
            (["retry-after": "Sun, 06 Nov 1994 08:50:07 GMT", "date": "Sun, 06 Nov 1994 08:49:37 GMT"], 30),
            (["retry-after": "Sun, 06 Nov 1994 08:49:37 GMT"], 0), (["retry-after": "soon"], nil),
            (["retry-after": "-1"], nil),
            (["retry-after": "nan"], nil), (["retry-after": "Sun, 99 Foo 1994 08:49:37 GMT"], nil), ([:], nil),
        ] as [([String: String], Double?)]
    )
    func aServiceMaySayWhenToComeBack(headers: [String: String], seconds: Double?) async {
        #expect(await refusal(429, "", headers: headers)?.retryAfter == seconds)
        #expect(await refusal(503, "", headers: headers)?.retryAfter == seconds)
        #expect(await refusal(400, "", headers: headers)?.retryAfter == nil)
    }
}
