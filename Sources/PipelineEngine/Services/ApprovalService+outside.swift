public import PipelineKit

// Questions of programs that work in the directory of a run and are no part of it.
extension ApprovalService {
    /// Asks a person what such a program needs to know. The run goes on meanwhile, and whatever is answered has no other
    /// consequence for it than being recorded.
    ///
    /// The same key is the same question, before and after a restart, an answer and the end of the run: nothing is recorded
    /// then. So whoever waits for an answer may come again.
    ///
    /// - Returns: what is answered with ``resolve(_:of:with:shown:)``, and waited for with ``answer(to:of:)``.
    /// - Throws: ``ServiceError/invalid(_:)`` for what is too long, or one question too many;
    ///   ``ServiceError/refused(_:)`` when the run has ended.
    public func ask(_ question: OutsideQuestion, of run: RunID) async throws(ServiceError) -> ApprovalID {
        let state = try await keeper.state(of: run)
        if let parent = state.start?.parent?.run {
            throw .invalid("Run '\(run)' works for run '\(parent)', and nobody answers there: ask in run '\(parent)'.")
        }
        if let known = state.outside.approvals[question.key] { return known }
        let recorded = try await keeper.send(takenOnly: .ask(try redactor.clean(question)), to: run)
        if case .approvalRequested(let approval)? = recorded.first { return approval.id }
        // Somebody else has asked the same at the same time.
        guard let known = try await keeper.state(of: run).outside.approvals[question.key] else {
            throw .broken("Run '\(run)' has taken the question '\(question.key)', and does not know it.")
        }
        return known
    }

    /// Waits until a question is answered or its run has ended, as long as this process serves
    /// (``Services/serving(_:_:)``). Who waits takes no more than memory.
    ///
    /// - Returns: `nil` when the task is cancelled.
    /// - Throws: ``ServiceError/refused(_:)`` when the run has no such question.
    public func answer(to approval: ApprovalID, of run: RunID) async throws(ServiceError) -> OutsideAnswer? {
        if let answer = try await keeper.state(of: run).answer(to: approval) { return answer }
        let (news, teller) = AsyncStream.makeStream(of: (sequence: Int, answer: OutsideAnswer).self)
        let leave = feed.follow(run) { item in
            guard case .event(_, let event) = item, let answer = event.payload.answer(to: approval) else { return }
            teller.yield((event.sequence, answer))
        }
        defer { leave() }
        // From here on nothing is missed; what came in between stands in the history.
        let state = try await keeper.state(of: run)
        if let answer = try state.answer(to: approval) { return answer }
        for await new in news where new.sequence > state.sequence { return new.answer }
        return nil
    }
}

extension RunKeeper {
    /// Sends what a program outside asks or tells. What does not go with what it said before is wrong of it, and no matter of
    /// the state that the run is in.
    @discardableResult
    func send(takenOnly command: RunCommand, to id: RunID) async throws(ServiceError) -> [Event.Payload] {
        do throws(ServiceError) {
            return try await send(command, to: id)
        } catch .refused(.notTaken(let sentences)) {
            throw .invalid(sentences)
        } catch {
            throw error
        }
    }
}

extension RunState {
    /// What has become of a question; `nil` while it is open.
    ///
    /// One that was open when the run ended stays without an answer, also where the run is taken up again.
    fileprivate func answer(to id: ApprovalID) throws(ServiceError) -> OutsideAnswer? {
        guard let known = self.approvals[id] else { throw .refused(.unknownApproval(id)) }
        guard let resolution = known.resolution else { return nil }
        if resolution == .endOfRun, case .finished(let status, let reason) = self.phase {
            return .ended(status, reason: reason)
        }
        return .resolved(resolution)
    }
}

extension Event.Payload {
    /// What an event says of a question that was open before it; `nil` for nothing.
    fileprivate func answer(to approval: ApprovalID) -> OutsideAnswer? {
        switch self {
        case .approvalResolved(approval, let resolution): .resolved(resolution)
        case .runFinished(let status, let reason): .ended(status, reason: reason)
        default: nil
        }
    }
}
