public import PipelineKit

/// Finds the questions that runs ask of people, and brings the answers.
public struct ApprovalService: Sendable {
    let store: any EventStore
    let keeper: RunKeeper
    let dispatcher: Dispatcher
    let registry: Registry
    let policy: PolicyFile?
    let feed: EventFeed
    let redactor: Redactor

    /// The open questions of one run, oldest first.
    public func pending(of run: RunID) async throws(ServiceError) -> [Approval] {
        try await keeper.state(of: run).pendingApprovals.map(\.approval)
    }

    /// The runs that ask a person something, whether or not they can go on meanwhile, newest first.
    public func waiting() async throws(ServiceError) -> [RunSummary] {
        do throws(StoreError) {
            // What an agent asks, the run asks that it works for.
            return try await store.summaries(RunQuery(isAsking: true, isOwn: true, limit: 10_000))
        } catch {
            throw .store(error)
        }
    }

    /// The open questions of all runs, those of the run last updated first, and of one run the oldest first.
    ///
    /// They come out of the rows of lists; no history is read.
    ///
    /// - Parameters:
    ///   - place: Of the last question of the page before; `nil` for the first page.
    ///   - limit: How many runs to look at, each of which has at least one question.
    public func open(after place: RunQuery.Place?, limit: Int) async throws(ServiceError) -> [OpenApproval] {
        let rows: [RunSummary]
        do throws(StoreError) {
            rows = try await store.summaries(RunQuery(isAsking: true, after: place, limit: limit))
        } catch {
            throw .store(error)
        }
        var found: [OpenApproval] = []
        for row in rows {
            if let questions = OpenApproval.all(in: row) { found += questions } else { found += try await read(row) }
        }
        return found
    }

    /// The questions of a row of an earlier version, out of the history.
    private func read(_ row: RunSummary) async throws(ServiceError) -> [OpenApproval] {
        try await keeper.state(of: row.run).pendingApprovals.map {
            OpenApproval(row, $0.approval, requestedAt: $0.requestedAt)
        }
    }

    /// Answers a question. Whoever works on the run takes it from there; when nobody does, a process that serves.
    ///
    /// - Parameter shown: The digest of what the person saw.
    /// - Throws: ``ServiceError/refused(_:)`` when it was answered before, or is about something else than was shown.
    public func resolve(
        _ approval: ApprovalID,
        of run: RunID,
        with answer: Resolution,
        shown: Digest?
    ) async throws(ServiceError) {
        try Self.expectOwn(try await keeper.state(of: run), run)
        try await keeper.settle(.resolve(approval, answer, shown: shown), of: run)
        dispatcher.submit(run)
    }

    /// Allows a call that is asked about, as it is or as the person makes it, and others like it when they say so. Open
    /// questions about such calls are answered too.
    ///
    /// - Parameters:
    ///   - arguments: What the call is to be made with; `nil` for what the model wrote.
    ///   - grant: What is allowed for the rest of the run; `nil` for nothing.
    ///   - shown: The digest of what the person saw.
    /// - Throws: ``ServiceError/invalid(_:)`` for arguments that the tool does not take or the policy denies, and for a
    ///   pattern that does not stand for the call; ``ServiceError/refused(_:)``. Nothing is recorded then.
    public func approve(
        _ approval: ApprovalID,
        of run: RunID,
        with answer: Resolution,
        arguments: JSONValue? = nil,
        grant: GrantRequest? = nil,
        shown: Digest?
    ) async throws(ServiceError) {
        guard arguments != nil || grant != nil else {
            return try await resolve(approval, of: run, with: answer, shown: shown)
        }
        let state = try await keeper.state(of: run)
        try Self.expectOwn(state, run)
        let review: CallReview
        do throws(Refusal) {
            review = try CallReview(of: approval, in: state, registry, policy)
        } catch {
            throw .refused(error)
        }
        let whole: Resolution
        do throws(Failure) {
            whole = try review.answer(answer, arguments: arguments, grant: grant)
        } catch {
            throw .invalid(error.message)
        }
        // What was looked at here is what is answered, whatever comes in between.
        let seen = shown ?? review.approval.shown
        let others = review.questions(coveredBy: whole)
        try await keeper.settle(.resolveAlike(approval, whole, shown: seen, covering: others), of: run)
        dispatcher.submit(run)
    }

    /// What an agent asks, the run asks that it works for; that one brings it the answer.
    private static func expectOwn(_ state: RunState, _ run: RunID) throws(ServiceError) {
        guard let parent = state.start?.parent?.run else { return }
        throw .invalid("Run '\(run)' works for run '\(parent)', which asks this too: answer there.")
    }
}
