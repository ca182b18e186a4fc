import HTTPKit
import PipelineEngine
import PipelineKit

/// A run as retrAI's clients read it, written straight from the row that the store keeps.
struct RunRow: Sendable {
    let summary: RunSummary
    private let details: [String: JSONValue]

    init(_ summary: RunSummary) {
        self.summary = summary
        details = summary.details.members
    }

    private var status: RetrAIStatus { RetrAIStatus(summary.status) }

    /// The words of the last check; of a run that ended without one, why it ended.
    private var reason: String { details["last_reason"]?.text ?? details["reason"]?.text ?? "" }

    private var gate: HumanPolicy.Moment {
        (details["human_gate"]?.text).flatMap(HumanPolicy.Moment.init) ?? .never
    }

    var asksAfterChecks: Bool { gate == .afterFailedCheck || gate == .afterCheck }
    var model: String { details["model"]?.text ?? "" }
    var iterations: Int { details["iterations"]?.integer ?? 0 }

    /// `{"run_id","goal","status","model_name","max_iterations","cwd","created_at","awaiting_human","approval"}`
    func write(to writer: inout JSONWriter) { writer.object { members(&$0) } }

    /// The row, and beside it `hitl_enabled`, `error` and `final_state`.
    func writeWhole(to writer: inout JSONWriter) {
        writer.object {
            members(&$0)
            $0.member("hitl_enabled", asksAfterChecks)
            $0.member("updated_at", "\(summary.updatedAt)")
            $0.member("error", summary.status == .failed ? details["reason"] ?? .null : .null)
            $0.member("final_state", finalState)
        }
    }

    private func members(_ writer: inout JSONWriter) {
        writer.member("run_id", summary.run.value)
        writer.member("goal", summary.pipeline)
        writer.member("status", status.rawValue)
        writer.member("model_name", model)
        writer.member("max_iterations", iterations)
        writer.member("cwd", details["project"]?.text ?? "")
        writer.member("created_at", "\(summary.startedAt)")
        writer.member("awaiting_human", summary.isAsking)
        writer.member("approval", details["approvals"]?.elements.first ?? .null)
    }

    /// Null while the run has not ended, as it says that it is final.
    private func finalState(_ writer: inout JSONWriter) {
        guard summary.status.isFinal else { return writer.writeNull() }
        writer.object {
            $0.member("iteration", details["iteration"]?.integer ?? 0)
            $0.member("goal_achieved", summary.status == .achieved)
            $0.member("goal_reason", reason)
            $0.member("total_tokens", details["tokens"]?.integer ?? 0)
            $0.member("estimated_cost_usd", (details["cost"]?.text.flatMap { Money($0) } ?? .zero).dollars)
        }
    }
}
