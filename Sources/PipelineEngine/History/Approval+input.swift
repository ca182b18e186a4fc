import PipelineKit

extension Approval.Input {
    /// The digest of what a person is shown with a question, and asked to fill in.
    func shown(with question: String) -> Digest {
        let json: JSONValue = ["question": .string(question), "form": form.schema]
        return Digest(of: json.encoded(.canonical))
    }
}

extension Approval.Input {
    /// Whether no more is asked for than whether another run may do something, which works for this one.
    var decides: Bool { form == AgentQuestion.decision }
}

extension Approval {
    /// Whether a person is to say more than yes or no.
    public var asksForWords: Bool { input.map { !$0.decides } ?? false }

    /// The answer as the form has it, where one is asked for.
    ///
    /// Whoever cannot fill in a form may still send a message, which is taken for the one thing that is asked for; and where
    /// no more is asked for than whether another run may do something, yes is yes.
    func fitted(_ given: Resolution) throws(Refusal) -> Resolution {
        guard let input, given.decision == .approved else {
            guard given.answer == nil else { throw .takesNoAnswer(id) }
            return given
        }
        var given = given
        if given.answer == nil, input.decides {
            given.answer = AgentQuestion.yes(given.message)
            given.message = ""
        } else if given.answer == nil, !given.message.isEmpty, input.form.single != nil {
            given.answer = .string(given.message)
            given.message = ""
        }
        do throws(FieldProblems) {
            given.answer = try input.form.read(given.answer ?? [:])
        } catch {
            throw .wrongAnswer(id, error.failure.message)
        }
        return given
    }
}

extension InputAnswer {
    /// What a resolved question of a call means to the call; `nil` for a question of another kind.
    init?(_ approval: Approval, _ resolution: Resolution) {
        guard let input = approval.input else { return nil }
        let request = InputRequest(approval.question, form: input.form, state: input.state)
        let outcome: Outcome =
            switch resolution.decision {
            case .approved: resolution.answer.map(Outcome.given) ?? .declined
            case .rejected: .declined
            // A deadline that counts as yes has nothing to say where more is asked for.
            case .expired: .expired
            }
        self.init(request, outcome, by: resolution.by)
    }
}
