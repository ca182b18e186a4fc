import ContractKit
import HTTPKit
import PipelineEngine
import PipelineKit

/// A question of a run, open or closed, as clients read it.
struct Question: Sendable {
    let run: RunID
    let approval: Approval
    let requestedAt: Instant
    /// `nil` while it is open, and for one that was open when its run ended.
    let resolution: Resolution?
    /// How the run stands.
    let status: RunStatus
    /// What is about to be used and with what, where that is known.
    let use: (tool: String, input: JSONValue)?
    /// Absolute path of the directory that the run works in; `nil` before it has one.
    let workspace: String?

    /// - Parameter state: Of the run.
    init(_ known: RunState.ApprovalState, of run: RunID, in state: RunState) {
        self.run = run
        approval = known.approval
        requestedAt = known.requestedAt
        resolution = known.resolution
        status = state.status
        use = known.approval.use { state.calls[$0]?.proposed.call }
        workspace = state.workspace?.path
    }

    /// Approvals are numbered within their run, and clients know no runs where they answer.
    var id: String { Self.name(approval.id, of: run) }

    static func name(_ approval: ApprovalID, of run: RunID) -> String { "\(run.value).\(approval.value)" }

    static func parse(_ id: String) -> (run: RunID, approval: ApprovalID)? {
        let parts = id.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1, let last = parts.last, !last.isEmpty else { return nil }
        return (RunID(parts.dropLast().joined(separator: ".")), ApprovalID(String(last)))
    }

    var isOpen: Bool { resolution == nil && !status.isFinal }
    /// Whether words are asked for.
    var isInput: Bool { approval.asksForWords }

    private var tool: String { use?.tool ?? approval.subject.json["kind"]?.text ?? "" }
    /// What whoever asked knows it by.
    private var key: String { if case .outside(let key, _) = approval.subject { key } else { id } }

    private var payload: QuestionPayload {
        guard let use, !isInput else { return QuestionPayload(approval.question) }
        var payload = QuestionPayload(approval.question, tool: use.tool, input: use.input, files: files)
        // Where no view shows what is used with what, the words have to, all of it.
        if payload.type == .generic, approval.isFromOutside { payload.message = inFull(use.input) }
        return payload
    }

    private func inFull(_ input: JSONValue) -> String {
        let arguments = input.jsonText
        guard input != .null, !approval.question.contains(arguments) else { return approval.question }
        return "\(approval.question)\n\(arguments)"
    }

    private var files: FilesBefore {
        // What was answered is done, or never will be: the files say nothing of it any more.
        guard isOpen else { return FilesBefore(in: workspace) { _ in .hidden("The question is not open any more.") } }
        guard let workspace else { return FilesBefore(in: nil) { _ in .hidden("The run has no files yet.") } }
        return FilesBefore(in: workspace)
    }

    var type: QuestionType { payload.type }

    /// As it stands in lists of what is open.
    var json: JSONValue { .object(members) }

    private var members: [String: JSONValue] {
        let payload = payload
        return [
            "id": .string(id), "run_id": .string(run.value), "type": .string(payload.type.rawValue),
            "tool": .string(tool), "request_id": .string(key), "payload": payload.json,
            "created_at": .int(requestedAt.seconds),
        ]
    }

    /// What was decided, as hooks read it; `nil` while it is open.
    var decision: JSONValue? {
        guard !isOpen else { return nil }
        guard let resolution, !resolution.isEndOfRun else {
            return OutsideAnswer.ended(status, reason: "").json(of: approval)
        }
        return OutsideAnswer.resolved(resolution).json(of: approval)
    }

    /// With what became of it.
    var details: JSONValue {
        var members = members
        members["state"] = isOpen ? "pending" : "resolved"
        return .object(members.merging(decision?.members ?? [:]) { $1 })
    }
}

extension JSONValue {
    /// A text as it stands, the one value of a form as it stands, everything else as JSON.
    var words: String {
        if let text { return text }
        if case .object(let members) = self, members.count == 1, let only = members.values.first { return only.words }
        return jsonText
    }
}

extension Approval {
    /// What is about to be used, and with what; `nil` where it is about something else.
    ///
    /// - Parameter known: A call of the run.
    func use(_ known: (CallID) -> ToolCall?) -> (tool: String, input: JSONValue)? {
        if case .outside(_, let tool) = subject { return (tool, about) }
        return call.flatMap(known).map { ($0.tool, $0.input) }
    }

    /// The call of the run that it is about; `nil` for one that is about something else.
    private var call: CallID? {
        switch subject {
        case .call(let id), .repetition(let id), .input(let id): id
        case .check, .plan, .limit, .step, .outside: nil
        }
    }
}

extension Services {
    /// All questions of a run, the oldest first.
    func questions(of run: RunID) async throws(HTTPError) -> [Question] {
        let state = try await asking { () async throws(ServiceError) in try await runs.state(of: run) }
        return state.approvals.values.map { Question($0, of: run, in: state) }
            .sorted { ($0.requestedAt, $0.approval.id.place) < ($1.requestedAt, $1.approval.id.place) }
    }

    /// - Throws: 404.
    func question(_ id: String) async throws(HTTPError) -> Question {
        guard let name = Question.parse(id) else { throw .noApproval }
        let row = try await asking { () async throws(ServiceError) in try await runs.summary(of: name.run) }
        guard row != nil,
            let found = try await questions(of: name.run).first(where: { $0.approval.id == name.approval })
        else { throw .noApproval }
        return found
    }
}

extension ApprovalID {
    /// `a2` comes before `a10`.
    fileprivate var place: Int { Int(value.dropFirst()) ?? 0 }
}
