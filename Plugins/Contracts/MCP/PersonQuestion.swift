import HTTPKit
import PipelineKit

/// A question of a run as a client shows it to its person: `elicitation/create`, in the form of both revisions.
struct PersonQuestion: Sendable {
    private let message: String
    /// What a call asks for; `nil` where yes or no is.
    private let asked: JSONValue?
    /// What the answer is about: run, question, and the digest of what is shown.
    let state: String

    /// - Parameter document: Of the question, as the native interface gives it.
    init(_ document: JSONValue) {
        let run = document["run"]?.text ?? ""
        let question = Self.inFull(document)
        let pipeline = document["pipeline"]?.text ?? ""
        message = "Run \(run) (\(pipeline)) asks: \(question)"
        asked = document["form"].flatMap { $0["properties"]?.members.isEmpty == false ? $0 : JSONValue?.none }
        state = "\(run) \(document["approval"]?.text ?? "") \(document["shown"]?.text ?? "")"
    }

    /// The question, with what it is about where a program outside asks.
    private static func inFull(_ document: JSONValue) -> String {
        let question = document["question"]?.text ?? ""
        guard let tool = document["subject"]?["tool"]?.text else { return question }
        let about = document["about"].map { "\n\(String(decoding: $0.encoded(.pretty), as: UTF8.self))" } ?? ""
        return "\(tool): \(question)\(about)"
    }

    /// The parameters of `elicitation/create`.
    var form: JSONValue {
        ["mode": "form", "message": .string(message), "requestedSchema": asked ?? Self.decision]
    }

    private static let decision: JSONValue = [
        "type": "object",
        "properties": [
            "decision": ["type": "string", "title": "Whether it may happen", "enum": ["approve", "refuse"]],
            "message": ["type": "string", "title": "Words for the model", "description": "May be left empty."],
        ],
        "required": ["decision"],
    ]

    /// What the client brought back, as the person's decision.
    ///
    /// - Parameter result: `ElicitResult`.
    /// - Returns: `nil` when they would rather not say.
    /// - Throws: 422 for what is no answer to what was asked; whether it fits a call's form is for the run to say.
    func decision(_ result: JSONValue) throws(HTTPError) -> PersonDecision? {
        guard asked != nil else { return try PersonDecision(result) }
        guard result["action"] == "accept" else { return nil }
        return PersonDecision(answer: result["content"] ?? [:])
    }

    /// What ends a call of the stateless revision until the person has answered (2026-07-28, `InputRequiredResult`).
    var asResult: [String: JSONValue] {
        [
            "resultType": "input_required", "requestState": .string(state),
            "inputRequests": [PersonQuestion.key: ["method": "elicitation/create", "params": form]],
        ]
    }

    /// What the request and its response are called between the two calls.
    static let key = "answer"
}

/// What a client brings back from its person.
struct PersonAnswer: Sendable {
    /// ``PersonQuestion/state`` of what was asked.
    var state: String
    /// `ElicitResult`.
    var result: JSONValue
}

/// How a person decided.
struct PersonDecision: Sendable {
    let isApproval: Bool
    let message: String
    /// What a call asked for.
    let answer: JSONValue?

    fileprivate init(answer: JSONValue) {
        isApproval = true
        message = ""
        self.answer = answer
    }

    /// - Parameter result: `ElicitResult`.
    /// - Returns: `nil` when they would rather not say.
    /// - Throws: 422 for what is no answer to what was asked.
    fileprivate init?(_ result: JSONValue) throws(HTTPError) {
        guard result["action"] == "accept" else { return nil }
        let content = result["content"]
        switch content?["decision"]?.text {
        case "approve": isApproval = true
        case "refuse": isApproval = false
        default:
            let said = (content?["decision"] ?? .null).jsonText.prefix(80)
            throw HTTPError(
                .unprocessable,
                "The client brought \(said) as a decision, which is neither approve nor refuse."
            )
        }
        message = content?["message"]?.text ?? ""
        answer = nil
    }
}
