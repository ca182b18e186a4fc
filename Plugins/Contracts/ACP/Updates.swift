import PipelineEngine
import PipelineKit

/// What an editor is told of what happens in a run: `SessionUpdate`, in the order things happen.
struct Updates {
    private let run: RunID
    /// Whether it happens now, or is told of a record.
    private let isLive: Bool
    private let before: @Sendable (_ workspace: String, _ path: String) -> String?
    private var workspace = ""
    /// What was told of the reply that comes, by its turn.
    private var told: (turn: Int, text: String) = (0, "")
    private var calls: [CallID: CallWords] = [:]
    private var shown: [CallID: [String: JSONValue]] = [:]

    /// - Parameter before: What a file of a workspace holds now.
    init(
        of run: RunID,
        live: Bool,
        before: @escaping @Sendable (_ workspace: String, _ path: String) -> String? = { _, _ in nil }
    ) {
        (self.run, isLive, self.before) = (run, live, before)
    }

    // MARK: - What passes by

    mutating func take(_ piece: LivePiece) -> [JSONValue] {
        switch piece {
        case .model(let turn, .text(let text)):
            if told.turn != turn { told = (turn, "") }
            told.text += text
            return [Self.chunk("agent_message_chunk", text)]
        case .model(_, .reasoning(let text)): return [Self.chunk("agent_thought_chunk", text)]
        case .model(_, .call), .call, .check: return []
        }
    }

    // MARK: - What is recorded

    mutating func take(_ payload: Event.Payload) -> [JSONValue] {
        switch payload {
        case .workspaceOpened(let opened, _):
            workspace = opened.path
            return []
        case .modelReplied(let reply): return rest(of: reply)
        case .modelFailed(_, _, let failure, let retryAt):
            guard retryAt != nil else { return [] }
            return [
                Self.chunk(
                    "agent_thought_chunk",
                    "The model could not be asked, and is asked again: \(failure.message)\n"
                )
            ]
        case .callProposed(let call): return propose(call)
        case .callStarted(let id): return [update(id.value, "in_progress")]
        case .callFinished(let id, let output): return finish(id, output)
        case .callRefused(let id, let reason): return [update(id.value, "failed", reason)]
        case .checkStarted(let name, _):
            return [
                [
                    "sessionUpdate": "tool_call", "toolCallId": .string(named(Self.id(of: name))),
                    "title": "Check the goal",
                    "kind": "execute", "status": "in_progress",
                ]
            ]
        case .checkFinished(let name, let result):
            return [update(Self.id(of: name), result.holds ? "completed" : "failed", result.reason)]
        case .reported(let report): return [told(report)]
        case .messageAdded(let text, _): return isLive ? [] : [Self.chunk("user_message_chunk", text)]
        case .runFinished(let status, let reason):
            return [Self.chunk("agent_message_chunk", "\n\nRun \(status.words): \(reason)\n")]
        default: return []
        }
    }

    /// What a program tells of that is no part of the run.
    private func told(_ report: OutsideReport) -> JSONValue {
        switch report {
        case .output(_, let text): Self.chunk("agent_thought_chunk", text)
        case .callBegun(let id, let tool, let input):
            [
                "sessionUpdate": "tool_call", "toolCallId": .string(named("outside-\(id)")), "title": .string(tool),
                "kind": "other", "status": "in_progress", "rawInput": input,
            ]
        case .callEnded(let id, _, let isError, _, let error):
            update("outside-\(id)", isError ? "failed" : "completed", error ?? "")
        }
    }

    /// What was not told of a reply while it came.
    private mutating func rest(of reply: RecordedReply) -> [JSONValue] {
        let known = told.turn == reply.turn ? told.text : ""
        told = (0, "")
        // Pieces may have been left out when there were too many; then the reply is told once more, whole.
        let rest = reply.text.hasPrefix(known) ? String(reply.text.dropFirst(known.count)) : "\n\n\(reply.text)"
        return rest.isEmpty ? [] : [Self.chunk("agent_message_chunk", rest)]
    }

    private mutating func propose(_ proposed: ProposedCall) -> [JSONValue] {
        let words = CallWords(proposed, in: workspace)
        calls[proposed.id] = words
        var members = words.members { isLive ? before(workspace, $0) : nil }
        shown[proposed.id] = members
        members["sessionUpdate"] = "tool_call"
        members["toolCallId"] = .string(named(proposed.id.value))
        members["status"] = "pending"
        return [.object(members)]
    }

    private func finish(_ id: CallID, _ output: RecordedOutput) -> [JSONValue] {
        // Content is replaced as a whole, and a change that was made is worth more than that it was.
        let text = output.isError || calls[id]?.isDiff != true ? output.text : ""
        let update = self.update(id.value, output.isError ? "failed" : "completed", text)
        guard !output.isError, let plan = calls[id]?.plan else { return [update] }
        return [update, plan]
    }

    /// What was shown of the call that a question is about; empty for questions about anything else.
    func call(of approval: Approval) -> [String: JSONValue] {
        switch approval.subject {
        case .call(let id), .repetition(let id), .input(let id): shown[id] ?? [:]
        case .check, .plan, .limit, .step, .outside: [:]
        }
    }

    // MARK: - Forms

    static func chunk(_ kind: String, _ text: String) -> JSONValue {
        ["sessionUpdate": .string(kind), "content": ["type": "text", "text": .string(text)]]
    }

    /// - Parameter text: What is shown in place of what was shown before; nothing is taken away when there is none.
    private func update(_ id: String, _ status: String, _ text: String = "") -> JSONValue {
        var members: [String: JSONValue] = [
            "sessionUpdate": "tool_call_update", "toolCallId": .string(named(id)), "status": .string(status),
        ]
        if !text.isEmpty { members["rawOutput"] = .string(text) }
        if !text.isEmpty {
            members["content"] = [["type": "content", "content": ["type": "text", "text": .string(text)]]]
        }
        return .object(members)
    }

    /// Calls are named within their run, and an editor's are within a session, which has several.
    func named(_ id: String) -> String { "\(run)/\(id)" }

    private static func id(of check: CheckName) -> String { "check-\(check.iteration)-\(check.round)" }
}
