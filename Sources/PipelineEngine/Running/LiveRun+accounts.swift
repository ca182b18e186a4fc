import PipelineKit

// What the run changes in accounts that it shares with others.
extension LiveRun {
    /// How often it is looked whether calls of other runs have left room for one more, before a person is asked.
    static let patience = 60
    /// How long it is waited between two looks.
    static let moment = Duration.seconds(5)

    /// What the events change in accounts, or why they must not be recorded.
    ///
    /// - Throws: what keeps the limits from being read.
    func money(for draft: Draft) async throws(ServiceError) -> (charges: [Charge], problem: Failure?) {
        guard draft.payloads.contains(where: \.movesMoney) else { return ([], nil) }
        if draft.payloads.contains(where: \.asksAModel), let problem = try await budget.problem(with: draft.state) {
            return ([], problem)
        }
        return (try await budget.charges(from: state, to: draft.state), nil)
    }
}

extension Event.Payload {
    fileprivate var asksAModel: Bool {
        switch self {
        case .modelRequested, .judgeRequested: true
        default: false
        }
    }

    fileprivate var movesMoney: Bool {
        switch self {
        case .modelRequested, .modelReplied, .modelFailed, .runFinished: true
        case .judgeRequested, .judgeReplied, .judgeFailed: true
        default: false
        }
    }
}
