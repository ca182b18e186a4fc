/// What a call cannot go on without: a question to a person, and the form of the answer.
///
/// Nothing is suspended while it is open. The call is made once more when it is answered, maybe by another process, with
/// the ``InputAnswer`` in its ``ToolContext``.
public struct InputRequest: Sendable, Hashable {
    /// In a sentence or a few.
    public var question: String
    public var form: InputForm
    /// What the tool needs of this call for the next one; recorded, and shown to nobody.
    public var state: JSONValue

    public init(_ question: String, form: InputForm = .text, state: JSONValue = .null) {
        self.question = question
        self.form = form
        self.state = state
    }

    // An open question stands in lists, and all of it in a history.

    /// Characters of a question.
    public static let mostQuestion = 8_000
    /// Bytes of a form's JSON.
    public static let mostForm = 16_000
    /// Bytes of a state's JSON.
    public static let mostState = 64_000

    /// What is too long in it, as the rest of a sentence: `a question of 9000 characters, and 8000 are the most`.
    public var excess: String? {
        let found: [(what: String, count: Int, unit: String, most: Int)] = [
            ("a question", question.count, "characters", Self.mostQuestion),
            ("a form", form.schema.encoded().count, "bytes", Self.mostForm),
            ("a state", state.encoded().count, "bytes", Self.mostState),
        ]
        return found.first { $0.count > $0.most }.map {
            "\($0.what) of \($0.count) \($0.unit), and \($0.most) are the most"
        }
    }
}

/// What a person said to an ``InputRequest``.
public struct InputAnswer: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable {
        /// An object that fits the form.
        case given(JSONValue)
        case declined
        /// Nobody answered in time.
        case expired
    }

    public var request: InputRequest
    public var outcome: Outcome
    public var by: String

    public init(_ request: InputRequest, _ outcome: Outcome, by: String) {
        self.request = request
        self.outcome = outcome
        self.by = by
    }
}
