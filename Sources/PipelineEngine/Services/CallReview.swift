import PipelineKit

/// A call that a person is asked about, while their answer is put together.
struct CallReview {
    let approval: Approval
    private let call: ToolCall
    private let id: CallID
    private let assessor: CallAssessor

    /// - Throws: ``Refusal`` for a question that is not there, was answered, or is not about a call.
    init(
        of id: ApprovalID,
        in state: RunState,
        _ registry: Registry,
        _ policy: PolicyFile?
    ) throws(Refusal) {
        guard let known = state.approvals[id] else { throw .unknownApproval(id) }
        if let earlier = known.resolution { throw .alreadyResolved(id, earlier) }
        guard case .call(let name) = known.approval.subject, let call = state.calls[name],
            let pipeline = state.pipeline,
            let assessor = CallAssessor(
                RunModules(registry.including(pipeline, in: state.workspace?.project).0),
                state,
                policy
            )
        else { throw .notACall(id) }
        approval = known.approval
        self.call = call.proposed.call
        self.id = name
        self.assessor = assessor
    }

    /// The answer with all that it says of this call and of others.
    ///
    /// - Throws: ``Failure/Kind/invalidInput`` in words for the person.
    func answer(_ answer: Resolution, arguments: JSONValue?, grant: GrantRequest?) throws(Failure) -> Resolution {
        var answer = answer
        let call = try edited(arguments, &answer)
        guard let grant else { return answer }
        guard let ruled = assessor.ruled(call) else { throw Failure(.missing, "There is no tool '\(call.tool)'.") }
        let fields = assessor.registry.found(ModuleID(call.tool))?.arguments.map(\.name) ?? []
        answer.grant = try grant.rule(for: ruled, tool: call.tool, fields: fields)
        return answer
    }

    /// The call as the person wants it.
    private func edited(_ arguments: JSONValue?, _ answer: inout Resolution) throws(Failure) -> ToolCall {
        guard let arguments else { return call }
        var call = call
        call.arguments = String(decoding: arguments.encoded(.canonical), as: UTF8.self)
        let assessed = assessor.assess(call, id)
        if let problem = assessed.problem { throw Failure(.invalidInput, problem) }
        guard assessed.rule != .deny else {
            throw Failure(.invalidInput, "The policy does not allow '\(call.tool)' with these arguments.")
        }
        answer.edit = CallEdit(
            arguments: call.arguments,
            reach: assessed.proposed.reach,
            shown: CallSubject(call, assessor.state, assessor.tools).digest
        )
        return call
    }

    /// The other open questions about calls that the answer allows too.
    func questions(coveredBy answer: Resolution) -> [ApprovalID] {
        guard let grant = answer.grant else { return [] }
        return assessor.state.pendingApprovals.map(\.approval).compactMap { other in
            guard other.id != approval.id, case .call(let name) = other.subject,
                let call = assessor.state.calls[name]?.proposed.call, let ruled = assessor.ruled(call)
            else { return nil }
            let isGranted = assessor.tools.isGranted(ruled, by: [grant])
            let isDenied = assessor.policy?.rule(for: ruled, .allow, isGranted: true) == .deny
            return isGranted && !isDenied ? other.id : nil
        }
    }
}
