import PipelineEngine
import PipelineKit

/// What the hook of an agent asks: whether a tool may be used, or for words.
struct Interaction: Sendable {
    enum Kind: String, Choice {
        case approval
        case input
    }

    let question: OutsideQuestion

    /// Characters of what a tool is used with that stand in a question: lists and messages carry it.
    private static let mostArguments = 1_000

    init(_ kind: Kind, tool: String, key: String, payload: JSONValue) {
        let asked = kind == .approval ? nil : Self.words(of: payload)
        let sentence = kind == .approval ? "May the agent use \(tool)?" : "\(tool) asks for an answer."
        question = OutsideQuestion(
            key: key,
            tool: tool,
            text: asked ?? sentence + Self.arguments(payload),
            about: payload,
            form: kind == .input ? .text : nil
        )
    }

    private static func arguments(_ payload: JSONValue) -> String {
        payload == .null ? "" : " \(payload.jsonText.shortened(to: mostArguments))"
    }

    /// The question, by the names that hooks give it; that of Claude Code's `AskUserQuestion` has several with choices.
    ///
    /// - Returns: `nil` where none of them is there.
    private static func words(of payload: JSONValue) -> String? {
        if let text = payload["question"]?.text ?? payload["message"]?.text ?? payload["text"]?.text, !text.isEmpty {
            return text
        }
        let questions = (payload["questions"]?.elements ?? []).compactMap { question -> String? in
            guard let text = question["question"]?.text else { return nil }
            let choices = (question["options"]?.elements ?? []).compactMap { $0["label"]?.text ?? $0.text }
            return choices.isEmpty ? text : "\(text) (\(choices.joined(separator: ", ")))"
        }
        return questions.isEmpty ? nil : questions.joined(separator: "\n")
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
