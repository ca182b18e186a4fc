import AnthropicProvider
import GoogleProvider
import OpenAIProvider
import PipelineKit
import PipelineTesting
import ProviderKit
import Testing

/// How each vendor is told of the form of an answer.
struct ReplyFormTests {
    static let form = ReplyForm(
        "verdict",
        schema: [
            "type": "object", "properties": ["holds": ["type": "boolean"], "why": ["type": "string"]],
            "required": ["holds"],
        ]
    )
    static let open = ReplyForm("verdict", schema: ["type": "object", "additionalProperties": ["type": "string"]])
    static let closed: JSONValue = [
        "type": "object", "additionalProperties": false, "required": ["holds"],
        "properties": ["holds": ["type": "boolean"], "why": ["type": "string"]],
    ]
    static let strict: JSONValue = [
        "type": "object", "additionalProperties": false, "required": ["holds", "why"],
        "properties": ["holds": ["type": "boolean"], "why": ["anyOf": [["type": "string"], ["type": "null"]]]],
    ]

    private func anthropic(
        _ model: String,
        _ form: ReplyForm,
        settings: JSONValue = [:],
        answer: RecordedTransport.Answer = MessagesExamples.streamed(MessagesExamples.events)
    ) async throws -> Exchange {
        var request = MessagesExamples.request
        (request.model, request.form, request.maximumOutput) = (model, form, 8_000)
        let key = ["ANTHROPIC_API_KEY": "sk-ant-abcdefgh"]
        let exchange = try await Exchange(
            AnthropicProvider.self,
            request,
            settings: settings,
            answer: answer,
            environment: key
        )
        #expect(try await VendorTypes.verdict(of: "check_messages_request.py", on: exchange.sent.body) == "ok")
        return exchange
    }

    @Test func anthropicIsToldTheSchema() async throws {
        let body = try await anthropic("claude-opus-5", Self.form, settings: ["effort": "low"]).body
        let format: JSONValue = ["type": "json_schema", "schema": Self.closed]
        #expect(body["output_config"] == ["effort": "low", "format": format])
        #expect(body["tool_choice"] == nil)
    }

    @Test(arguments: [("claude-opus-4-1", form), ("somebody-elses", form), ("claude-opus-5", open)])
    func elseItsAnswerIsTheCallOfATool(model: String, form: ReplyForm) async throws {
        let body = try await anthropic(model, form, settings: ["thinking": true]).body
        #expect(body["output_config"] == nil && body["thinking"] == nil)
        #expect(body["tool_choice"] == ["type": "tool", "name": "verdict"])
        #expect(body["tools"]?.elements.last?["name"] == "verdict")
        #expect(body["tools"]?.elements.last?["input_schema"] == form.schema)
    }

    @Test func aToolOfTheSameNameStaysItself() async throws {
        var request = MessagesExamples.request
        request.model = "claude-opus-4-1"
        request.form = Self.form
        request.tools = [ToolSpecification(name: "verdict", summary: "Judges.", arguments: ["type": "object"])]
        let body = try await Exchange(
            AnthropicProvider.self,
            request,
            settings: [:],
            answer: MessagesExamples.whole,
            environment: ["ANTHROPIC_API_KEY": "k"]
        ).body
        #expect(body["tools"]?.elements.map { $0["name"] } == ["verdict", "answer_verdict"])
    }

    static let events = [
        MessagesExamples.events[0],
        #"{"type":"content_block_start","index":0,"content_block":{"type":"tool_use","id":"toolu_a","name":"verdict","input":{}}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"{\"holds\":"}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"input_json_delta","partial_json":"true}"}}"#,
        #"{"type":"content_block_stop","index":0}"#,
        #"{"type":"message_delta","delta":{"stop_reason":"tool_use","stop_sequence":null},"usage":{"output_tokens":7}}"#,
        #"{"type":"message_stop"}"#,
    ]
    static let whole = """
        {"id":"msg_1","type":"message","role":"assistant","model":"claude-opus-4-1","content":[
        {"type":"tool_use","id":"toolu_a","name":"verdict","input":{"holds":true}}],"stop_reason":"tool_use",
        "usage":{"input_tokens":2112,"output_tokens":7}}
        """

    @Test(arguments: [MessagesExamples.streamed(events), RecordedTransport.Answer(whole)])
    func theArgumentsOfThatCallAreTheText(answer: RecordedTransport.Answer) async throws {
        let reply = try await anthropic("claude-opus-4-1", Self.form, answer: answer).reply
        #expect(reply.text == #"{"holds":true}"# && reply.calls == [] && reply.stop == .finished)
        #expect(try reply.structured()["holds"] == true)
    }

    @Test(arguments: [(form, strict, true), (open, open.schema, false)])
    func openAIIsToldTheSchemaInBothInterfaces(form: ReplyForm, schema: JSONValue, isStrict: Bool) async throws {
        var request = ChatExamples.request
        request.form = form
        let told: JSONValue = ["name": "verdict", "schema": schema, "strict": .bool(isStrict)]
        let body = request.chatBody(limitedBy: .maxTokens)
        #expect(body["response_format"] == ["type": "json_schema", "json_schema": told])
        #expect(try await VendorTypes.verdict(of: "check_chat_request.py", on: body.encoded()) == "ok")

        var asked = ResponsesExamples.request
        asked.form = form
        let exchange = try await Exchange(
            OpenAIProvider.self,
            asked,
            settings: [:],
            answer: ResponsesExamples.whole,
            environment: ["OPENAI_API_KEY": "k"]
        )
        let format = told.members.merging(["type": "json_schema"]) { $1 }
        #expect(exchange.body["text"] == ["format": .object(format)])
        #expect(try await VendorTypes.verdict(of: "check_responses_request.py", on: exchange.sent.body) == "ok")
    }

    @Test(arguments: [
        ("gemini-3-pro-preview", true, true), ("gemini-2.5-pro", false, true), ("gemini-2.5-pro", true, false),
    ])
    func geminiIsToldTheSchemaWhereItTakesOne(model: String, hasTools: Bool, takes: Bool) async throws {
        var request = GeminiExamples.request
        (request.model, request.form) = (model, Self.form)
        if !hasTools { request.tools = [] }
        let exchange = try await Exchange(
            GoogleProvider.self,
            request,
            settings: [:],
            answer: GeminiExamples.streamed(GeminiExamples.pieces),
            environment: ["GEMINI_API_KEY": "k"]
        )
        let generation = exchange.body["generationConfig"]
        let system = exchange.body["systemInstruction"]?["parts"]?.elements.first?["text"]?.text
        let schema = FormSchema(Self.form.schema).plain
        #expect(generation?.members["responseMimeType"]?.text == (takes ? "application/json" : nil))
        #expect(generation?.members["responseJsonSchema"].map { $0 == schema } == (takes ? true : nil))
        let words = "\n\nGive your answer as JSON of this schema, and nothing else: \(Self.form.schema.jsonText)"
        #expect(system == request.system + (takes ? "" : words))
        #expect(try await VendorTypes.verdict(of: "check_gemini_request.py", on: exchange.sent.body) == "ok")
    }

    @Test func aProgramIsToldTheSchema() async throws {
        let line = #"printf '{"text": "%s", "stop": "finished"}' "$(tr -d '"' | head -c 60)""#
        var program = ProgramExample(line: line)
        program.form = Self.form
        #expect(try await program.ask().text.hasPrefix("{attempt:1,form:{name:verdict,schema:{"))
    }
}
