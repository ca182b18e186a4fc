import HTTPKit
import PipelineEngine
import PipelineKit

/// One message of a run's stream, as clients of retrAI read it.
///
/// `{"kind":"tool_call","run_id":"…","iteration":2,"ts":1739800000.123,"sequence":17,"payload":{…}}`
struct RetrAIEvent: Sendable {
    enum Kind: String, Sendable {
        case stepStart = "step_start"
        case toolCall = "tool_call"
        case toolResult = "tool_result"
        case llmUsage = "llm_usage"
        case reasoning
        case log
        case goalCheck = "goal_check"
        case humanCheckRequired = "human_check_required"
        case humanCheckResponse = "human_check_response"
        case iterationComplete = "iteration_complete"
        case runEnd = "run_end"
        case error
    }

    var kind: Kind
    var payload: JSONValue

    init(_ kind: Kind, _ payload: JSONValue) {
        self.kind = kind
        self.payload = payload
    }

    /// - Parameter iteration: As retrAI counts: what is done in the first is 0, what is found after it 1.
    func frame(of run: RunID, iteration: Int, event: Event) -> Frame {
        var writer = JSONWriter(capacity: 512)
        writer.object {
            $0.member("kind", kind.rawValue)
            $0.member("run_id", run.value)
            $0.member("iteration", iteration)
            $0.member("ts", Double(event.at.milliseconds) / 1_000)
            $0.member("sequence", event.sequence)
            $0.member("payload", payload)
        }
        return Frame(sequence: event.sequence, text: writer.bytes)
    }
}

/// The steps of retrAI's loop. It has one more, `reflect`, for which there is nothing here: what a check found is told
/// to the model with its next question.
enum RetrAINode: String {
    case plan
    case act
    case evaluate
    case humanCheck = "human_check"
}
