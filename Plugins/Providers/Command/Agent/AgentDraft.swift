import PipelineKit
import ProviderKit

/// What an agent has said, as the reply of a model.
struct AgentDraft: ReplyParts {
    private(set) var text = ""
    let calls: [DraftCall] = []
    private(set) var usage: Usage?
    private(set) var stop: ModelReply.Stop?
    /// Whether it has said more than a reply may have.
    private(set) var isTooLong = false

    /// Takes a `SessionUpdate`.
    mutating func take(_ update: JSONValue?) -> [ModelPiece] {
        switch update?["sessionUpdate"]?.text {
        case "agent_message_chunk": return add(update?["content"]?["text"]?.text ?? "")
        case "agent_thought_chunk": return thought(update?["content"]?["text"]?.text ?? "")
        case "tool_call": return thought(update?["title"]?.text.map { "[\($0)]\n" } ?? "")
        default: return []
        }
    }

    /// Adds a line that whoever reads the reply has to know of.
    mutating func note(_ words: String) -> [ModelPiece] {
        add("\(text.isEmpty || text.hasSuffix("\n") ? "" : "\n")[\(words)]\n")
    }

    private mutating func add(_ words: String) -> [ModelPiece] {
        guard !words.isEmpty, !isTooLong else { return [] }
        isTooLong = text.utf8.count + words.utf8.count > answerLimit
        guard !isTooLong else { return [] }
        text += words
        return [.text(words)]
    }

    private func thought(_ words: String) -> [ModelPiece] { words.isEmpty ? [] : [.reasoning(words)] }

    /// Takes a `PromptResponse`.
    ///
    /// - Returns: the reason of a stop that is the end of no reply; `nil` for others.
    mutating func finish(_ response: JSONValue) -> String? {
        if let told = response["usage"], let input = told["inputTokens"]?.integer,
            let output = told["outputTokens"]?.integer
        {
            usage = Usage(
                counted: input,
                cached: told["cachedReadTokens"]?.integer ?? 0,
                output: output,
                reasoning: told["thoughtTokens"]?.integer ?? 0
            )
        }
        let reason = response["stopReason"]?.text ?? ""
        switch reason {
        case "end_turn": stop = .finished
        case "max_tokens", "max_turn_requests": stop = .length
        case "refusal": stop = .filtered
        default: return reason.isEmpty ? "no reason" : "'\(printable(reason, limit: 80))'"
        }
        return nil
    }
}
