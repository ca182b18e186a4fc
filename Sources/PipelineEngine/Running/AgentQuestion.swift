import PipelineKit

/// What an agent or a step asks of a person, as the run asks it that it works for.
enum AgentQuestion {
    /// - Parameter who: As the beginning of a sentence: `The agent 'helper'`.
    static func request(_ asked: Approval, _ who: String, _ run: RunID) -> InputRequest {
        let words = "\(who) (run \(run)) asks: \(asked.question)"
        let form = asked.input?.form
        return InputRequest(
            String(words.prefix(InputRequest.mostQuestion)),
            form: form ?? decision,
            state: [
                "approval": .string(asked.id.value), "shown": .string("\(asked.shown)"), "decides": .bool(form == nil),
            ]
        )
    }

    /// The form as somebody fills it in who says yes.
    static func yes(_ message: String) -> JSONValue {
        let yes: [String: JSONValue] = ["decision": "approve"]
        return .object(yes.adding(["message": message.isEmpty ? JSONValue?.none : .string(message)]))
    }

    static func isNo(_ answer: JSONValue?) -> Bool { answer?["decision"] == "refuse" }

    /// Yes or no, and what the agent is to know.
    static let decision = InputForm([
        InputField("decision", .choice([.init("approve"), .init("refuse")]), title: "May it?"),
        InputField("message", .text(), title: "Message to the agent", isRequired: false),
    ])

    /// Brings the agent what a person said to what it asked.
    static func bring(_ answer: InputAnswer, to agent: RunID, _ keeper: RunKeeper) async throws(ServiceError) {
        let state = answer.request.state
        guard let approval = state["approval"]?.text.map({ ApprovalID($0) }) else { return }
        let resolution = resolution(answer, decides: state["decides"] == true)
        do throws(ServiceError) {
            let shown = state["shown"]?.text.flatMap { Digest($0) }
            try await keeper.settle(.resolve(approval, resolution, shown: shown), of: agent)
        } catch {
            // A process that died had brought it already.
            guard case .refused(.alreadyResolved) = error else { throw error }
        }
    }

    private static func resolution(_ answer: InputAnswer, decides: Bool) -> Resolution {
        switch answer.outcome {
        case .given(let content) where decides:
            return Resolution(
                isNo(content) ? .rejected : .approved,
                by: answer.by,
                message: content["message"]?.text ?? ""
            )
        case .given(let content): return Resolution(.approved, by: answer.by, answer: content)
        // A deadline that counts as yes says so, and has nothing to fill in.
        case .expired where decides: return Resolution(.approved, by: answer.by)
        case .declined, .expired: return Resolution(.rejected, by: answer.by)
        }
    }
}
