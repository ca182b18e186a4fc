import PipelineKit
import ProviderKit

/// A reply as far as its events have come: <https://platform.openai.com/docs/api-reference/responses-streaming>.
struct ResponsesDraft: ReplyDraft {
    private var items: [Int: Item] = [:]
    private(set) var usage: Usage?
    private(set) var hasBegun = false
    private(set) var isOver = false
    private(set) var stop: ModelReply.Stop?
    private var model = ""

    fileprivate struct Item {
        /// As it was told last: begun, or whole.
        var json: JSONValue
        /// What was added to it: text, or arguments.
        var words = ""
        var type: String { json["type"]?.text ?? "" }
    }

    init(to request: ModelRequest) {}

    mutating func add(_ piece: JSONValue) -> [ModelPiece] {
        guard let type = piece["type"]?.text, type.hasPrefix("response.") else {
            return piece["object"] == "response" ? addWhole(piece) : []
        }
        hasBegun = true
        let (place, words) = (piece["output_index"]?.integer ?? 0, piece["delta"]?.text ?? "")
        switch type {
        case "response.output_item.added": return begin(piece["item"] ?? [:], at: place)
        case "response.output_item.done":
            items[place] = Item(json: piece["item"] ?? [:])
            return []
        case "response.output_text.delta", "response.refusal.delta":
            items[place]?.words += words
            return words.isEmpty ? [] : [.text(words)]
        case "response.function_call_arguments.delta": items[place]?.words += words
        case "response.reasoning_summary_text.delta", "response.reasoning_text.delta":
            return words.isEmpty ? [] : [.reasoning(words)]
        case "response.completed", "response.incomplete": end(piece["response"] ?? [:])
        default: break
        }
        return []
    }

    mutating func addWords(_ piece: [UInt8]) -> ModelPiece? {
        let read = JSONSkimmer.placedWords(in: piece, of: "response.output_text.delta", at: "output_index") {
            $0.text()
        }
        guard let read, items[read.place] != nil else { return nil }
        hasBegun = true
        items[read.place]?.words += read.words
        return .text(read.words)
    }

    private mutating func begin(_ item: JSONValue, at place: Int) -> [ModelPiece] {
        items[place] = Item(json: item)
        return item["type"] == "function_call" ? [.call(tool: item["name"]?.text ?? "")] : []
    }

    private mutating func end(_ response: JSONValue) {
        isOver = true
        model = response["model"]?.text ?? ""
        usage = response["usage"].flatMap(Usage.init(responses:))
        switch response["incomplete_details"]?["reason"]?.text {
        case nil: stop = .finished
        case "content_filter": stop = .filtered
        default: stop = .length
        }
    }

    /// An answer that was not streamed, although that was asked for.
    private mutating func addWhole(_ response: JSONValue) -> [ModelPiece] {
        hasBegun = true
        var pieces: [ModelPiece] = []
        for (place, item) in (response["output"]?.elements ?? []).enumerated() {
            pieces += begin(item, at: place)
            if let words = items[place]?.text, !words.isEmpty { pieces.append(.text(words)) }
        }
        end(response)
        return pieces
    }
}

extension ResponsesDraft.Item {
    /// A message has text, and a refusal is one.
    fileprivate var text: String {
        guard type == "message" else { return "" }
        guard words.isEmpty else { return words }
        return json["content"]?.elements.map { $0["text"]?.text ?? $0["refusal"]?.text ?? "" }.joined() ?? ""
    }
}

extension ResponsesDraft {
    private var ordered: [Item] { items.sorted { $0.key < $1.key }.map(\.value) }

    var text: String { ordered.map(\.text).joined() }

    var calls: [DraftCall] {
        ordered.filter { $0.type == "function_call" }.map { item in
            DraftCall(
                id: item.json["call_id"]?.text ?? "",
                tool: item.json["name"]?.text ?? "",
                arguments: item.words.isEmpty ? item.json["arguments"]?.text ?? "" : item.words
            )
        }
    }

    var keepsake: JSONValue? {
        var kept = KeptParts()
        for item in ordered {
            switch item.type {
            case "message":
                let phase = item.json["phase"].flatMap { $0 == .null ? nil : $0 }
                kept.append(.text(item.text.utf8.count, mark: phase))
            case "function_call": kept.append(.call())
            // Without what is encrypted it is a name that the service does not know any more.
            case "reasoning" where item.json["encrypted_content"]?.text != nil: kept.append(.whole(item.json.reasoning))
            default: break
            }
        }
        return kept.keepsake(of: OpenAIProvider.id, model)
    }
}

extension JSONValue {
    /// What is taken back of a thought: not its state.
    fileprivate var reasoning: JSONValue {
        guard case .object(var members) = self else { return self }
        members["status"] = nil
        return .object(members)
    }
}

extension Usage {
    fileprivate init?(responses json: JSONValue) {
        guard let input = json["input_tokens"]?.integer, let output = json["output_tokens"]?.integer else { return nil }
        self.init(
            counted: input,
            cached: json["input_tokens_details"]?["cached_tokens"]?.integer ?? 0,
            cacheWrites: json["input_tokens_details"]?["cache_write_tokens"]?.integer ?? 0,
            output: output,
            reasoning: json["output_tokens_details"]?["reasoning_tokens"]?.integer ?? 0
        )
    }
}
