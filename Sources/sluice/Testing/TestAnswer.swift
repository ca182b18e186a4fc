import PipelineKit

/// What the person says to a question: `approve`, `reject`, `{ reject: "why" }`, `{ answer: "the second one" }`.
enum TestAnswer: FieldValue, Hashable {
    case approve(message: String)
    case reject(message: String)
    /// What a call asks for: a text, or the fields of a form.
    case answer(JSONValue)

    private struct Syntax: Fields {
        @Field("Yes, with words for the model.") var approve: String? = nil
        @Field("No, with words for the model.") var reject: String? = nil
        @Field("What a call asks for: a text, or a mapping with the fields of a form.") var answer: JSONValue? = nil
        init() {}

        var answers: [TestAnswer] {
            [approve.map(TestAnswer.approve), reject.map(TestAnswer.reject), answer.map(TestAnswer.answer)]
                .compactMap(\.self)
        }

        func check(_ reader: inout FieldReader) {
            if answers.count != 1 {
                reader.problem("An answer is one of 'approve', 'reject' and 'answer'; this one is \(answers.count).")
            }
        }
    }

    private static let words = ["approve", "reject"]

    static var schema: ValueSchema { .oneOf([.choice(words), Syntax.schema]) }

    var json: JSONValue {
        switch self {
        case .approve(""): "approve"
        case .reject(""): "reject"
        case .approve(let message): ["approve": .string(message)]
        case .reject(let message): ["reject": .string(message)]
        case .answer(let value): ["answer": value]
        }
    }

    init?(_ json: JSONValue, _ reader: inout FieldReader) {
        switch json {
        case "approve": self = .approve(message: "")
        case "reject": self = .reject(message: "")
        case .object:
            guard let syntax = Syntax(json, &reader) else { return nil }
            self = syntax.answers[0]
        default:
            let near = json.text.map { Suggestion.sentence(for: $0, among: Self.words) } ?? ""
            reader.expected("approve, reject, or a mapping of one of approve, reject and answer", of: json, hint: near)
            return nil
        }
    }

    /// The answer as options of `sluice approve`.
    var options: [String] {
        switch self {
        case .approve(let message): message.isEmpty ? [] : ["--message=\(message)"]
        case .reject(let message): ["--reject"] + (message.isEmpty ? [] : ["--message=\(message)"])
        case .answer(let value): ["--answer=\(value.text ?? value.jsonText)"]
        }
    }
}
