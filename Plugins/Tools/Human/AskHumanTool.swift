public import PipelineKit

/// Asks the person something, and gives the model their answer.
///
/// The run waits as it waits for any answer: as rows, with no process.
public struct AskHumanTool: Tool {
    public static let id: ModuleID = "ask_human"
    public static let summary = """
        Asks the person who started the run a question, and waits for the answer. For what only they can decide or know; \
        not for what can be found out.
        """
    public static let example: JSONValue = [
        "question": "Which database is the service to use?", "choices": ["PostgreSQL", "SQLite"],
    ]
    public static let reach: Set<Reach> = [.reads]

    public struct Arguments: Fields {
        @Field("The question, with all that is needed to answer it.") var question: String
        @Field("The answers there are; without them the person writes a text.") var choices: [String] = []
        @Field("Whether several of the choices may be taken.") var several: Bool = false
        public init() {}

        public func check(_ reader: inout FieldReader) {
            if question.trimmed.isEmpty { reader.problem(inValueOf: "question", "must ask something, but is empty.") }
            if question.count > InputRequest.mostQuestion {
                let most = InputRequest.mostQuestion
                reader.problem(inValueOf: "question", "may have \(most) characters, but has \(question.count).")
            }
            if choices.count == 1 || choices.count > AskHumanTool.mostChoices {
                let most = AskHumanTool.mostChoices
                reader.problem(inValueOf: "choices", "must be 2 to \(most), or none, but there are \(choices.count).")
            }
            if Set(choices).count < choices.count {
                reader.problem(inValueOf: "choices", "must differ from each other.")
            }
            if choices.contains(where: { $0.trimmed.isEmpty || $0.count > AskHumanTool.longestChoice }) {
                let most = AskHumanTool.longestChoice
                reader.problem(inValueOf: "choices", "must have 1 to \(most) characters each.")
            }
            if several, choices.isEmpty { reader.problem(inValueOf: "several", "needs choices to take from.") }
        }
    }

    private static let mostChoices = 20
    /// Characters.
    private static let longestChoice = 200

    public init(settings: NoFields) throws(Failure) {}

    public func call(_ arguments: Arguments, in context: ToolContext) async throws(Failure) -> ToolOutput {
        guard let answer = context.answer else {
            return .asking(InputRequest(arguments.question, form: form(arguments)))
        }
        switch answer.outcome {
        case .given(let content): return ToolOutput("\(answer.by) answers: \(Self.words(content["answer"] ?? .null))")
        case .declined:
            return ToolOutput("\(answer.by) does not answer this. Go on without, as well as it can be done.")
        case .expired: return ToolOutput("Nobody answered in time. Go on without, as well as it can be done.")
        }
    }

    private func form(_ arguments: Arguments) -> InputForm {
        guard !arguments.choices.isEmpty else { return .text }
        let options = arguments.choices.map { InputField.Option($0) }
        return InputForm([InputField("answer", arguments.several ? .choices(options) : .choice(options))])
    }

    private static func words(_ answer: JSONValue) -> String {
        guard case .array(let chosen) = answer else { return answer.text ?? answer.jsonText }
        return chosen.isEmpty ? "none of them" : chosen.compactMap(\.text).joined(separator: ", ")
    }
}
