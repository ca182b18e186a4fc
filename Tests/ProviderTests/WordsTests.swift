import PipelineKit
import PipelineTesting
import ProviderKit
import Testing

/// Pieces of a few words are read in a quicker way than others, and mean the same.
struct WordsTests {
    /// What a reply came to: the reply itself, or the kind of its failure, whose words quote the pieces.
    private enum Outcome: Equatable {
        case reply(ModelReply, [ModelPiece])
        case failure(Failure.Kind)
    }

    private func outcome(_ speech: Spoken, _ events: [JSONValue]) async throws -> Outcome {
        let texts = events.map(\.jsonText) + (speech == .chat ? ["[DONE]"] : [])
        let transport = RecordedTransport(.init(pieces: texts.map { Array("data: \($0)\n\n".utf8) }))
        let pieces = PieceList()
        let context = ProviderContext(transport: transport, secrets: { _ in nil }, emit: pieces.add)
        do throws(Failure) {
            let provider = try speech.provider(["base_url": "http://model:8/v1"])
            return .reply(try await provider.reply(to: Spoken.request, in: context), pieces.all)
        } catch {
            return .failure(error.kind)
        }
    }

    /// Deeper than the quick way goes, so that a piece with this in it is read as a whole.
    private static let deep = (0..<100).reduce(JSONValue.null) { value, _ in [value] }

    private static func words(_ speech: Spoken, _ text: String) -> JSONValue {
        switch speech {
        case .chat:
            [
                "id": "x", "usage": nil,
                "choices": [
                    ["index": 0, "finish_reason": nil, "delta": ["role": "assistant", "content": .string(text)]]
                ],
            ]
        case .responses: ["type": "response.output_text.delta", "output_index": 0, "delta": .string(text)]
        case .messages:
            ["type": "content_block_delta", "index": 0, "delta": ["type": "text_delta", "text": .string(text)]]
        case .gemini: ["candidates": [["content": ["parts": [["text": .string(text)]]]]]]
        }
    }

    private static func begin(_ speech: Spoken) -> [JSONValue] {
        switch speech {
        case .chat, .gemini: []
        case .responses:
            [["type": "response.output_item.added", "output_index": 0, "item": ["type": "message", "content": []]]]
        case .messages:
            [
                [
                    "type": "message_start",
                    "message": ["model": "m", "usage": ["input_tokens": 9, "output_tokens": 1]],
                ],
                ["type": "content_block_start", "index": 0, "content_block": ["type": "text", "text": ""]],
            ]
        }
    }

    private static func end(_ speech: Spoken) -> [JSONValue] {
        switch speech {
        case .chat: [["choices": [["delta": [:], "finish_reason": "stop"]]]]
        case .responses: [["type": "response.completed", "response": ["model": "m"]]]
        case .messages:
            [["type": "message_delta", "delta": ["stop_reason": "end_turn"]], ["type": "message_stop"]]
        case .gemini: [["candidates": [["finishReason": "STOP"]]]]
        }
    }

    /// The value with one of its parts replaced by something else.
    private static func changed(_ value: JSONValue, _ dice: inout Dice) -> JSONValue {
        if dice.once(in: 4) {
            return dice.pick([
                nil, "", "word", "a \"quoted\"\n\u{1F600}line", 0, 1, -5, 99, 1.5, true, [], [:], ["x"],
                ["type": "error"],
                ["message": "Overloaded"], [["index": 0]], "text_delta", "content_block_delta",
            ])
        }
        switch value {
        case .object(var members):
            guard let name = members.keys.sorted().randomElement(using: &dice) else { return value }
            members[name].map { members[name] = changed($0, &dice) }
            if dice.once(in: 5) { members[dice.pick(["error", "type", "usage", "refusal", "tool_calls", "x"])] = 5 }
            return .object(members)
        case .array(var elements):
            guard let index = elements.indices.randomElement(using: &dice) else { return value }
            elements[index] = changed(elements[index], &dice)
            if dice.once(in: 5) { elements.append(elements[index]) }
            return .array(elements)
        default: return value
        }
    }

    @Test(arguments: Spoken.allCases) func whatIsReadQuicklyMeansTheSame(speech: Spoken) async throws {
        var dice = Dice(seed: 3)
        let texts = ["word", " ", "a \"quoted\" line\n", "Grüße", "\u{1F600}\u{0}", "\\", "", "{\"a\": 1}"]
        for _ in 0..<400 {
            let middle = (0..<dice.roll(1...6)).map { _ in Self.words(speech, dice.pick(texts)) }
            let odd = dice.once(in: 2) ? [Self.changed(Self.words(speech, "odd"), &dice)] : []
            let events = Self.begin(speech) + middle + odd + Self.end(speech)
            let slowly = events.map { $0.members.isEmpty ? $0 : $0.with("deep", Self.deep) }
            let (quick, slow) = try await (outcome(speech, events), outcome(speech, slowly))
            guard case .reply(let reply, let pieces) = quick, case .reply(let other, let others) = slow else {
                #expect(quick == slow, "\(events.map(\.jsonText))")
                continue
            }
            #expect(reply.text == other.text && reply.calls == other.calls && reply.stop == other.stop)
            #expect(pieces == others, "\(events.map(\.jsonText))")
        }
    }

    @Test func halfADocumentIsNone() {
        let words = Array(Self.words(.chat, "words").jsonText.utf8)
        for count in 0..<words.count {
            var draft = ChatDraft(to: ChatExamples.request)
            #expect(draft.addWords(Array(words.prefix(count))) == nil)
        }
        var draft = ChatDraft(to: ChatExamples.request)
        #expect(draft.addWords(words) == .text("words") && draft.text == "words")
        #expect(draft.addWords(words + [UInt8(ascii: "}")]) == nil && draft.text == "words")
    }
}
