import PipelineEngine
import PipelineKit

/// What the hook of an agent asks: whether a tool may be used, or for words.
struct Interaction: Sendable {
    enum Kind: String, Choice {
        case approval
        case input
    }

    let question: OutsideQuestion

    init(_ kind: Kind, tool: String, key: String, payload: JSONValue) {
        let text = kind == .approval ? "May the agent use \(tool)?" : Self.words(of: payload, tool)
        question = OutsideQuestion(
            key: key,
            tool: tool,
            text: text,
            about: payload,
            form: kind == .input ? .text : nil
        )
    }

    /// The question, by the names that hooks give it; that of Claude Code's `AskUserQuestion` has several with choices.
    private static func words(of payload: JSONValue, _ tool: String) -> String {
        if let text = payload["question"]?.text ?? payload["message"]?.text ?? payload["text"]?.text, !text.isEmpty {
            return text
        }
        let questions = (payload["questions"]?.elements ?? []).compactMap { question -> String? in
            guard let text = question["question"]?.text else { return nil }
            let choices = (question["options"]?.elements ?? []).compactMap { $0["label"]?.text ?? $0.text }
            return choices.isEmpty ? text : "\(text) (\(choices.joined(separator: ", ")))"
        }
        return questions.isEmpty ? "\(tool) asks for an answer." : questions.joined(separator: "\n")
    }
}

extension OutsideAnswer {
    /// As hooks read it: `{"decision":"allow","response":"blue"}`.
    func json(of approval: Approval) -> JSONValue {
        switch self {
        case .ended(let status, _):
            // One that was taken up again has no word for how it ended before.
            let how = status.isFinal ? ": \(status.words)" : ""
            return ["decision": "block", "message": .string("The run has ended\(how).")]
        case .resolved(let resolution):
            let decision: JSONValue = approval.grants(resolution) ? "allow" : "block"
            let message = resolution.message.isEmpty ? JSONValue?.none : .string(resolution.message)
            return .object(
                ["decision": decision].adding([
                    "message": message, "response": resolution.answer.map { .string($0.words) },
                ])
            )
        }
    }
}
