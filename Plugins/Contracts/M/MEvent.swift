import HTTPKit
import PipelineEngine
import PipelineKit

/// One event of a run as clients read it.
///
/// `{"id":"RUN-3","run_id":"RUN","seq":3,"type":"stdout","data":{"text":"ok"},"created_at":1739800000}`
///
/// There are twelve types, and a client that reads another one loses its connection: what has none of its own is told as
/// `stdout` or `stderr`.
struct MEvent: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case runStarted = "run_started"
        case stdout
        case stderr
        case toolCallStart = "tool_call_start"
        case toolCallEnd = "tool_call_end"
        case approvalRequested = "approval_requested"
        case approvalResolved = "approval_resolved"
        case inputRequested = "input_requested"
        case inputReceived = "input_received"
        case runCompleted = "run_completed"
        case runFailed = "run_failed"
        case runCancelled = "run_cancelled"
    }

    var kind: Kind
    var data: JSONValue

    init(_ kind: Kind, _ data: JSONValue = [:]) {
        self.kind = kind
        self.data = data
    }

    /// Writes the event with its number.
    func write(_ number: Int, of run: RunID, at time: Instant, to writer: inout JSONWriter) {
        writer.object {
            $0.member("id", "\(run.value)-\(number)")
            $0.member("run_id", run.value)
            $0.member("seq", number)
            $0.member("type", kind.rawValue)
            $0.member("data", data)
            $0.member("created_at", time.seconds)
        }
    }
}

extension MEvent {
    static func out(_ text: String) -> [MEvent] { text.isEmpty ? [] : [MEvent(.stdout, ["text": .string(text)])] }
    static func problem(_ text: String) -> [MEvent] { [MEvent(.stderr, ["text": .string(text)])] }

    /// - Parameter input: What is no object stands in one, as clients read nothing else.
    static func begin(_ call: String, _ tool: String, _ input: JSONValue = [:]) -> MEvent {
        let isObject = if case .object = input { true } else { false }
        return MEvent(
            .toolCallStart,
            ["call_id": .string(call), "tool": .string(tool), "input": isObject ? input : ["input": input]]
        )
    }

    /// - Parameters:
    ///   - duration: Milliseconds.
    ///   - error: Why it came to nothing; `nil` for a call that succeeded.
    static func end(_ call: String, _ tool: String, after duration: Int, error: String?) -> MEvent {
        MEvent(
            .toolCallEnd,
            [
                "call_id": .string(call), "tool": .string(tool), "success": .bool(error == nil),
                "duration_ms": .int(max(0, duration)), "error": error.map(JSONValue.string) ?? .null,
            ]
        )
    }

    static func asked(_ approval: String, _ type: QuestionType) -> MEvent {
        MEvent(.approvalRequested, ["approval_id": .string(approval), "type": .string(type.rawValue)])
    }

    static func answered(_ approval: String, _ isApproved: Bool, reason: String?) -> MEvent {
        MEvent(
            .approvalResolved,
            [
                "approval_id": .string(approval), "approved": .bool(isApproved),
                "reason": reason.map(JSONValue.string) ?? .null,
            ]
        )
    }
}
