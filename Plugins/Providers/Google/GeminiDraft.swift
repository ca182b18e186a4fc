import PipelineKit
import ProviderKit

/// A reply as far as its pieces have come, each of which is an answer with the parts that are new.
struct GeminiDraft: ReplyDraft {
    private(set) var text = ""
    private(set) var calls: [DraftCall] = []
    private(set) var usage: Usage?
    private(set) var hasBegun = false
    private var finishReason: String?
    private var finishMessage: String?
    private var isBlocked = false
    private var model = ""
    private var kept = KeptParts()
    /// Bytes of text that no part of ``kept`` stands for yet.
    private var openText = 0

    init(to request: ModelRequest) {}

    mutating func add(_ piece: JSONValue) -> [ModelPiece] {
        model = piece["modelVersion"]?.text ?? model
        if let counted = piece["usageMetadata"] { count(counted) }
        if piece["promptFeedback"]?["blockReason"]?.text != nil { (isBlocked, hasBegun) = (true, true) }
        guard let candidate = piece["candidates"]?.elements.first, case .object = candidate else { return [] }
        hasBegun = true
        finishReason = candidate["finishReason"]?.text ?? finishReason
        finishMessage = candidate["finishMessage"]?.text ?? finishMessage
        return (candidate["content"]?["parts"]?.elements ?? []).flatMap { add(part: $0) }
    }

    private mutating func add(part: JSONValue) -> [ModelPiece] {
        let signature = part["thoughtSignature"]?.text
        if part["thought"] == true { return part["text"]?.text.map { [.reasoning($0)] } ?? [] }
        if let function = part["functionCall"] { return add(function, signature) }
        guard let words = part["text"]?.text else { return [] }
        text += words
        openText += words.utf8.count
        if signature != nil { closeText(signature) }
        return words.isEmpty ? [] : [.text(words)]
    }

    private mutating func add(_ function: JSONValue, _ signature: String?) -> [ModelPiece] {
        if openText > 0 { closeText(nil) }
        let call = DraftCall(
            id: function["id"]?.text ?? "",
            tool: function["name"]?.text ?? "",
            arguments: (function["args"] ?? [:]).jsonText
        )
        calls.append(call)
        kept.append(.call(mark: GeminiMark(signature: signature, isNamed: !call.id.isEmpty).json))
        return [.call(tool: call.tool)]
    }

    private mutating func closeText(_ signature: String?) {
        kept.append(.text(openText, mark: GeminiMark(signature: signature).json))
        openText = 0
    }

    /// Counted anew with each piece. Thoughts are counted beside the answer, and paid like it.
    private mutating func count(_ counted: JSONValue) {
        func number(_ name: String) -> Int { min(max(0, counted[name]?.integer ?? 0), 1 << 40) }
        guard counted["promptTokenCount"]?.integer != nil else { return }
        let thoughts = number("thoughtsTokenCount")
        usage = Usage(
            counted: number("promptTokenCount") + number("toolUsePromptTokenCount"),
            cached: number("cachedContentTokenCount"),
            output: number("candidatesTokenCount") + thoughts,
            reasoning: thoughts
        )
    }
}

extension GeminiDraft {
    var keepsake: JSONValue? { kept.keepsake(of: GoogleProvider.id, model) }

    var stop: ModelReply.Stop? {
        switch finishReason {
        case nil: isBlocked ? .filtered : nil
        case "MAX_TOKENS": .length
        case "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII": .filtered
        default: .finished
        }
    }

    /// The model wrote something that the service could make nothing of.
    var problem: String? {
        let broken = [
            "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE",
            "MISSING_THOUGHT_SIGNATURE", "OTHER",
        ]
        guard let finishReason, broken.contains(finishReason) else { return nil }
        return finishMessage.map { "\(finishReason): \($0)" } ?? finishReason
    }
}
