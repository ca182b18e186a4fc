import AnthropicProvider
import CommandProvider
import GoogleProvider
import OpenAIProvider
import PipelineKit
import PipelineTesting
import ProviderKit
import ScriptedProvider
import Testing

/// How each vendor is shown the images that tools return.
struct ImageRequestTests {
    let image: Image
    var data: JSONValue { .string(image.base64) }
    var url: JSONValue { .string(image.dataURL) }

    init() throws { image = try #require(Image(SampleImages.png())) }

    /// The call at the end of the conversation, answered with an image, and another one without.
    private func request(_ example: ModelRequest, isError: Bool = false) -> ModelRequest {
        var request = example
        let calls = [
            ToolCall(id: "i1", tool: "file_read", arguments: #"{"path":"a.png"}"#),
            ToolCall(id: "i2", tool: "file_read", arguments: #"{"path":"b"}"#),
        ]
        request.messages = [
            .user("Look."), .assistant("", calls: calls),
            .tool(
                call: "i1",
                name: "file_read",
                text: "[an image]",
                isError: isError,
                images: [SampleImages.reference(), SampleImages.reference(mark: 9)]
            ),
            .tool(call: "i2", name: "file_read", text: "b", isError: false),
            .user("Go on."),
        ]
        request.images = ["digest-0": image]
        return request
    }

    private func sent<P: Provider>(
        _ type: P.Type,
        _ request: ModelRequest,
        settings: JSONValue = [:],
        answer: RecordedTransport.Answer,
        script: String
    ) async throws -> JSONValue {
        let keys = ["ANTHROPIC_API_KEY": "k", "OPENAI_API_KEY": "k", "GEMINI_API_KEY": "k"]
        let exchange = try await Exchange(type, request, settings: settings, answer: answer, environment: keys)
        #expect(try await VendorTypes.verdict(of: script, on: exchange.sent.body) == "ok")
        return exchange.body
    }

    @Test func anthropicFindsItInTheResult() async throws {
        for isError in [false, true] {
            let body = try await sent(
                AnthropicProvider.self,
                request(MessagesExamples.request, isError: isError),
                answer: MessagesExamples.whole,
                script: "check_messages_request.py"
            )
            let results = body["messages"]?.elements[2]["content"]?.elements ?? []
            #expect(
                results.first == [
                    "type": "tool_result", "tool_use_id": "i1",
                    "content": [
                        ["type": "text", "text": isError ? "Error: [an image]" : "[an image]"],
                        [
                            "type": "image",
                            "source": ["type": "base64", "media_type": "image/png", "data": data],
                        ],
                    ],
                ]
            )
            #expect(results.dropFirst().first == ["type": "tool_result", "tool_use_id": "i2", "content": "b"])
        }
    }

    @Test func openAIFindsItInTheOutput() async throws {
        let body = try await sent(
            OpenAIProvider.self,
            request(ResponsesExamples.request),
            answer: ResponsesExamples.whole,
            script: "check_responses_request.py"
        )
        let outputs = body["input"]?.elements.filter { $0["type"] == "function_call_output" } ?? []
        #expect(
            outputs.map { $0["output"] } == [
                [
                    ["type": "input_text", "text": "[an image]"],
                    ["type": "input_image", "image_url": url, "detail": "high"],
                ], "b",
            ]
        )
    }

    @Test(arguments: [true, false]) func inChatCompletionsTheUserShowsIt(goesOn: Bool) async throws {
        var request = request(ChatExamples.request)
        if !goesOn { request.messages = Messages(request.messages.dropLast()) }
        let body = request.chatBody(limitedBy: .maxTokens)
        #expect(try await VendorTypes.verdict(of: "check_chat_request.py", on: body.encoded()) == "ok")
        let messages = body["messages"]?.elements.drop { $0["role"] != "tool" } ?? []
        #expect(messages.map { $0["role"] } == ["tool", "tool", "user"] + (goesOn ? ["user"] : []))
        #expect(
            messages.dropFirst(2).first?["content"] == [
                ["type": "text", "text": "What call 'i1' returned:"],
                ["type": "image_url", "image_url": ["url": url, "detail": "high"]],
            ]
        )
    }

