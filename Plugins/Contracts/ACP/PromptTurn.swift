import PipelineEngine
import PipelineKit
import RPCKit
import WorkspaceKit

/// Follows a run for an editor until it has ended, or stays open for want of an answer.
struct PromptTurn: Sendable {
    let services: Services
    let line: ACPLine
    let session: String
    let run: RunID
    /// Who is recorded as having answered.
    let person: String
    /// What the editor knows of the run already.
    let known: RunState

    /// What a turn hears.
    enum News: Sendable {
        case item(EventFeed.Item)
        /// The person has chosen nothing.
        case unanswered
        /// The run is not carried on here, and why.
        case leftAlone(String)
    }

    /// - Parameter news: All that happens in the run, from before it is carried on.
    /// - Returns: `StopReason`.
    func follow(_ news: AsyncStream<News>, _ signal: AsyncStream<News>.Continuation) async throws(RPCError) -> String {
        var (state, updates) = (known, Updates(of: run, live: true, before: { ConfinedDirectory.text(of: $1, in: $0) }))
        if let workspace = state.workspace {
            _ = updates.take(.workspaceOpened(workspace, start: state.startSnapshot ?? SnapshotID("")))
        }
        var asking: [ApprovalID: Task<Void, Never>] = [:]
        defer { for task in asking.values { task.cancel() } }
        for open in state.pendingApprovals { asking[open.approval.id] = ask(open.approval, updates, signal) }
        for await new in news {
            switch new {
            case .unanswered: return rest(state)
            case .leftAlone(let reason): throw RPCError(RPCError.internalError, reason)
            case .item(.piece(_, let piece)): tell(updates.take(piece))
            case .item(.event(_, let event)):
                guard event.sequence == state.sequence + 1 else { continue }
                state.apply(event)
                tell(updates.take(event.payload))
                switch event.payload {
                case .approvalRequested(let approval): asking[approval.id] = ask(approval, updates, signal)
                case .approvalResolved(let id, _): asking.removeValue(forKey: id)?.cancel()
                default: break
                }
                if state.isFinished { return try stopReason(state) }
            }
        }
        throw RPCError(RPCError.internalError, "The turn was ended.")
    }

    private func tell(_ all: [JSONValue]) {
        for update in all { line.tell(update, of: session) }
    }

    // MARK: - Questions

    /// Puts a question to the person, and brings the run the answer.
    private func ask(_ approval: Approval, _ updates: Updates, _ signal: AsyncStream<News>.Continuation) -> Task<
        Void, Never
    > {
        // Without an answer to what a program outside asks, the run goes on all the same.
        let unanswered = { @Sendable in if !approval.isFromOutside { _ = signal.yield(.unanswered) } }
        guard Permission.canPut(approval) else { return Task { unanswered() } }
        let permission = Permission(approval, updates)
        var params = permission.params
        params["sessionId"] = .string(session)
        let asked = JSONValue.object(params)
        return Task {
            let answer: Permission.Answer?
            do throws(RPCFault) {
                answer = permission.answer(try await line.ask("session/request_permission", asked))
            } catch {
                answer = nil
            }
            guard !Task.isCancelled else { return }
            guard let answer else { return unanswered() }
            do throws(ServiceError) {
                try await services.approvals.approve(
                    approval.id,
                    of: run,
                    with: Resolution(
                        answer.decision,
                        by: "\(person) in ACP client '\(line.client)'",
                        answer: answer.answer
                    ),
                    grant: answer.grant,
                    shown: approval.shown
                )
            } catch {
                // Somebody else has answered, or ended the run: the turn hears of that, and nothing else can be wrong.
                if case .refused = error { return }
                signal.yield(.leftAlone("\(error)"))
            }
        }
    }

    /// The end of a turn whose run waits for an answer that is not given here.
    private func rest(_ state: RunState) -> String {
        let question = state.heldUpBy
        line.tell(Updates.chunk("agent_message_chunk", "\n\n\(words(question))\n"), of: session)
        return "end_turn"
    }

    private func words(_ question: Approval?) -> String {
        if let question, question.takesWords { return "\(question.question)\n\n(What you write next is the answer.)" }
        let how = question.map { " Answer with: sluice approve \(run) \($0.id) --resume" } ?? ""
        return "Run \(run) waits for an answer.\(how)"
    }

    // MARK: - The end

    /// - Throws: what went wrong, where that is no end but a failure.
    private func stopReason(_ state: RunState) throws(RPCError) -> String {
        guard case .finished(let status, let reason) = state.phase else { return "end_turn" }
        switch status {
        case .aborted: return "cancelled"
        case .failed: throw RPCError(RPCError.internalError, reason)
        case .notAchieved where state.limits.iterations > 1 && state.iteration >= state.limits.iterations:
            return "max_turn_requests"
        case .achieved, .notAchieved, .running, .waiting: return "end_turn"
        }
    }
}

extension RunState {
    /// The oldest question without whose answer not all of the run goes on.
    var heldUpBy: Approval? { self.pendingApprovals.lazy.map(\.approval).first { !$0.isFromOutside } }
}

extension Approval {
    /// Whether what a person writes can be the whole answer.
    var takesWords: Bool { input?.form.single != nil }
}
