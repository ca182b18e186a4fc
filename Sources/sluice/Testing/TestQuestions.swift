import PipelineEngine
import PipelineKit

/// The order in which a test answers what a run asks.
///
/// Steps that are under way side by side ask in an order that may be another one each time. So of their questions, those of
/// the step that stands further in front are answered first; all others in the order in which they are asked.
enum TestQuestions {
    /// The one that is answered next; `nil` when none is open.
    static func next(of state: RunState) -> Approval? {
        let open = state.pendingApprovals.map(\.approval)
        guard let oldest = open.first, step(of: oldest) != nil else { return open.first }
        return sorted(open.filter { step(of: $0) != nil }, state).first
    }

    /// Questions in the order in which they were asked, as a test answers them.
    static func inOrder(_ asked: [Approval], _ state: RunState) -> [Approval] {
        var (ordered, together) = ([Approval](), [Approval]())
        for approval in asked {
            if together.last.map({ step(of: $0)?.pass != step(of: approval)?.pass }) ?? false {
                ordered += sorted(together, state)
                together = []
            }
            together.append(approval)
        }
        return ordered + sorted(together, state)
    }

    /// What a call may be made again is only asked because a process died before it was known to have ended.
    ///
    /// - Returns: Also `true` for a question that the run of a step asks through this one.
    static func isRepetition(_ approval: Approval, _ runs: RunService) async throws(ServiceError) -> Bool {
        if case .repetition = approval.subject { return true }
        guard case .step(_, let run?) = approval.subject, let id = approval.input?.state["approval"]?.text,
            let asked = try await runs.state(of: run).approvals[ApprovalID(id)]?.approval
        else { return false }
        return try await isRepetition(asked, runs)
    }

    private static func step(of approval: Approval) -> StepPlace? {
        if case .step(let place, _) = approval.subject { place } else { nil }
    }

    /// By where the steps stand; of one step, as they were asked.
    private static func sorted(_ questions: [Approval], _ state: RunState) -> [Approval] {
        let graph = state.steps?.graph
        let places = questions.map { question in
            step(of: question).flatMap { graph?.place(of: $0.step) }.flatMap { graph?.order.firstIndex(of: $0) } ?? 0
        }
        return questions.indices.sorted { (places[$0], $0) < (places[$1], $1) }.map { questions[$0] }
    }
}
