import HTTPKit
import PipelineKit

/// Brings a person's answer to a question of a run.
///
/// A question is there so that a person decides, and not the model that works, nor one that drives the client. So what is
/// recorded is what the client's person said when the client showed them the question; a client that cannot show one
/// cannot answer, unless the person has said beforehand that it may (``MCPSettings/Answers/client``).
struct AnswerTool: Sendable {
    let desk: Desk

    var tools: [ServedTool] {
        switch desk.settings.answers {
        case .none: []
        case .person:
            [
                ServedTool(
                    "answer_question",
                    "Has the client show an open question of a run to its person, and brings the run what they say. The "
                        + "answer is the person's: none can be given along.",
                    .changes,
                    askPerson
                )
            ]
        case .client:
            [ServedTool("answer_question", "Answers an open question of a run.", .changes, answer)]
        }
    }

    struct Named: Fields {
        @Field("The name of the run.") var run: String
        @Field("The id of the question, such as a1: list_questions names it.") var question: String
    }

    struct Answered: Fields {
        enum Decision: String, Choice {
            case approve
            case refuse
        }

        @Field("The name of the run.") var run: String
        @Field("The id of the question, such as a1: list_questions names it.") var question: String
        @Field("Whether it may happen.") var decision: Decision
        @Field("What the model of the run is to know.") var message: String = ""
        @Field("What a question with a 'form' asks for: an object that fits it.") var answer: JSONValue? = nil
        @Field("The digest 'shown' of the question; the answer then holds for nothing else.") var shown: String? = nil
    }

    @Sendable private func answer(_ asked: Answered, _ caller: ToolCaller) async throws(HTTPError) -> ToolAnswer {
        _ = try await desk.row(of: asked.run)
        var body = Self.body(asked.decision == .approve, asked.message)
        body["shown"] = asked.shown.map(JSONValue.string)
        body["answer"] = asked.answer
        return try await post(.object(body), asked.run, asked.question, by: desk.asker(caller))
    }

    @Sendable private func askPerson(_ asked: Named, _ caller: ToolCaller) async throws(HTTPError) -> ToolAnswer {
        let document = try await question(asked)
        let question = PersonQuestion(document)
        let result: JSONValue
        switch caller.asking {
        case .impossible:
            throw HTTPError(
                .conflict,
                "This client has no way to show its person a question, and nobody else may answer. Ask the person to answer"
                    + " at a terminal: sluice approve \(asked.run) \(asked.question)"
            )
        case .during(let ask): result = try await ask(question.form)
        case .between(let answer):
            // An answer to what was shown before, or none yet: the person is shown what is asked now.
            guard let answer, answer.state == question.state else { return .question(question) }
            result = answer.result
        }
        guard let decision = try question.decision(result) else {
            throw HTTPError(.conflict, "The person has not answered. The question is still open.")
        }
        var body = Self.body(decision.isApproval, decision.message)
        body["shown"] = document["shown"]
        body["answer"] = decision.answer
        let who = "\(desk.settings.person) in MCP client '\(caller.name)'"
        return try await post(.object(body), asked.run, asked.question, by: who)
    }

    /// The question as it stands, whole.
    private func question(_ asked: Named) async throws(HTTPError) -> JSONValue {
        _ = try await desk.row(of: asked.run)
        let all = try await desk.door.ask(.get, ["runs", asked.run, "approvals"]).document()["items"]?.elements ?? []
        guard let question = all.first(where: { $0["approval"]?.text == asked.question }) else {
            let sentence = "Run '\(asked.run)' has no question '\(asked.question.shortened(to: 40))'."
            throw HTTPError(.notFound, sentence, code: "no_such_approval")
        }
        guard question["resolution"] == nil else {
            let by = question["resolution"]?["by"]?.text ?? ""
            throw HTTPError(.conflict, "Question '\(asked.question)' was answered before, by \(by).")
        }
        return question
    }

    private static func body(_ isApproval: Bool, _ message: String) -> [String: JSONValue] {
        ["decision": isApproval ? "approve" : "reject", "message": .string(message)]
    }

    private func post(_ body: JSONValue, _ run: String, _ question: String, by who: String) async throws(HTTPError)
        -> ToolAnswer
    {
        let way = ["runs", run, "approvals", question]
        return .document(try await desk.door.ask(.post, way, body: body, by: who).document().clipped)
    }
}