    @Test func geminiFindsItBesideTheResponses() async throws {
        let body = try await sent(
            GoogleProvider.self,
            request(GeminiExamples.request),
            answer: GeminiExamples.streamed(GeminiExamples.pieces),
            script: "check_gemini_request.py"
        )
        let parts = body["contents"]?.elements.last?["parts"]?.elements ?? []
        #expect(
            parts.map { $0.members.keys.sorted() } == [
                ["functionResponse"], ["functionResponse"], ["text"], ["text"], ["inlineData"],
            ]
        )
        #expect(
            parts.suffix(2) == [
                ["text": "What file_read returned:"], ["inlineData": ["mimeType": "image/png", "data": data]],
            ]
        )
    }

    @Test func aProgramGetsItInBase64() async throws {
        let line = #"printf '{"text": "%s", "stop": "finished"}' "$(tr -d '"\\' | grep -o 'images:[^]]*]')""#
        var program = ProgramExample(line: line)
        program.messages = Array(request(ChatExamples.request).messages)
        program.images = ["digest-0": image]
        let reply = try await program.ask()
        #expect(reply.text == "images:[{data:\(image.base64),media_type:image/png}]")
        #expect(reply.usage.input < 10_200, "its bytes are no tokens")
        #expect(reply.usage.input > 10_000)
    }

    @Test(
        arguments: [
            ("claude-3-haiku", 4_784), ("claude-opus-5", 4_784), ("claude-2.1", nil), ("mine", nil),
        ] as [(String, Int?)]
    )
    func whatAnthropicsModelsAreShown(model: String, tokens: Int?) throws {
        let allowance = try AnthropicProvider(settings: AnthropicSettings()).images(of: model)
        #expect(allowance?.mostTokens == tokens)
        #expect(allowance.map { $0.mostBytes * 4 / 3 <= 5_000_000 && $0.mostBytesOfAll * 4 / 3 < 32_000_000 } != false)
    }

    @Test(
        arguments: [
            ("gpt-5.2", [:], 10_000), ("gpt-4o-mini", [:], 48_169), ("gpt-4.1-nano", [:], 10_000), ("o3", [:], 10_000),
            ("o3-mini", [:], nil), ("o4-mini", [:], 10_000), ("gpt-4", [:], nil), ("gpt-3.5-turbo", [:], nil),
            ("gpt-5.2", ["images": false], nil), ("gpt-5.2", ["base_url": "http://h/v1"], nil),
            ("llava", ["base_url": "http://h/v1", "images": true], 10_000),
        ] as [(String, JSONValue, Int?)]
    )
    func whatOpenAIsModelsAreShown(model: String, settings: JSONValue, tokens: Int?) throws {
        let provider = try OpenAIProvider(settings: OpenAISettings(json: settings))
        #expect(provider.images(of: model)?.mostTokens == tokens)
    }

    @Test(
        arguments: [
            ("gemini-3-pro-preview", 4_128), ("gemini-1.5-flash", 4_128), ("gemini-1.0-pro", nil), ("gemma-3", nil),
        ] as [(String, Int?)]
    )
    func whatGooglesModelsAreShown(model: String, tokens: Int?) throws {
        let allowance = try GoogleProvider(settings: GoogleSettings()).images(of: model)
        #expect(allowance?.mostTokens == tokens)
        #expect(allowance?.mediaTypes.contains(.gif) != true)
    }

    @Test func othersAreShownNone() throws {
        #expect(try ScriptedProvider(settings: NoFields()).images(of: "x") == nil)
        #expect(try CommandProvider(settings: CommandSettings()).images(of: "x") == nil)
        #expect(
            try CommandProvider(settings: CommandSettings(json: ["images": true])).images(of: "x")?.mostImages == 20
        )
    }
}
