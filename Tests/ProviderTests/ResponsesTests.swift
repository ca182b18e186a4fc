import OpenAIProvider
import PipelineKit
import PipelineTesting
import ProviderKit
import Testing

/// OpenAI's own interface.
struct ResponsesTests {
    static let key = "sk-abcdefgh"

    private func exchange(
        _ request: ModelRequest = ResponsesExamples.request,
        settings: JSONValue = [:],
        answer: RecordedTransport.Answer = ResponsesExamples.streamed(ResponsesExamples.events)
    ) async throws -> Exchange {
        try await Exchange(
            OpenAIProvider.self,
            request,
            settings: settings,
            answer: answer,
            environment: ["OPENAI_API_KEY": Self.key]
        )
    }

    @Test func keepsTheProvidersPromises() async throws {
        let example = ProviderExample(
            secrets: ["OPENAI_API_KEY": Self.key],
            request: ResponsesExamples.request,
            answer: ResponsesExamples.streamed(ResponsesExamples.events),
            reply: ResponsesExamples.reply
        )
        try await expectConformance(of: OpenAIProvider.self, in: example)
    }

    @Test func openAIIsAskedThisWay() async throws {
        let exchange = try await exchange()
        let (sent, body) = (exchange.sent, exchange.body)
        #expect(sent.url == "https://api.openai.com/v1/responses")
        #expect(sent.headers.contains(.init("Authorization", "Bearer \(Self.key)")))
        #expect(body["store"] == false && body["stream"] == true && body["max_output_tokens"] == 100)
        #expect(body["instructions"] == "Be brief.")
    }

    @Test func anotherServiceIsWhenThePipelineSaysSo() async throws {
        let settings: JSONValue = ["base_url": "http://h/v1", "interface": "responses"]
        #expect(try await exchange(settings: settings).sent.url == "http://h/v1/responses")
    }

    @Test func anAnswerThatIsNotStreamedIsTheSame() async throws {
        #expect(try await exchange(answer: ResponsesExamples.whole).reply == ResponsesExamples.reply)
    }

    @Test func aConversationIsAListOfItems() async throws {
        let expected: JSONValue = [
            ["type": "message", "role": "user", "content": "Look."],
            ResponsesExamples.kept,
            ["type": "message", "role": "assistant", "content": "Grüße, Ada.", "phase": "commentary"],
            ["type": "function_call", "call_id": "call_a", "name": "file_read", "arguments": #"{"path":"a"}"#],
            ["type": "function_call", "call_id": "call_b", "name": "bash_exec", "arguments": "{}"],
            ["type": "function_call_output", "call_id": "call_a", "output": ""],
            ["type": "function_call_output", "call_id": "call_b", "output": "Error: no such file"],
            ["type": "message", "role": "assistant", "content": "Three."],
            ["type": "function_call", "call_id": "x", "name": "t", "arguments": "{oops"],
            ["type": "function_call_output", "call_id": "x", "output": "ok"],
            ["type": "message", "role": "user", "content": "Go on."],
        ]
        #expect(try await exchange(ResponsesExamples.long).body["input"] == expected)
    }

    @Test(
        arguments: [
            ("gpt-5.2", true), ("gpt-6-sol", true), ("o4-mini", true), ("gpt-5-chat-latest", false), ("gpt-4.1", false),
            ("gpt-4o", false), ("somebody-elses", false), ("omni", false),
        ]
    )
    func aModelIsToldOnlyWhatItKnows(model: String, reasons: Bool) async throws {
        var request = ResponsesExamples.request
        request.model = model
        let body = try await exchange(request, settings: ["effort": "high"]).body
        #expect(body["reasoning"] == (reasons ? ["summary": "auto", "effort": "high"] : nil))
        #expect(body["include"] == (reasons ? ["reasoning.encrypted_content"] : nil))
        let chat = try await exchange(
            request,
            settings: ["effort": "high", "interface": "chat"],
            answer: ChatExamples.answer
        )
        #expect(chat.body["reasoning_effort"] == (reasons ? "high" : nil))
    }

    @Test(
        arguments: [
            (
                #"{"type":"response.failed","response":{"error":{"code":"server_error","message":"Oops"}}}"#,
                Failure.Kind.unavailable, "'api.openai.com' gave up in the middle of its answer: Oops."
            ),
            (
                #"{"type":"error","code":"rate_limit_exceeded","message":"Slow down","param":null}"#, .rateLimited,
                "'api.openai.com' asks to come back later (429): Slow down."
            ),
        ]
    )
    func anErrorInTheStreamIsToldInTheVendorsWords(event: String, kind: Failure.Kind, message: String) async {
        var failure = Failure(kind, "\(message) The answer of 'api.openai.com' was cut before its first word.")
        failure.mayHaveCost = true
        await #expect(throws: failure) {
            try await exchange(answer: ResponsesExamples.streamed([ResponsesExamples.events[0], event]))
        }
    }

    @Test(arguments: [("max_output_tokens", ModelReply.Stop.length), ("content_filter", .filtered)])
    func whyItStoppedIsKept(reason: String, stop: ModelReply.Stop) async throws {
        let events = ResponsesExamples.events.map {
            $0.replacing(#""incomplete_details":null"#, with: #""incomplete_details":{"reason":"\#(reason)"}"#)
        }
        #expect(try await exchange(answer: ResponsesExamples.streamed(events)).reply.stop == stop)
    }

    @Test func everyRequestIsOneThatTheLibraryCouldSend() async throws {
        for request in [ResponsesExamples.request, ResponsesExamples.long] {
            let sent = try await exchange(request, settings: ["effort": "xhigh"]).sent
            let verdict = try await VendorTypes.verdict(of: "check_responses_request.py", on: sent.body)
            #expect(verdict == "ok")
        }
        let wrong = Array(#"{"model":"m","input":[{"type":"message"}],"stream":true}"#.utf8)
        #expect(try await VendorTypes.verdict(of: "check_responses_request.py", on: wrong) != "ok")
    }
}
