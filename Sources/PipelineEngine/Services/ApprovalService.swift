public import PipelineKit

/// Finds the questions that runs ask of people, and brings the answers.
public struct ApprovalService: Sendable {
    let store: any EventStore
    let keeper: RunKeeper

    /// The open questions of one run, oldest first.
    public func pending(of run: RunID) async throws(ServiceError) -> [Approval] {
        try await keeper.state(of: run).pendingApprovals.map(\.approval)
    }

    /// The runs that wait for a person, newest first.
    public func waiting() async throws(ServiceError) -> [RunSummary] {
        do throws(StoreError) {
            return try await store.summaries(RunQuery(statuses: [.waiting], limit: 10_000))
        } catch {
            throw .store(error)
        }
    }

    /// Answers a question. Whoever works on the run takes it from there.
    ///
    /// - Parameter shown: The digest of what the person saw.
    /// - Throws: ``ServiceError/refused(_:)`` when it was answered before, or is about something else than was shown.
    public func resolve(
        _ approval: ApprovalID,
        of run: RunID,
        with answer: Resolution,
        shown: Digest?
    ) async throws(ServiceError) {
        try await keeper.send(.resolve(approval, answer, shown: shown), to: run)
    }
}
