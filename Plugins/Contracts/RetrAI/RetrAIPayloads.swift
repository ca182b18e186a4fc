import PipelineEngine
import PipelineKit

// The payloads, each the union of what the documentation of retrAI names and what its server sends.
extension RetrAIEvent {
    static func step(_ node: RetrAINode, _ iteration: Int) -> RetrAIEvent {
        RetrAIEvent(.stepStart, ["node": .string(node.rawValue), "iteration": .int(iteration)])
    }

    static func log(_ message: String, _ level: String = "info") -> RetrAIEvent {
        RetrAIEvent(.log, ["message": .string(message.cut(to: Bound.text)), "level": .string(level)])
    }

    /// What a program tells of that is no part of the run. Its calls are none of those that the run's model makes.
    static func told(_ report: OutsideReport) -> RetrAIEvent {
        switch report {
        case .output(let stream, let text): log("\(stream.rawValue): \(text)")
        case .callBegun(_, let tool, let input): log("Calls \(tool): \(input.jsonText)")
        case .callEnded(_, let tool, isError: true, _, let error):
            log("The call of \(tool) failed\(error.map { ": \($0)" } ?? ".")", "warning")
        case .callEnded(_, let tool, isError: false, _, _): log("The call of \(tool) is over.")
        }
    }

    static func usage(_ usage: Usage, model: String) -> RetrAIEvent {
        RetrAIEvent(
            .llmUsage,
            [
                "input_tokens": .int(usage.input), "output_tokens": .int(usage.output),
                "prompt_tokens": .int(usage.input), "completion_tokens": .int(usage.output),
                "total_tokens": .int(usage.total), "model": .string(model),
            ]
        )
    }

    static func reasoning(_ text: String, model: String, hasCalls: Bool) -> RetrAIEvent {
        RetrAIEvent(
            .reasoning,
            [
                "text": .string(text.cut(to: Bound.text)), "model": .string(model),
                "has_tool_calls": .bool(hasCalls),
            ]
        )
    }

    static func call(_ call: ProposedCall) -> RetrAIEvent {
        RetrAIEvent(
            .toolCall,
            [
                "tool": .string(call.call.tool), "args": Bound.arguments(call.call.arguments),
                "id": .string(call.id.value),
            ]
        )
    }

    /// - Parameter tool: `nil` when the history does not tell, which it always does.
    static func result(_ output: RecordedOutput, tool: String?, id: CallID) -> RetrAIEvent {
        RetrAIEvent(
            .toolResult,
            [
                "tool": .string(tool ?? ""), "output": .string(output.text.cut(to: Bound.text)),
                "content": .string(output.text.cut(to: Bound.excerpt)), "exit_code": output.exitCode.json,
                "error": .bool(output.isError), "id": .string(id.value),
                "artifact": output.whole.map { "\($0)" }.json,
            ]
        )
    }

    static func refusal(_ reason: String, tool: String?, id: CallID) -> RetrAIEvent {
        result(RecordedOutput(text: reason, isError: true), tool: tool, id: id)
    }

    static func check(_ result: CheckResult) -> RetrAIEvent {
        RetrAIEvent(
            .goalCheck,
            [
                "achieved": .bool(result.holds), "reason": .string(result.reason.cut(to: Bound.text)),
                "details": .object(details(result)),
            ]
        )
    }

    private static func details(_ result: CheckResult) -> [String: JSONValue] {
        var details: [String: JSONValue] = ["outcome": .string(result.outcome.rawValue)]
        if !result.counts.isEmpty { details["summary"] = .object(summary(result.counts)) }
        if !result.failing.isEmpty {
            details["failures"] = .array(result.failing.prefix(Bound.failures).map(failure))
        }
        if !result.details.isEmpty { details["stdout"] = .string(result.details.cut(to: Bound.text)) }
        if !result.refused.isEmpty {
            let paths = result.refused.prefix(Bound.failures).map { JSONValue.string($0.path) }
            details["refused"] = .array(Array(paths))
        }
        if let score = result.score { details["score"] = .double(score) }
        return details
    }

    private static func summary(_ counts: [TestCase.Outcome: Int]) -> [String: JSONValue] {
        var summary = Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, JSONValue.int($0.value)) })
        summary["total"] = .int(counts.values.reduce(0, +))
        return summary
    }

    private static func failure(_ test: TestCase) -> JSONValue {
        [
            "nodeid": .string(test.id), "outcome": .string(test.outcome.rawValue),
            "longrepr": .string(test.message.cut(to: Bound.excerpt)),
        ]
    }

    static func iterationEnd(_ iteration: Int, tokens: Int, achieved: Bool) -> RetrAIEvent {
        RetrAIEvent(
            .iterationComplete,
            ["iteration": .int(iteration), "tokens": .int(tokens), "goal_achieved": .bool(achieved)]
        )
    }

    static func required(_ approval: Approval, _ iteration: Int, _ check: CheckResult?) -> RetrAIEvent {
        let question = JSONValue.string(approval.inFull.cut(to: Bound.text))
        return RetrAIEvent(
            .humanCheckRequired,
            [
                "iteration": .int(iteration), "summary": question, "message": question,
                "goal_reason": .string((check?.reason ?? "").cut(to: Bound.text)),
                "approval": .string(approval.id.value), "subject": .string(approval.subject.kind),
                "deadline": approval.deadline.map { "\($0)" }.json,
            ]
        )
    }

    /// - Parameter person: `nil` when the run ended without an answer.
    static func response(to approval: Approval, _ decision: String, by person: String?, message: String) -> RetrAIEvent
    {
        RetrAIEvent(
            .humanCheckResponse,
            [
                "decision": .string(decision), "by": person.json, "message": .string(message.cut(to: Bound.text)),
                "approval": .string(approval.id.value),
            ]
        )
    }

    static func end(_ status: RunStatus, _ reason: String, iterations: Int, _ ledger: Ledger) -> RetrAIEvent {
        RetrAIEvent(
            .runEnd,
            [
                "status": .string(RetrAIStatus(status).rawValue), "reason": .string(reason.cut(to: Bound.text)),
                "achieved": .bool(status == .achieved), "iterations": .int(iterations),
                "total_tokens": .int(ledger.total.tokens),
                "estimated_cost_usd": .double((ledger.total.cost ?? .zero).dollars),
            ]
        )
    }

    /// There is no traceback to give: what failed is said in a sentence, and the history is what led to it.
    static func error(_ message: String) -> RetrAIEvent {
        let text = JSONValue.string(message.cut(to: Bound.text))
        return RetrAIEvent(.error, ["message": text, "error": text, "traceback": ""])
    }
}

/// The words retrAI has for where a run stands. Its web client takes no others, so a run that waits is `running` and
/// says beside it that it does.
enum RetrAIStatus: String, CaseIterable {
    case running
    case achieved
    case failed
    case aborted

    init(_ status: RunStatus) {
        switch status {
        case .running, .waiting: self = .running
        case .achieved: self = .achieved
        case .notAchieved, .failed: self = .failed
        case .aborted: self = .aborted
        }
    }

    /// All that this word stands for.
    var statuses: Set<RunStatus> { Set(RunStatus.allCases.filter { RetrAIStatus($0) == self }) }
}

extension Resolution {
    /// In the two words of retrAI, and a third for a call that is refused while the run goes on.
    func word(for approval: Approval) -> String {
        switch decision {
        case .approved: "approve"
        case .expired: approval.onDeadline == .approve ? "approve" : "abort"
        case .rejected: "reject"
        }
    }
}
