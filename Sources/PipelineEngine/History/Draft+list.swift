import PipelineKit

extension Draft {
    /// How far the time of a row may stay behind the history, and no more: lists are sorted by it.
    static let listLag = Duration.seconds(1)

    /// Whether the row that lists show has to be written with these events.
    ///
    /// It says nothing of single calls and of what begins, and a row that is written with each of them costs more than they
    /// do: it stands in an index for each thing that lists are filtered by.
    ///
    /// - Parameter time: When the row was last written.
    func changesList(from old: RunState, listedAt time: Instant) -> Bool {
        at - time >= Self.listLag || payloads.contains(where: \.changesList)
            || (!old.openApprovals.isEmpty || !state.openApprovals.isEmpty) && !payloads.allSatisfy(\.isReport)
    }
}

extension Event.Payload {
    /// Whether a list shows something else afterwards, where nobody is asked anything.
    fileprivate var changesList: Bool {
        switch self {
        case .callProposed, .callStarted, .callFinished, .callRefused: false
        case .workspaceOpened, .checkStarted, .modelRequested, .judgeRequested, .networkUsed, .reported: false
        default: true
        }
    }

    /// Whether the event changes neither whether the run waits nor what it asks.
    fileprivate var isReport: Bool { if case .reported = self { true } else { false } }
}
