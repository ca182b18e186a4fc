import PipelineEngine
import PipelineKit

/// The six states that a run has here.
enum MRunState: String, Sendable, CaseIterable {
    case running
    case waitingInput = "waiting_input"
    case waitingApproval = "waiting_approval"
    case completed
    case failed
    case cancelled

    /// What a run that ended like this is here: one that did not reach its goal has failed.
    init(ended status: RunStatus) {
        switch status {
        case .running, .waiting: self = .running
        case .achieved: self = .completed
        case .notAchieved, .failed: self = .failed
        case .aborted: self = .cancelled
        }
    }

    /// - Parameter isInput: Of each open question, whether more than yes or no is asked for.
    init(_ status: RunStatus, isInput: some Sequence<Bool>) {
        guard !status.isFinal else {
            self.init(ended: status)
            return
        }
        let kinds = Set(isInput)
        self = kinds.contains(false) ? .waitingApproval : kinds.contains(true) ? .waitingInput : .running
    }

    init(_ row: RunSummary) {
        let questions = row.details["questions"]?.elements ?? []
        self.init(row.status, isInput: questions.map { $0["asks_for_words"] == true })
    }

    var isActive: Bool { self == .running || self == .waitingInput || self == .waitingApproval }
}
